"""What is sent and answered about talking: contacts, conferences, radio talk groups."""

from typing import Any

from rest_framework import serializers

from access.rest.fields import At, Text
from access.rest.shapes import Shape

Rows = serializers.Serializer[Any]


class TalkGroupRow(Rows):
    """A radio talk group."""

    code = serializers.CharField()
    name = serializers.CharField()
    name_en = serializers.CharField()
    system = serializers.CharField(help_text="The network it belongs to.")
    number = serializers.CharField(help_text="Its address there.")
    department = serializers.CharField(source="department.code", default=None, allow_null=True)
    is_shared = serializers.BooleanField(help_text="Radios of several departments have it.")


class TalkGroupUseRow(Rows):
    """A talk group given to an incident."""

    id = serializers.IntegerField()
    incident = serializers.CharField(source="incident.number")
    talk_group = TalkGroupRow(source="group")
    given_at = At()
    given_by = serializers.CharField()
    freed_at = At(allow_null=True)


class GiveTalkGroup(Shape):
    """Which one."""

    talk_group = Text(max_length=40, help_text="Code of the talk group.")

    def values(self) -> dict[str, Any]:
        return {"code": self.validated_data["talk_group"]}


class RingableRow(Rows):
    """Whom to ring about an incident."""

    key = serializers.CharField(help_text="Names the contact in a call.")
    name = serializers.CharField()
    role = serializers.CharField(help_text="What it is here for: a department, a post, a unit, a task.")
    phone = serializers.CharField()


class RingContact(Shape):
    """Whom."""

    contact = Text(max_length=40, help_text="Key of a contact of the incident.")

    def values(self) -> dict[str, Any]:
        return {"key": self.validated_data["contact"]}


class AddressRow(Rows):
    """Where to go: the caller opens it."""

    address = serializers.CharField()
