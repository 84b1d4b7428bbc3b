"""What is sent and answered about greater alarms, run cards and mutual aid."""

from typing import Any

from rest_framework import serializers

from access.rest.fields import At, Count, OneOf, QueryCount, Text
from access.rest.shapes import ReferenceRow, Shape
from gis.shapes import PointField
from incidents.models.aid import AidState
from incidents.models.cards import GREATEST_ALARM, MOST_OF_A_KIND
from incidents.services.aid import AidAnswer, NewAid

Rows = serializers.Serializer[Any]


class Strike(Shape):
    """A greater alarm."""

    alarm = Count(min_value=2, max_value=GREATEST_ALARM)
    reason = Text(max_length=300, required=False, default="", allow_blank=True)


class Withdraw(Shape):
    """The alarm that was struck last."""

    alarm = Count(min_value=2, max_value=GREATEST_ALARM)


class AskAid(Shape):
    """What is asked of whom."""

    neighbour = Text(max_length=40, help_text="Code of the neighbour.")
    capability = Text(max_length=40, help_text="Code of the capability.")
    asked = Count(required=False, default=1, min_value=1, max_value=MOST_OF_A_KIND)
    words = Text(max_length=300, required=False, default="", allow_blank=True, help_text="For those who read it there.")

    def values(self) -> dict[str, Any]:
        return {"aid": NewAid(**self.validated_data)}


class AnswerAid(Shape):
    """What a request becomes. A promise may say how many and when; a refusal must say why."""

    state = OneOf(choices=[state for state in AidState.values if state != AidState.REQUESTED])
    committed = Count(required=False, default=None, allow_null=True, min_value=1, max_value=MOST_OF_A_KIND, help_text="All, unless said.")
    eta_at = At(required=False, default=None, allow_null=True)
    words = Text(max_length=300, required=False, default="", allow_blank=True)

    def values(self) -> dict[str, Any]:
        return {"answer": AidAnswer(**self.validated_data)}


class AidFilter(Shape):
    """Which requests, and how many."""

    limit = QueryCount(required=False, default=50, min_value=1, max_value=200)
    ended = serializers.BooleanField(required=False, default=False, help_text="Ended ones, too.")


class AidRow(Rows):
    """A request for mutual aid."""

    id = serializers.IntegerField()
    neighbour = ReferenceRow()
    capability = ReferenceRow()
    asked = serializers.IntegerField()
    committed = serializers.IntegerField()
    state = serializers.ChoiceField(choices=AidState.values)
    what = serializers.CharField(help_text="The kind of incident.")
    address = serializers.CharField()
    point = PointField(allow_null=True)
    words = serializers.CharField()
    answer = serializers.CharField()
    due_at = At(help_text="By when an answer is expected.")
    eta_at = At(allow_null=True)
    requested_at = At()
    requested_by = serializers.CharField()
    answered_by = serializers.CharField()
    version = serializers.IntegerField()


class CardLineRow(Rows):
    """How many units with a capability."""

    capability = ReferenceRow()
    count = serializers.IntegerField()
    is_own = serializers.BooleanField(help_text="Who serves this line serves no other.")


class CardRow(Rows):
    """What an alarm for a type adds to the one before."""

    type = ReferenceRow()
    alarm = serializers.IntegerField()
    version = serializers.IntegerField()
    from_severity = serializers.IntegerField(allow_null=True, help_text="Incidents of this level or graver begin with it.")
    lines = serializers.SerializerMethodField()

    def get_lines(self, card: Any) -> list[dict[str, Any]]:
        return [dict(CardLineRow(line).data) for line in card.lines.all()]
