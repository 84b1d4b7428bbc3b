"""Shares as the REST API takes and answers them."""

from typing import Any

from rest_framework import serializers

from access import selectors
from access.models import Share
from access.rest.fields import At, OneOf, Reference, Text
from access.rest.shapes import ReferenceRow, Shape
from access.sharing.verbs import REASON_LENGTH, Terms

Rows = serializers.Serializer[Any]


class LookRow(Rows):
    """Who has seen what was shared."""

    person = serializers.CharField()
    first_at = At()
    last_at = At()
    times = serializers.IntegerField()


class ShareRow(Rows):
    """With whom something is shared, how much of it, and who has looked."""

    id = serializers.IntegerField()
    subject = serializers.CharField(help_text="As in facts: incident:42.")
    department = ReferenceRow(allow_null=True)
    region = ReferenceRow(allow_null=True)
    person = serializers.CharField(allow_null=True, help_text="Who broke the glass; null for what was given.")
    level = serializers.ChoiceField(choices=Share.Level.values)
    note = serializers.CharField()
    by = serializers.CharField()
    shared_at = At()
    until = At()
    ended_at = At(allow_null=True)
    ended = serializers.ChoiceField(choices=Share.Ended.values, allow_blank=True)
    looks = LookRow(many=True, source="looks.all")


class SharesWanted(Shape):
    """Which side of sharing is asked for."""

    side = OneOf(choices=["given", "made"], required=False, default="given")


class LineRow(Rows):
    """A share with what is shared: in words, and by the page on which it is looked at."""

    what = serializers.CharField(help_text="The kind of thing, in the reader's language.")
    called = serializers.CharField()
    address = serializers.CharField()
    share = ShareRow()


class NewShare(Shape):
    """With whom (a department, a region, or the department's people in the region), how much, until when, and what they are told."""

    department = Reference(selectors.department_of_code, required=False, default=None, allow_null=True, help_text="Its code.")
    region = Reference(selectors.region_of_code, required=False, default=None, allow_null=True, help_text="Its code.")
    level = OneOf(choices=Share.Level.values)
    until = At()
    note = Text(max_length=300, required=False, default="", allow_blank=True)

    def values(self) -> dict[str, Any]:
        sent = super().values()
        return {"terms": Terms(sent["department"], sent["region"], sent["level"], sent["until"], sent["note"])}


class BreakGlass(Shape):
    """Why you must see it."""

    reason = Text(min_length=REASON_LENGTH, max_length=300)
