"""Posts, shifts, duties and leave as the REST API sends and answers them."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from access import selectors as access
from access.rest.fields import At, Reference, Text
from access.rest.shapes import ReferenceRow, Shape
from resources import selectors
from resources.models.duty import EMERGENCY_LEVELS
from resources.services import RosterLine

MOST_DAYS = 62
MOST_LINES = 5_000
Rows = serializers.Serializer[Any]


class PersonRow(Rows):
    """A person of the roster."""

    username = serializers.CharField()
    name = serializers.CharField()


class ShiftRow(ReferenceRow):
    """A shift, by the city's own clocks."""

    begins = serializers.TimeField(format="%H:%M")
    minutes = serializers.IntegerField()


class PostRow(ReferenceRow):
    """A post."""

    id = serializers.IntegerField()
    department = ReferenceRow()
    seats = serializers.IntegerField()
    shifts = ShiftRow(many=True, help_text="In which it must be held.")
    superior = serializers.CharField(source="superior.code", default=None, allow_null=True)
    is_supervisor = serializers.BooleanField(help_text="Called when nobody else answers.")
    called_at = serializers.ChoiceField(choices=EMERGENCY_LEVELS, allow_null=True, help_text="The emergency level (1 is I) from which it is called.")


class DutyRow(Rows):
    """A line of the roster."""

    id = serializers.IntegerField()
    post = serializers.CharField(source="post.code")
    shift = serializers.CharField(source="shift.code", default=None, allow_null=True)
    person = PersonRow()
    starts_at = At()
    ends_at = At()
    stands_in_for = serializers.IntegerField(source="stands_in_for_id", allow_null=True, help_text="The duty of which this is a stand-in.")
    came_at = At(allow_null=True, help_text="When a hand-over was signed, early or late.")
    left_at = At(allow_null=True)


class PostCallRow(Rows):
    """That an emergency calls a post."""

    level = serializers.ChoiceField(choices=EMERGENCY_LEVELS)
    reason = serializers.CharField()
    since = At()
    called_by = serializers.CharField()


class PostNowRow(Rows):
    """A post at a moment."""

    post = PostRow()
    held = DutyRow(many=True, help_text="Who is on duty there: empty where it must be held is a gap.")
    coming = DutyRow(many=True, help_text="Who comes in the next twelve hours.")
    must_be_held = serializers.BooleanField()
    is_gap = serializers.BooleanField(help_text="Fewer hold it than it has seats.")
    called = PostCallRow(allow_null=True)


class GapRow(Rows):
    """A time in which a post must be held and fewer hold it than it has seats."""

    post = serializers.CharField(source="post.code")
    shift = serializers.CharField(source="shift.code", default=None, allow_null=True, help_text="Null: an emergency calls it between its shifts.")
    starts_at = At()
    ends_at = At()
    missing = serializers.IntegerField()
    away = serializers.ListField(child=serializers.CharField(), help_text="Who was rostered there and is on leave.")


class LeaveRow(Rows):
    """That a person is away."""

    id = serializers.IntegerField()
    person = PersonRow()
    starts_at = At()
    ends_at = At()
    reason = serializers.CharField()
    cancelled_at = At(allow_null=True)


class DutyMoment(Shape):
    """A moment; without it, now."""

    at = At(required=False)


class RosterDays(Shape):
    """Some days of the city's calendar."""

    first = serializers.DateField(required=False, help_text="The first day; today without it.")
    days = serializers.IntegerField(required=False, default=7, min_value=1, max_value=MOST_DAYS)

    def validate_first(self, first: date) -> date:
        if not 2000 <= first.year <= 2200:
            raise serializers.ValidationError(_("This time is out of range."))
        return first

    def values(self) -> dict[str, Any]:
        first: date = self.validated_data.get("first") or timezone.localdate()
        since = timezone.make_aware(datetime.combine(first, time()))
        return {"since": since, "until": since + timedelta(days=self.validated_data["days"])}


class PutOnDuty(Shape):
    """Who stands where in which shift of a day."""

    post = Reference(selectors.post_of_code)
    shift = Reference(selectors.shift_of_code)
    day = serializers.DateField()
    person = Reference(access.person_of_username, max_length=150)

    def values(self) -> dict[str, Any]:
        sent = self.validated_data
        return {"post_id": sent["post"], "shift_id": sent["shift"], "day": sent["day"], "person_id": sent["person"]}


class DutyReason(Shape):
    """Why."""

    reason = Text(max_length=200)


class StandIn(DutyReason):
    """Who stands in for a duty or a part of it, and why."""

    person = Reference(access.person_of_username, max_length=150)
    starts_at = At(required=False, allow_null=True, default=None, help_text="Null: from its beginning, or from now.")
    ends_at = At(required=False, allow_null=True, default=None, help_text="Null: to its end.")

    def values(self) -> dict[str, Any]:
        sent = dict(self.validated_data)
        return {"person_id": sent.pop("person"), **sent}


class Exchange(DutyReason):
    """With which duty of another, and why."""

    with_duty = serializers.IntegerField(min_value=1, max_value=2**63 - 1)

    def values(self) -> dict[str, Any]:
        return {"with_duty_id": self.validated_data["with_duty"], "reason": self.validated_data["reason"]}


class RosterLineSent(Shape):
    """A line of a roster."""

    post = Text(max_length=40)
    shift = Text(max_length=40)
    day = serializers.DateField()
    person = Text(max_length=150, help_text="User name.")


class RosterLines(Shape):
    """A roster, all of it or nothing."""

    lines = serializers.ListField(child=RosterLineSent(), min_length=1, max_length=MOST_LINES)

    def values(self) -> dict[str, Any]:
        sent = self.validated_data["lines"]
        return {"lines": [RosterLine(n, each["post"], each["shift"], each["day"], each["person"]) for n, each in enumerate(sent, start=1)]}


class RosterTaken(Rows):
    """What became of a roster's lines."""

    added = serializers.IntegerField()
    known = serializers.IntegerField(help_text="Known already: a roster may be sent twice.")


class NoteLeave(DutyReason):
    """Who is away, from when to when, and why."""

    person = Reference(access.person_of_username, max_length=150)
    starts_at = At()
    ends_at = At()

    def values(self) -> dict[str, Any]:
        sent = dict(self.validated_data)
        return {"person_id": sent.pop("person"), **sent}
