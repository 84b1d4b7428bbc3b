"""What is sent and answered about plans, and about routine and emergency."""

from typing import Any

from rest_framework import serializers

from access import selectors as access
from access.rest.fields import At, Count, OneOf, Reference, Text
from access.rest.shapes import ReferenceRow, Shape
from incidents import modes
from incidents.models.plans import LEVELS
from incidents.shapes.writing import number_field

Rows = serializers.Serializer[Any]
LEVEL_CODES = [level.value for level in LEVELS]


class PlanItemRow(Rows):
    """A task of a plan."""

    order = serializers.IntegerField()
    title = serializers.CharField()
    title_en = serializers.CharField()
    department = ReferenceRow(allow_null=True, help_text="Null: the department responsible for the incident.")
    due_minutes = serializers.IntegerField(allow_null=True, help_text="From the activation.")
    needs_evidence = serializers.BooleanField()


class PlanRow(Rows):
    """A plan in force."""

    id = serializers.IntegerField()
    type = ReferenceRow(allow_null=True, help_text="Null: for every type that has none of its own.")
    level = serializers.ChoiceField(choices=LEVEL_CODES)
    name = serializers.CharField()
    name_en = serializers.CharField()
    version = serializers.IntegerField()
    items = PlanItemRow(many=True, source="items.all")


class EffectRow(Rows):
    """A task that a plan would give."""

    title = serializers.CharField(source="item.title")
    department_id = serializers.IntegerField()
    due_minutes = serializers.IntegerField(source="item.due_minutes", allow_null=True)
    is_given = serializers.BooleanField(help_text="The incident has it already: it is not given twice.")


class ChoiceRow(Rows):
    """A response level that may be decided, and what its plan would do."""

    level = serializers.ChoiceField(choices=LEVEL_CODES)
    plan_id = serializers.IntegerField(source="plan.pk", default=None, allow_null=True)
    plan = serializers.CharField(source="plan.name", default=None, allow_null=True)
    effects = EffectRow(many=True)


class ActivationRow(Rows):
    """That a plan was set in motion."""

    id = serializers.IntegerField()
    incident = serializers.CharField(source="incident.number")
    plan_id = serializers.IntegerField()
    plan = serializers.CharField(source="plan.name")
    level = serializers.ChoiceField(choices=LEVEL_CODES, source="plan.level")
    reason = serializers.CharField()
    activated_at = At()
    activated_by = serializers.CharField()
    ended_at = At(allow_null=True)
    ended_by = serializers.CharField()


class Activate(Shape):
    """Which plan, and why."""

    plan = serializers.IntegerField(min_value=1, max_value=2**63 - 1, help_text="Id of a plan in force for the incident's type.")
    reason = Text(max_length=300)

    def values(self) -> dict[str, Any]:
        return {"plan_id": self.validated_data["plan"], "reason": self.validated_data["reason"]}


class ModeRow(Rows):
    """A time of emergency. Routine is no row."""

    id = serializers.IntegerField()
    region = ReferenceRow(allow_null=True, help_text="Null: the whole city.")
    level = serializers.ChoiceField(choices=LEVEL_CODES)
    reason = serializers.CharField()
    incident = serializers.CharField(source="incident.number", default=None, allow_null=True)
    began_at = At()
    began_by = serializers.CharField()
    ended_at = At(allow_null=True)
    ended_by = serializers.CharField()
    end_reason = serializers.CharField()


class SwitchMode(Shape):
    """Where, how grave, and why."""

    region = Reference(access.region_of_code, required=False, default=None, allow_null=True, help_text="Null: the whole city.")
    level = OneOf(choices=LEVEL_CODES)
    reason = Text(max_length=300)
    incident = number_field(required=False, default=None, allow_null=True, help_text="Number of the incident it is on account of.")

    def values(self) -> dict[str, Any]:
        sent = self.validated_data
        return {"region_id": sent["region"], "level": sent["level"], "reason": sent["reason"], "number": sent["incident"]}


class EffectsWanted(Shape):
    """Where a switch is thought of."""

    region = Reference(access.region_of_code, required=False, default=None, allow_null=True, help_text="Without it: the whole city.")
    level = OneOf(choices=LEVEL_CODES, required=False, default=None, allow_null=True, help_text="With it: who is called and paged.")

    def values(self) -> dict[str, Any]:
        region_id = self.validated_data["region"]
        return {"region": modes.region_of(region_id) if region_id else None, "level": self.validated_data["level"] or ""}


class StandingRow(Rows):
    """Something an emergency leaves standing, to be looked through before it ends; its sentence in the reader's language."""

    code = serializers.ChoiceField(choices=modes.STANDING)
    count = serializers.IntegerField()
    sentence = serializers.CharField()


class EndMode(Shape):
    """Why, and what was looked through."""

    reason = Text(max_length=300)
    looked = serializers.DictField(
        child=Count(), required=False, default=dict, help_text="How many of each code of the hand-back list were looked through; all that it names."
    )


class EffectsRow(Rows):
    """What a switch would change of what is open now, and what it would not, in the reader's language."""

    will = serializers.ListField(child=serializers.CharField())
    will_not = serializers.ListField(child=serializers.CharField())
