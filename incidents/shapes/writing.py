"""What is sent about incidents. The values of each shape are the keywords of its service."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils import timezone
from rest_framework import serializers

from access import selectors as access
from access.rest.fields import At, Count, OneOf, Open, Reference, Text, YesNo
from access.rest.shapes import Paged, Shape
from gis.shapes import PlacedShape, PointField
from incidents import selectors
from incidents.models import HelpCall
from incidents.models.assignments import ORDER, Source
from incidents.models.incidents import ResponseLevel, State
from incidents.models.reference import Kind
from incidents.models.reports import Report
from incidents.models.work import TaskState
from incidents.services.common import Moment
from incidents.services.editing import IncidentChanges
from incidents.services.help_calls import Cry
from incidents.services.reporting import NewReport
from incidents.services.work import NewTask
from kit.geo import Position

SEVERITIES = (1, 2, 3, 4)
NUMBER = r"^[0-9]{8}-[0-9]{4,9}$"


def number_field(**options: Any) -> serializers.RegexField:
    """Another incident's number."""
    return serializers.RegexField(NUMBER, **({"help_text": "An incident's number."} | options))


class Because(Shape):
    """Why."""

    reason = Text(max_length=300)


class SuggestType(Shape):
    """What a caller said, in Chinese or English."""

    words = Text(max_length=5000)
    most = Count(required=False, default=3, min_value=1, max_value=20, help_text="How many types at most, 3 unless said.")


class TakeReport(PlacedShape):
    """What was said. With `incident` it is added to that incident, else it opens one."""

    source = OneOf(choices=Report.Source.values)
    type = Reference(selectors.incident_type_of_code, help_text="Code of the incident's type.")
    place_words = Text(max_length=200, required=False, default="", allow_blank=True, help_text="The caller's own words for the place.")
    address = Text(max_length=200, required=False, default="", allow_blank=True, help_text="The address that was chosen.")
    words = Text(max_length=5000, required=False, default="", allow_blank=True)
    geocoder_answer = Open(required=False, default=dict)
    answers = serializers.DictField(
        child=Text(max_length=20, allow_blank=True),
        required=False,
        default=dict,
        help_text="Answers to key questions by the question's id: yes, no, or digits.",
    )
    caller_name = Text(max_length=80, required=False, default="", allow_blank=True)
    caller_phone = Text(max_length=40, required=False, default="", allow_blank=True)
    received_at = At(required=False, help_text="Now, unless said.")
    answered_at = At(required=False, default=None, allow_null=True)
    severity = OneOf(choices=SEVERITIES, required=False, default=None, allow_null=True)
    department = Reference(access.department_of_code, required=False, default=None, allow_null=True)
    region = Reference(access.region_of_code, required=False, default=None, allow_null=True)
    external_id = Text(
        max_length=80, required=False, default="", allow_blank=True, help_text="The sender's own id: the same one again is the same report."
    )
    is_confidential = YesNo(required=False, default=False, help_text="Words and caller are hidden from those who may not read them.")
    is_at_place = YesNo(required=False, default=False, help_text="The caller is where it happens.")
    language = OneOf(
        choices=[code for code, _name in settings.LANGUAGES], required=False, default="", allow_blank=True, help_text="In which the reporter is told."
    )
    is_sample = YesNo(required=False, default=False, help_text="For practice or show; it is labelled so wherever it is seen.")
    incident = number_field(required=False, default=None, allow_null=True)

    def values(self) -> dict[str, Any]:
        sent = dict(self.validated_data)
        position = self.position()
        same = (
            "source",
            "place_words",
            "address",
            "words",
            "geocoder_answer",
            "caller_name",
            "caller_phone",
            "answered_at",
            "severity",
            "external_id",
            "is_sample",
            "is_confidential",
            "is_at_place",
            "language",
        )
        report = NewReport(
            **{name: sent[name] for name in same},
            type_id=sent["type"],
            position=position,
            received_at=sent.get("received_at") or timezone.now(),
            department_id=sent["department"],
            region_id=sent["region"],
            answers={int(key): value for key, value in list(sent["answers"].items())[:60] if key.isascii() and key.isdigit() and len(key) < 10},
        )
        return {"report": report, "number": sent["incident"]}


class EditIncident(PlacedShape):
    """What to change; what is not named stays."""

    type = Reference(selectors.incident_type_of_code, required=False)
    severity = OneOf(choices=SEVERITIES, required=False)
    address = Text(max_length=200, required=False)
    summary = Text(max_length=200, required=False, allow_blank=True)

    def values(self) -> dict[str, Any]:
        sent = self.validated_data
        changes = IncidentChanges(
            type_id=sent.get("type"),
            severity=sent.get("severity"),
            address=sent.get("address"),
            summary=sent.get("summary"),
            position=self.position(),
        )
        return {"changes": changes}


class Close(Shape):
    """How it ended, and when if not now."""

    disposition = Text(max_length=40, help_text="Code of a disposition.")
    at = At(required=False, default=timezone.now)


class Hold(Because):
    """Why, and on which day it is looked at again."""

    review_on = serializers.DateField()


class Transfer(Because):
    """Which department becomes responsible, and why."""

    department = Reference(access.department_of_code)

    def values(self) -> dict[str, Any]:
        return {"department_id": self.validated_data["department"], "reason": self.validated_data["reason"]}


class Merge(Shape):
    """Into which incident."""

    into = number_field()


class Link(Shape):
    """Under which incident."""

    parent = number_field()


