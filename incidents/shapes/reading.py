"""What is answered about incidents. A caller's name and number stand in `CallerRow` only."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from access.models import Share
from access.rest.fields import At
from access.rest.shapes import ReferenceRow
from files.shapes import FileRow
from gis.shapes import PointField
from incidents.models import HelpCall
from incidents.models.assignments import COLUMNS, Source, Step
from incidents.models.incidents import ResponseLevel, State, Status
from incidents.models.reference import Kind
from incidents.models.reports import Report
from incidents.models.work import TaskState

Rows = serializers.Serializer[Any]

MILESTONES = (
    "call_received",
    "call_answered",
    "created",
    "located",
    "classified",
    "recommendation_shown",
    "first_assigned",
    "first_acknowledged",
    "first_en_route",
    "first_on_scene",
    "controlled",
    "last_cleared",
    "resolved",
    "verified",
    "closed",
)

Milestones = type(
    "Milestones",
    (serializers.Serializer,),
    {"__doc__": "When each milestone was reached.", **{name: At(source=f"{name}_at", allow_null=True) for name in MILESTONES}},
)
Steps = type(
    "Steps",
    (serializers.Serializer,),
    {"__doc__": "When each step was reached.", **{step.value.lower(): At(source=column, allow_null=True) for step, column in COLUMNS.items()}},
)


class SuggestedTypeRow(Rows):
    """A type that the words speak for."""

    type = ReferenceRow()
    score = serializers.IntegerField(help_text="Points of the words together; only their order means something.")
    words = serializers.ListField(child=serializers.CharField(), help_text="The words that spoke for it, heaviest first.")


def _number(**options: Any) -> serializers.CharField:
    return serializers.CharField(**({"help_text": "An incident's number."} | options))


class IncidentTypeRow(ReferenceRow):
    """A type of incident."""

    id = serializers.IntegerField()
    group = serializers.CharField()
    kind = serializers.ChoiceField(choices=Kind.values)
    severity = serializers.IntegerField(min_value=1, max_value=4)
    department = ReferenceRow(allow_null=True, help_text="Responsible unless another is named.")
    capabilities = ReferenceRow(many=True, help_text="What the first unit must be able to do.")


class CandidateName(Rows):
    """A unit."""

    id = serializers.IntegerField(source="unit_id")
    code = serializers.CharField()


class UnitName(Rows):
    """A unit."""

    id = serializers.IntegerField()
    code = serializers.CharField()


class OpenAssignment(Rows):
    """A running assignment, as a list shows it."""

    id = serializers.IntegerField()
    unit = UnitName()
    is_primary = serializers.BooleanField()
    step = serializers.ChoiceField(choices=Step.values)


class SharedRow(Rows):
    """How you see an incident of others: what your level does not show is empty."""

    id = serializers.IntegerField(source="share.pk")
    level = serializers.ChoiceField(choices=Share.Level.values)
    by = serializers.CharField(source="share.by")
    until = At(source="share.until")
    note = serializers.CharField(source="share.note")


class IncidentCore(Rows):
    """An incident."""

    id = serializers.IntegerField()
    number = _number()
    kind = serializers.ChoiceField(choices=Kind.values)
    type = ReferenceRow()
    severity = serializers.IntegerField(min_value=1, max_value=4)
    response_level = serializers.ChoiceField(choices=[level for level in ResponseLevel.values if level], allow_blank=True)
    status = serializers.ChoiceField(choices=Status.values, help_text="What people set.")
    state = serializers.ChoiceField(choices=State.values, help_text="The status, or how far the units have come.")
    summary = serializers.CharField()
    address = serializers.CharField()
    point = PointField(allow_null=True)
    department = ReferenceRow()
    region = ReferenceRow(allow_null=True)
    parent = _number(source="parent.number", default=None, allow_null=True)
    merged_into = _number(source="merged_into.number", default=None, allow_null=True)
    disposition = serializers.CharField(source="disposition.code", default=None, allow_null=True)
    reason = serializers.CharField()
    review_on = serializers.DateField(allow_null=True)
    reopened_count = serializers.IntegerField()
    external_id = serializers.CharField()
    is_sample = serializers.BooleanField()
    version = serializers.IntegerField()
    shared = SharedRow(source="seen", allow_null=True, help_text="Null for an incident that is yours to see.")
    milestones = Milestones(source="*")


class IncidentRow(IncidentCore):
    """An incident with its running assignments."""

    assignments = OpenAssignment(many=True, source="running")


class ReportRow(Rows):
    """What was said, without who said it."""

    id = serializers.IntegerField()
    source = serializers.ChoiceField(choices=Report.Source.values)
    words = serializers.CharField(help_text="Empty for a confidential report; /confidential/ tells them.")
    is_confidential = serializers.BooleanField()
    is_at_place = serializers.BooleanField(help_text="The reporter is where it happens.")
    language = serializers.CharField(help_text="The reporter's own; empty: not known.")
    place_words = serializers.CharField()
    point = PointField(allow_null=True)
    geocoder_answer = serializers.DictField()
    received_at = At()
    answered_at = At(allow_null=True)
    recorded_at = At()
    taken_by = serializers.CharField()
    external_id = serializers.CharField()


class CallerRow(Rows):
    """Who called. Reading this is recorded."""

    report_id = serializers.IntegerField(source="id")
    name = serializers.CharField(source="caller_name")
    phone = serializers.CharField(source="caller_phone")


class ConfidentialRow(CallerRow):
    """What was told in confidence, and by whom. Reading this is recorded."""

    words = serializers.CharField()


class TimeRow(Rows):
    """Where a time came from."""

    step = serializers.ChoiceField(choices=Step.values)
    at = At()
    server_at = At()
    device_at = At(allow_null=True)
    source = serializers.ChoiceField(choices=Source.values)
    actor = serializers.CharField()
    point = serializers.ListField(child=serializers.FloatField(), source="lon_lat", allow_null=True, help_text="Where the device was: [lon, lat].")


class AssignmentRow(Rows):
    """A unit's job at an incident, with its clock."""

    id = serializers.IntegerField()
    incident = _number(source="incident.number")
    unit = UnitName()
    is_primary = serializers.BooleanField()
    step = serializers.ChoiceField(choices=Step.values)
    reason = serializers.CharField()
    times = Steps(source="*")
    sources = TimeRow(many=True, source="known_times")
    version = serializers.IntegerField()


