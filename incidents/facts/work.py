"""What is done besides sending units: tasks, plans, notes, files; and the state of the city."""

from dataclasses import field

from django.utils.translation import gettext_lazy as _

from journal.facts import Fact, fact


@fact("incidents.task_issued", says=_("{actor} gave a task for {incident}"))
class TaskIssued(Fact):
    incident_id: int
    task_id: int
    department_id: int


@fact("incidents.task_advanced", says=_("{actor} set a task of {incident} to {state:task_state}"))
class TaskAdvanced(Fact):
    incident_id: int
    task_id: int
    state: str
    reason: str


@fact("incidents.note_written", says=_("{actor} wrote a note on {incident}"))
class NoteWritten(Fact):
    incident_id: int
    note_id: int


@fact("incidents.note_struck", says=_("{actor} struck a note on {incident}"))
class NoteStruck(Fact):
    incident_id: int
    note_id: int


@fact("incidents.file_attached", says=_("{actor} attached a file to {incident}"))
class FileAttached(Fact):
    incident_id: int
    attachment_id: int
    sha256: str


@fact("incidents.attachment_opened", says=_("{actor} opened a file of {incident}"))
class AttachmentOpened(Fact):
    incident_id: int
    attachment_id: int


@fact("incidents.plan_saved", says=_("{actor} saved version {version} of {plan}"))
class PlanSaved(Fact):
    plan_id: int
    level: str
    version: int
    items: int


@fact("incidents.plan_activated", says=_("{actor} set {plan} in motion for {incident}: {reason}"))
class PlanActivated(Fact):
    incident_id: int
    activation_id: int
    plan_id: int
    level: str
    task_ids: tuple[int, ...]
    reason: str
    version: int


@fact("incidents.plan_stood_down", says=_("{actor} stood {plan} down for {incident}"))
class PlanStoodDown(Fact):
    incident_id: int
    activation_id: int
    plan_id: int
    task_ids: tuple[int, ...]
    level: str
    version: int


@fact("incidents.evidence_shown", says=_("{actor} showed evidence for a task of {incident}"))
class EvidenceShown(Fact):
    incident_id: int
    task_id: int
    attachment_id: int


@fact("incidents.mode_switched", says=_("{actor} switched to emergency, response level {level}: {reason}"))
class ModeSwitched(Fact):
    mode_id: int
    region_id: int | None
    level: str
    before: str
    reason: str
    incident_id: int | None


@fact("incidents.mode_ended", says=_("{actor} switched back to routine: {reason}"))
class ModeEnded(Fact):
    mode_id: int
    region_id: int | None
    level: str
    reason: str
    left: dict[str, int] = field(default_factory=dict)  # what was looked through and still stood, how many of each
