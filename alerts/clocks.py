"""When the clock of a watch runs: pure functions of what is known about an assignment, an incident or a task.

The live watch and the rehearsal on recorded data ask the same functions, so that a rule does what its rehearsal said.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from alerts.models import Watch


@dataclass(frozen=True, slots=True)
class Span:
    """A clock's run: from when, and until when (None: it still runs)."""

    since: datetime
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Case:
    """An incident as the clocks need it; `task_*` are those of a task of it."""

    incident_id: int
    type_id: int
    severity: int
    status: str
    department_id: int
    department_ids: tuple[int, ...]
    region_id: int | None
    dispatch_seconds: int | None
    arrival_seconds: int | None
    created_at: datetime
    call_received_at: datetime
    first_assigned_at: datetime | None
    first_on_scene_at: datetime | None
    controlled_at: datetime | None
    resolved_at: datetime | None
    verified_at: datetime | None
    closed_at: datetime | None
    review_at: datetime | None = None
    task_id: int | None = None
    task_due_at: datetime | None = None
    task_done_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Job:
    """An assignment as the clocks need it, with its case; times are those of its steps."""

    case: Case
    assignment_id: int
    unit_id: int
    is_primary: bool
    began_at: datetime
    acknowledged_at: datetime | None
    en_route_at: datetime | None
    staged_at: datetime | None
    on_scene_at: datetime | None
    transporting_at: datetime | None
    ended_at: datetime | None
    checked_at: datetime | None = None
    lost_at: datetime | None = None
    checks: tuple[datetime, ...] = field(default=())


def first(*times: datetime | None) -> datetime | None:
    """The earliest of those that are known."""
    return min((time for time in times if time is not None), default=None)


ON_ITS_WAY = ("NEW", "TRIAGE", "PENDING", "CONTROLLED")
BEFORE_ASSIGNMENT = ("NEW", "TRIAGE", "PENDING")


def _not_taken_on(case: Case) -> Span | None:
    """A record does not say when somebody took an incident on, so there the first unit ends the clock."""
    until = first(case.first_assigned_at, case.controlled_at, case.resolved_at, case.closed_at)
    return Span(case.created_at, until if until or case.status == "NEW" else case.created_at)


def _not_assigned(case: Case) -> Span | None:
    until = first(case.first_assigned_at, case.controlled_at, case.resolved_at, case.closed_at)
    return Span(case.call_received_at, until if until or case.status in BEFORE_ASSIGNMENT else case.call_received_at)


def _not_arrived(case: Case) -> Span | None:
    until = first(case.first_on_scene_at, case.controlled_at, case.resolved_at, case.closed_at)
    return Span(case.call_received_at, until if until or case.status in BEFORE_ASSIGNMENT else case.call_received_at)


def _not_verified(case: Case) -> Span | None:
    until = first(case.verified_at, case.closed_at)
    if case.resolved_at is None or (until is None and case.status != "RESOLVED"):
        return None
    return Span(case.resolved_at, until)


def _review_due(case: Case) -> Span | None:
    return Span(case.review_at, None) if case.review_at is not None and case.status == "HELD" else None


def _task_overdue(case: Case) -> Span | None:
    return Span(case.task_due_at, case.task_done_at) if case.task_due_at is not None else None


def _not_acknowledged(job: Job) -> Span | None:
    return Span(job.began_at, first(job.acknowledged_at, job.en_route_at, job.staged_at, job.on_scene_at, job.ended_at))


def _not_en_route(job: Job) -> Span | None:
    return Span(job.began_at, first(job.en_route_at, job.staged_at, job.on_scene_at, job.ended_at))


def _not_moving(job: Job) -> Span | None:
    if job.en_route_at is None:
        return None
    return Span(job.en_route_at, first(job.staged_at, job.on_scene_at, job.ended_at))


def _on_scene_long(job: Job) -> Span | None:
    if job.on_scene_at is None:
        return None
    return Span(job.on_scene_at, first(job.transporting_at, job.ended_at))


def _welfare_due(job: Job) -> Span | None:
    if job.on_scene_at is None:
        return None
    return Span(max(job.on_scene_at, job.checked_at or job.on_scene_at), first(job.transporting_at, job.ended_at))


def _lost_contact(job: Job) -> Span | None:
    return Span(job.lost_at, job.ended_at) if job.lost_at is not None else None


OF_CASES: dict[str, Callable[[Case], Span | None]] = {
    Watch.NOT_TAKEN_ON: _not_taken_on,
    Watch.NOT_ASSIGNED: _not_assigned,
    Watch.NOT_ARRIVED: _not_arrived,
    Watch.NOT_VERIFIED: _not_verified,
    Watch.REVIEW_DUE: _review_due,
    Watch.TASK_OVERDUE: _task_overdue,
}
OF_JOBS: dict[str, Callable[[Job], Span | None]] = {
    Watch.NOT_ACKNOWLEDGED: _not_acknowledged,
    Watch.NOT_EN_ROUTE: _not_en_route,
    Watch.NOT_MOVING: _not_moving,
    Watch.ON_SCENE_LONG: _on_scene_long,
    Watch.WELFARE_DUE: _welfare_due,
    Watch.LOST_CONTACT: _lost_contact,
}


def seconds_of(watch: str, seconds: int | None, case: Case) -> int | None:
    """After how long it is an alarm: the rule's own clock, else that of the incident's type; None: never."""
    if seconds is not None:
        return seconds
    return {Watch.NOT_ASSIGNED: case.dispatch_seconds, Watch.NOT_ARRIVED: case.arrival_seconds}.get(Watch(watch))


def concerns(type_ids: Iterable[int], worst_severity: int, case: Case) -> bool:
    """Whether a rule for these types (none: all) and this level or graver is about the incident."""
    return case.severity <= worst_severity and (not type_ids or case.type_id in type_ids)
