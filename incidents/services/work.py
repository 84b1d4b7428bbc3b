"""Tasks and notes."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from access import policy
from access.actors import Actor
from access.models import Department, User
from incidents import facts, permissions
from incidents.models import Incident, Note, Task
from incidents.models.work import TaskState
from incidents.services.common import Moment, WrongState, announce, check_moment, checked, reason_of
from kit import text
from kit.errors import Forbidden, Invalid, NotFound, Refused

NEXT = {
    TaskState.ISSUED: (TaskState.ACKNOWLEDGED, TaskState.IN_PROGRESS, TaskState.RETURNED, TaskState.CANCELLED, TaskState.DONE),
    TaskState.ACKNOWLEDGED: (
        TaskState.IN_PROGRESS,
        TaskState.BLOCKED,
        TaskState.EXTENSION_REQUESTED,
        TaskState.DONE,
        TaskState.RETURNED,
        TaskState.CANCELLED,
    ),
    TaskState.IN_PROGRESS: (TaskState.BLOCKED, TaskState.EXTENSION_REQUESTED, TaskState.DONE, TaskState.CANCELLED),
    TaskState.BLOCKED: (TaskState.IN_PROGRESS, TaskState.DONE, TaskState.CANCELLED),
    TaskState.EXTENSION_REQUESTED: (TaskState.IN_PROGRESS, TaskState.DONE, TaskState.CANCELLED),
    TaskState.DONE: (TaskState.VERIFIED, TaskState.IN_PROGRESS),
    TaskState.RETURNED: (TaskState.ISSUED, TaskState.CANCELLED),
    TaskState.VERIFIED: (),
    TaskState.CANCELLED: (),
}
OF_THE_GIVER = (TaskState.VERIFIED, TaskState.CANCELLED, TaskState.ISSUED)
WITH_REASON = (TaskState.BLOCKED, TaskState.EXTENSION_REQUESTED, TaskState.RETURNED, TaskState.CANCELLED)


class TaskNotThere(Refused):
    code = "task_not_there"
    says = _("A task that is %(state)s cannot become %(wanted)s.")


class EvidenceMissing(Refused):
    code = "evidence_missing"
    says = _("“%(task)s” needs evidence: attach a file to the incident and choose it.")


@dataclass(frozen=True, slots=True)
class NewTask:
    """What somebody must do, which department, by when."""

    title: str
    department_id: int
    due_at: datetime | None = None
    person_id: int | None = None


@transaction.atomic
def issue_task(actor: Actor, *, incident_id: int, task: NewTask, now: datetime) -> Task:
    """Give a department a task; it now sees the incident."""
    incident = checked(actor, permissions.TASK, incident_id)
    if incident.is_finished():
        raise WrongState(incident)
    title = text.tidy_words(task.title)[:200]
    if not title:
        raise Invalid({"title": _("Say what is to be done.")})
    if not Department.objects.filter(pk=task.department_id, is_active=True).exists():
        raise Invalid({"department": _("There is no such department.")})
    if task.person_id is not None and not User.objects.filter(pk=task.person_id, is_active=True).exists():
        raise Invalid({"person": _("There is no such person.")})
    row = Task.objects.create(
        incident=incident, title=title, department_id=task.department_id, person_id=task.person_id, due_at=task.due_at, issued_at=now
    )
    if task.department_id not in incident.department_ids:
        incident.department_ids = [*incident.department_ids, task.department_id]
        incident.save(update_fields=["department_ids"])
    announce(actor, facts.TaskIssued(incident_id=incident.pk, task_id=row.pk, department_id=row.department_id), incident, now=now)
    return row


def advance_task(actor: Actor, *, task_id: int, state: str, reason: str, now: datetime) -> Task:
    """Take a task on: signed for, in progress, blocked, more time asked, done, verified, returned, cancelled."""
    return report_task(actor, task_id=task_id, state=state, reason=reason, moment=Moment(at=now), now=now)


@transaction.atomic
def report_task(actor: Actor, *, task_id: int, state: str, reason: str, moment: Moment, now: datetime) -> Task:
    """As `advance_task`, told by a device perhaps later: when and where it happened is kept beside when it was told.

    The state it is in already changes nothing: a device may say the same twice.
    """
    incident_id = Task.objects.filter(pk=task_id).values_list("incident_id", flat=True).first()
    if incident_id is None:
        raise NotFound
    incident = checked(actor, permissions.VIEW, incident_id)
    policy.require(actor, permissions.TASK if state in OF_THE_GIVER else permissions.ANSWER_TASK, incident)
    task = Task.objects.select_for_update(of=("self",), no_key=True).get(pk=task_id)
    if state == task.state and moment.device_at is not None:
        return task
    if state not in TaskState.values or state not in NEXT[TaskState(task.state)]:
        raise TaskNotThere(state=TaskState(task.state).label, wanted=TaskState(state).label if state in TaskState.values else state)
    if state == TaskState.DONE and task.needs_evidence and task.evidence_id is None:
        raise EvidenceMissing(task=task.title)
    check_moment(actor, moment.at, incident, now=now)
    task.reason = reason_of(reason) if state in WITH_REASON else ""
    task.state = state
    task.version += 1
    task.sources = {**task.sources, state: {"source": str(moment.source), "actor": actor.key, **moment.told(now)}}
    _stamp(task, state, moment.at)
    task.save()
    announce(actor, facts.TaskAdvanced(incident_id=incident.pk, task_id=task.pk, state=state, reason=task.reason), incident, now=moment.at)
    return task


def write_note(actor: Actor, *, incident_id: int, words: str, now: datetime) -> Note:
    """Add a line to an incident's log; it may be written on a closed one too."""
    return report_note(actor, incident_id=incident_id, words=words, moment=Moment(at=now), now=now)