class TaskRow(Rows):
    """A task."""

    id = serializers.IntegerField()
    title = serializers.CharField()
    department = ReferenceRow()
    person = serializers.CharField(source="person.username", default=None, allow_null=True)
    state = serializers.ChoiceField(choices=TaskState.values)
    reason = serializers.CharField()
    due_at = At(allow_null=True)
    issued_at = At()
    acknowledged_at = At(allow_null=True)
    done_at = At(allow_null=True)
    verified_at = At(allow_null=True)
    version = serializers.IntegerField()


class NoteRow(Rows):
    """A line somebody wrote; one that was struck stays readable."""

    id = serializers.IntegerField()
    text = serializers.CharField()
    author = serializers.CharField()
    written_at = At()
    recorded_at = At(source="heard_at", help_text="When the city heard of it: later than written, where the device had no link.")
    device_at = At(allow_null=True, help_text="What the device's own clock said.")
    point = serializers.ListField(child=serializers.FloatField(), source="lon_lat", allow_null=True, help_text="Where the device was: [lon, lat].")
    struck_at = At(allow_null=True)
    struck_by = serializers.CharField()


class AttachmentRow(Rows):
    """A file; fetch it under /attachments/<id>/ once it is READY."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    media_type = serializers.CharField(help_text="By its content; empty until it is checked.")
    size = serializers.IntegerField()
    sha256 = serializers.CharField(help_text="Of what is fetched; empty until it is checked.")
    author = serializers.CharField()
    attached_at = At()
    file = FileRow()


class HelpCallRow(Rows):
    """Somebody in the field who calls for help."""

    id = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=HelpCall.Kind.values)
    caller = serializers.CharField()
    phone = serializers.CharField()
    unit = UnitName(allow_null=True)
    incident = _number(source="incident.number", default=None, allow_null=True)
    words = serializers.CharField()
    point = PointField(allow_null=True)
    accuracy = serializers.FloatField(allow_null=True, help_text="Of the point, metres.")
    called_at = At()
    recorded_at = At()
    ended_at = At(allow_null=True)
    ended_by = serializers.CharField()


class IncidentDetail(IncidentCore):
    """An incident with everything that belongs to it."""

    reports = ReportRow(many=True)
    assignments = AssignmentRow(many=True)
    tasks = TaskRow(many=True)
    notes = NoteRow(many=True)
    attachments = AttachmentRow(many=True)
    children = serializers.ListField(child=serializers.CharField(), help_text="Numbers of the incidents grouped under this one.")
    may_see_caller = serializers.BooleanField(help_text="Whether you may read /callers/.")


class ReportReceipt(Rows):
    """Where a report went."""

    report_id = serializers.IntegerField()
    incident_id = serializers.IntegerField()
    number = _number()
    is_new_incident = serializers.BooleanField(help_text="False when it was added to an incident, or was known already.")


class TimelineRow(Rows):
    """One thing that happened."""

    id = serializers.IntegerField()
    name = serializers.CharField(source="entry.name")
    at = At()
    recorded_at = At(source="entry.recorded_at")
    actor = serializers.CharField(source="entry.actor_label")
    about = serializers.ListField(child=serializers.CharField(), source="entry.about")
    data = serializers.DictField(source="entry.data")
    sentence = serializers.CharField(help_text="In the reader's language.")


class CandidateRow(Rows):
    """A unit that could be sent."""

    unit = CandidateName(source="*")
    type_name = serializers.CharField()
    availability = serializers.CharField()
    activity = serializers.CharField()
    point = serializers.SerializerMethodField()
    metres = serializers.FloatField(help_text="In a straight line.")
    seconds = serializers.FloatField(help_text="Of travel.")
    is_estimate = serializers.BooleanField(help_text="Whether `seconds` follows from the straight line, no road looked at.")
    fix_at = At(allow_null=True)
    is_lost = serializers.BooleanField(help_text="No position came for longer than usual.")
    is_beyond_region = serializers.BooleanField()
    can = serializers.ListField(child=serializers.CharField(), help_text="The needed capabilities that it has.")
    reasons = serializers.ListField(child=serializers.CharField(), help_text="In the reader's language.")
    is_first = serializers.BooleanField(help_text="Of the first set.")
    turnout_seconds = serializers.FloatField(help_text="Until it moves.")
    eta_seconds = serializers.FloatField(help_text="Turnout and travel.")
    weighed_seconds = serializers.FloatField(allow_null=True, help_text="What decided: with what is added for rest, cover and doubt; null: kept out.")
    cover_seconds = serializers.FloatField(allow_null=True, help_text="Until the next that can do the same is at its station; null: nobody near.")
    worked_seconds = serializers.FloatField(help_text="On jobs within the window of rest.")
    warnings = serializers.ListField(child=serializers.CharField(), help_text="Those of the reasons that speak against it.")

    @extend_schema_field({"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2})
    def get_point(self, candidate: Any) -> list[float]:
        return [candidate.position.lon, candidate.position.lat]


class NeedRow(Rows):
    """A capability that the type of incident requires, in order."""

    code = serializers.CharField()
    name = serializers.CharField()
    unit_id = serializers.IntegerField(allow_null=True, help_text="Who of the first set has it.")
    is_sent = serializers.BooleanField(help_text="A unit already sent has it, or help that comes.")
    alarm = serializers.IntegerField(help_text="The alarm whose card asks for it.")
    is_aid = serializers.BooleanField(help_text="A neighbour has promised it.")


class RecommendationRow(Rows):
    """Which units to send."""

    units = CandidateRow(many=True)
    needs = NeedRow(many=True)
    missing = ReferenceRow(many=True)
    shortfalls = serializers.ListField(child=serializers.CharField(), help_text="In the reader's language.")
    alarm = serializers.IntegerField(help_text="The alarm that the set is for.")
