"""What is answered and sent about alarms."""

from typing import Any

from rest_framework import serializers

from access.rest.fields import At, Text
from access.rest.shapes import Paged, ReferenceRow, Shape, page_of
from alerts.models import State

Rows = serializers.Serializer[Any]


class AlarmRow(Rows):
    """An alarm with its ISA-18.2 state."""

    id = serializers.IntegerField()
    rule = ReferenceRow()
    response = serializers.CharField(source="rule.response", help_text="What the operator does about it.")
    level = serializers.IntegerField(min_value=1, max_value=4)
    state = serializers.ChoiceField(choices=State.values)
    is_standing = serializers.BooleanField(help_text="Whether its cause is still there.")
    times = serializers.IntegerField(help_text="How often it was announced.")
    unit = serializers.CharField(source="unit.code", default=None, allow_null=True)
    incident = serializers.CharField(source="incident.number", default=None, allow_null=True)
    since = At(help_text="When its clock began.")
    due_at = At(help_text="When the clock ran out.")
    raised_at = At(help_text="When it was last announced.")
    acknowledged_at = At(allow_null=True)
    acknowledged_by = serializers.CharField()
    escalated_at = At(allow_null=True)
    shelved_until = At(allow_null=True)
    shelve_reason = serializers.CharField()
    ended_at = At(allow_null=True)


AlarmPage = page_of(AlarmRow)


class AlarmsWanted(Paged):
    """Which alarms: those that live, or those of one state."""

    state = serializers.ChoiceField(choices=State.values, required=False, help_text="Only these; without it, all that are not over.")


class Shelve(Shape):
    """For how long, and why."""

    seconds = serializers.IntegerField(min_value=60, max_value=28_800)
    reason = Text(max_length=200)


class WelfareRow(Rows):
    """That a crew was well."""

    unit = serializers.CharField(source="assignment.unit.code")
    at = At()
    by = serializers.CharField()