@transaction.atomic
def report_note(actor: Actor, *, incident_id: int, words: str, moment: Moment, now: datetime) -> Note:
    """As `write_note`, told by a device perhaps later: it stands in the log at the time it was written."""
    incident = checked(actor, permissions.NOTE, incident_id)
    tidy = text.tidy_lines(words)
    if not tidy:
        raise Invalid({"text": _("Write something.")})
    if len(tidy) > 4000:
        raise Invalid({"text": _("At most 4,000 characters.")})
    check_moment(actor, moment.at, incident, now=now)
    note = Note.objects.create(
        incident=incident, text=tidy, author=actor.label[:80], author_key=actor.key, written_at=moment.at, told=moment.told(now)
    )
    announce(actor, facts.NoteWritten(incident_id=incident.pk, note_id=note.pk), incident, now=moment.at)
    return note


@transaction.atomic
def strike_note(actor: Actor, *, note_id: int, now: datetime) -> Note:
    """Strike a note of one's own through; it stays readable."""
    incident_id = Note.objects.filter(pk=note_id).values_list("incident_id", flat=True).first()
    if incident_id is None:
        raise NotFound
    incident: Incident = checked(actor, permissions.NOTE, incident_id)
    note = Note.objects.select_for_update(of=("self",), no_key=True).get(pk=note_id)
    if note.author_key != actor.key:
        raise Forbidden
    if note.struck_at is None:
        note.struck_at, note.struck_by = now, actor.label[:80]
        note.save(update_fields=["struck_at", "struck_by"])
        announce(actor, facts.NoteStruck(incident_id=incident.pk, note_id=note.pk), incident, now=now)
    return note


def _stamp(task: Task, state: str, now: datetime) -> None:
    column = {TaskState.ACKNOWLEDGED: "acknowledged_at", TaskState.DONE: "done_at", TaskState.VERIFIED: "verified_at"}.get(TaskState(state))
    if column is not None:
        setattr(task, column, now)