class Raise(Shape):
    """The new kind and level."""

    kind = OneOf(choices=Kind.values)
    severity = OneOf(choices=SEVERITIES)


class SetLevel(Because):
    """The response level, empty for none, and why."""

    level = OneOf(choices=[level for level in ResponseLevel.values if level], allow_blank=True)


class Timed(Shape):
    """When it happened and how that is known."""

    at = At(required=False, help_text="Now, unless said.")
    source = OneOf(choices=Source.values, required=False, default=Source.COMMAND.value)
    device_at = At(required=False, default=None, allow_null=True, help_text="What the device's own clock said.")
    point = PointField(required=False, default=None, allow_null=True, help_text="Where the device was, WGS-84.")
    accuracy = serializers.FloatField(
        required=False, default=None, allow_null=True, min_value=0, max_value=100_000, help_text="Of the point, metres."
    )

    def moment(self) -> Moment:
        sent = self.validated_data
        at: datetime = sent.get("at") or timezone.now()
        position = Position(*sent["point"]) if sent["point"] else None
        return Moment(at=at, source=sent["source"], device_at=sent["device_at"], position=position, accuracy=sent["accuracy"])


class Dispatch(Timed):
    """Which unit to send."""

    unit = Count(min_value=1, help_text="Id of the unit.")

    def values(self) -> dict[str, Any]:
        return {"unit_id": self.validated_data["unit"], "moment": self.moment()}


class Advance(Timed):
    """The step that was reached."""

    step = OneOf(choices=[step.value for step in ORDER[1:]])

    def values(self) -> dict[str, Any]:
        return {"step": self.validated_data["step"], "moment": self.moment()}


class PressKey(Timed):
    """A crew's key: 1-8 and 0."""

    key = OneOf(choices=list("123456780"))
    source = OneOf(choices=Source.values, required=False, default=Source.BUTTON.value)

    def values(self) -> dict[str, Any]:
        return {"key": self.validated_data["key"], "moment": self.moment()}


class CancelAssignment(Shape):
    """Why, if there is something to say."""

    reason = Text(max_length=300, required=False, default="", allow_blank=True)


class IssueTask(Shape):
    """What is to be done, by whom, by when."""

    title = Text(max_length=200)
    department = Reference(access.department_of_code)
    person = Reference(access.person_of_username, required=False, default=None, allow_null=True, max_length=150, help_text="A user name.")
    due_at = At(required=False, default=None, allow_null=True)

    def values(self) -> dict[str, Any]:
        sent = self.validated_data
        return {"task": NewTask(title=sent["title"], department_id=sent["department"], due_at=sent["due_at"], person_id=sent["person"])}


class AdvanceTask(Timed):
    """The task's new state; some need a reason."""

    state = OneOf(choices=TaskState.values)
    reason = Text(max_length=300, required=False, default="", allow_blank=True)

    def values(self) -> dict[str, Any]:
        return {"state": self.validated_data["state"], "reason": self.validated_data["reason"], "moment": self.moment()}


class WriteNote(Timed):
    """A line for the log."""

    text = Text(max_length=4000)

    def values(self) -> dict[str, Any]:
        return {"words": self.validated_data["text"], "moment": self.moment()}


class CallForHelp(Timed):
    """What is needed, of which unit and for which incident, as far as there are such."""

    kind = OneOf(choices=HelpCall.Kind.values, help_text="EMERGENCY: somebody's life is in danger. SUPPORT: more hands or things are needed.")
    words = Text(max_length=300, required=False, default="", allow_blank=True)
    unit = Count(required=False, default=None, allow_null=True, min_value=1, help_text="Id of the unit that the caller speaks for.")
    incident = number_field(required=False, default=None, allow_null=True)

    def values(self) -> dict[str, Any]:
        sent = self.validated_data
        cry = Cry(kind=sent["kind"], words=sent["words"], unit_id=sent["unit"], incident_number=sent["incident"] or "")
        return {"cry": cry, "moment": self.moment()}


class AttachFile(Shape):
    """One file in one piece: a picture, a video, a voice note or a document."""

    file = serializers.FileField(max_length=200, allow_empty_file=True)


class AttachUpload(Shape):
    """A file that was handed in before."""

    upload = serializers.UUIDField(source="file_key", help_text="Its `key`.")


class IncidentFilter(Paged):
    """Which incidents."""

    state = Text(required=False, max_length=300, help_text="One or more of the states, separated by commas.")
    open = serializers.BooleanField(required=False, help_text="Those that somebody still has to deal with, or the others.")
    severity = serializers.ChoiceField(choices=SEVERITIES, required=False)
    kind = serializers.ChoiceField(choices=Kind.values, required=False)
    type = Reference(selectors.incident_type_of_code, required=False)
    department = Reference(access.department_of_code, required=False, help_text="Responsible department.")
    region = Reference(access.region_of_code, required=False, help_text="The region or any below it.")
    received_since = At(required=False)
    received_before = At(required=False)
    external_id = Text(required=False, max_length=80)

    def validate_state(self, value: str) -> list[str]:
        states = value.split(",")
        unknown = sorted(set(states) - set(State.values))
        if unknown:
            raise serializers.ValidationError(f"{', '.join(unknown)[:200]}?")
        return states


class Before(Shape):
    """How far back."""

    before = serializers.IntegerField(required=False, min_value=1, max_value=2**63 - 1, help_text="`id` of the last line already read.")
    limit = serializers.IntegerField(required=False, min_value=1, max_value=200)


class Most(Shape):
    """How many."""

    limit = serializers.IntegerField(required=False, default=10, min_value=1, max_value=50)
