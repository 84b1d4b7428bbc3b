"""What is answered to a tablet in the field."""

from typing import Any

from django.utils.translation import get_language
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from access.rest.fields import At, QueryCount, Text
from access.rest.shapes import Shape
from chat.shapes import MyOrderRow
from command_center.templatetags.city import named
from gis.shapes import PointField
from incidents.models.assignments import Step
from incidents.models.states import State
from incidents.models.work import TaskState
from incidents.shapes.reading import HelpCallRow
from resources import board

Rows = serializers.Serializer[Any]


class Where(Shape):
    """For which unit, and where the tablet is."""

    unit = QueryCount(required=False, min_value=1, help_text="Id of the unit the person speaks for.")
    lon = serializers.FloatField(required=False, min_value=-180, max_value=180)
    lat = serializers.FloatField(required=False, min_value=-90, max_value=90)


class UnitWords(Shape):
    """Which units."""

    q = Text(required=False, default="", max_length=60, allow_blank=True, help_text="Code, name or initials.")


class Named(serializers.CharField):
    """The name of a thing in the reader's language."""

    def to_representation(self, value: Any) -> str:
        return named(value)


class FieldUnitRow(Rows):
    """A unit one may speak for."""

    id = serializers.IntegerField()
    code = serializers.CharField()
    type = Named()
    station = Named(allow_null=True)
    state = serializers.SerializerMethodField()

    def get_state(self, unit: Any) -> str:
        return str(board.state_label(unit))


class FieldJobRow(Rows):
    """A job of the unit."""

    id = serializers.IntegerField()
    incident = serializers.CharField(source="incident.number")
    unit = serializers.CharField(source="unit.code")
    is_primary = serializers.BooleanField()
    step = serializers.ChoiceField(choices=Step.values)
    sent_at = At(source="dispatched_at")
    version = serializers.IntegerField()


class FieldTaskRow(Rows):
    """A task for the person or one of their departments."""

    id = serializers.IntegerField()
    incident = serializers.CharField(source="incident.number")
    title = serializers.CharField()
    state = serializers.ChoiceField(choices=TaskState.values)
    reason = serializers.CharField()
    department = Named()
    person = serializers.CharField(source="person.name", default="")
    due_at = At(allow_null=True)
    needs_evidence = serializers.BooleanField()
    version = serializers.IntegerField()


class NearRow(Rows):
    """An open incident near the tablet."""

    id = serializers.IntegerField()
    number = serializers.CharField()
    type = Named()
    severity = serializers.IntegerField()
    state = serializers.SerializerMethodField()
    address = serializers.CharField()
    point = PointField()
    metres = serializers.FloatField(source="away.m")

    def get_state(self, incident: Any) -> str:
        return str(State(incident.state).label)


class HazardRow(Rows):
    """A warning that belongs to the place."""

    name = serializers.CharField(source="hazard.name")
    kind = serializers.CharField(source="hazard.get_kind_display")
    warning = serializers.CharField()
    metres = serializers.FloatField()


class ContactRow(Rows):
    """Whom to ring."""

    name = serializers.CharField()
    role = serializers.CharField()
    phone = serializers.CharField()


class CardTaskRow(Rows):
    """A task of the incident."""

    id = serializers.IntegerField()
    title = serializers.CharField()
    department = Named()
    state = serializers.CharField(source="get_state_display")
    due_at = At(allow_null=True)


class CardUnitRow(Rows):
    """A unit that is on the incident."""

    code = serializers.CharField(source="unit.code")
    type = Named(source="unit.type")
    step = serializers.CharField(source="get_step_display")


class CardNoteRow(Rows):
    """A line of the log."""

    id = serializers.IntegerField()
    text = serializers.CharField()
    author = serializers.CharField()
    written_at = At()


class CardPlanRow(Rows):
    """A plan that was set in motion."""

    name = Named(source="plan")
    level = serializers.CharField(source="plan.level")
    items = serializers.SerializerMethodField()

    @extend_schema_field({"type": "array", "items": {"type": "string"}})
    def get_items(self, activation: Any) -> list[str]:
        english = (get_language() or "").startswith("en")
        return [(item.title_en if english and item.title_en else item.title) for item in activation.plan.items.all()]


class FieldCardRow(Rows):
    """An incident with everything one needs on the spot."""

    id = serializers.IntegerField(source="incident.pk")
    number = serializers.CharField(source="incident.number")
    type = Named(source="incident.type")
    severity = serializers.IntegerField(source="incident.severity")
    state = serializers.SerializerMethodField()
    is_sample = serializers.BooleanField(source="incident.is_sample")
    address = serializers.CharField(source="incident.address")
    summary = serializers.CharField(source="incident.summary")
    point = PointField(source="incident.point", allow_null=True)
    received_at = At(source="incident.call_received_at")
    version = serializers.IntegerField(source="incident.version")
    words = serializers.ListField(child=serializers.CharField(), help_text="What reporters said, unless in confidence.")
    hazards = HazardRow(many=True)
    units = CardUnitRow(many=True, source="assignments")
    tasks = CardTaskRow(many=True)
    notes = CardNoteRow(many=True, help_text="The newest first.")
    plans = CardPlanRow(many=True)
    contacts = ContactRow(many=True)

    def get_state(self, card: Any) -> str:
        return str(State(card.incident.state).label)


class FieldPictureRow(Rows):
    """What a tablet keeps: it works on with this when the link is away."""

    unit = FieldUnitRow(allow_null=True)
    assignments = FieldJobRow(many=True)
    tasks = FieldTaskRow(many=True)
    near = NearRow(many=True)
    orders = MyOrderRow(many=True, help_text="What was ordered of the person, their departments and posts and of the unit, and is still to be done.")
    calls = HelpCallRow(many=True, help_text="The person's own calls for help that nobody has dealt with.")
    incidents = FieldCardRow(many=True)
