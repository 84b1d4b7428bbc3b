"""What the watch looks at: open incidents with a clock, running assignments, tasks, units that call for help. Bounded, columns only."""

from collections.abc import Iterable, Iterator
from dataclasses import fields
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import connection
from django.db.models import Max, OuterRef, QuerySet, Subquery
from django.utils import timezone

from access.sharing import reading as sharing
from alerts.clocks import Case, Job, first
from alerts.models import Escalation, WelfareCheck
from incidents.models import Assignment, HelpCall, Incident, Task
from incidents.models.assignments import ENDED
from incidents.models.incidents import FINISHED, Status
from incidents.models.work import TASK_ENDED, TaskState
from incidents.seeing import KIND
from resources.models import Unit

MOST = 5_000
STILL_METRES = 60
STILL_LOOK_BACK = timedelta(minutes=10)

CASE = (
    "id", "type_id", "severity", "status", "department_id", "department_ids", "region_id", "type__dispatch_seconds", "type__arrival_seconds",
    "created_at", "call_received_at", "first_assigned_at", "first_on_scene_at", "controlled_at", "resolved_at", "verified_at", "closed_at",
    "review_on",
)  # fmt: skip
FIELDS = [each.name for each in fields(Case)][: len(CASE)]
JOB = (
    "id", "unit_id", "is_primary", "dispatched_at", "acknowledged_at", "en_route_at", "staged_at", "on_scene_at", "transporting_at",
    "at_destination_at", "cleared_at", "declined_at", "cancelled_at", "unit__status_at",
)  # fmt: skip
WAITING = (Status.NEW, Status.TRIAGE, Status.PENDING, Status.RESOLVED, Status.HELD)

# Units that stand still: the newest fix is near the one of so many seconds ago, and is itself fresh.
STILL = """
SELECT newest.unit_id FROM resources_unitposition AS newest
CROSS JOIN LATERAL (
    SELECT lon, lat FROM resources_track WHERE unit_id = newest.unit_id AND at <= %s AND at > %s ORDER BY at DESC LIMIT 1
) AS before
WHERE newest.unit_id = ANY (%s) AND newest.lost_at IS NULL
  AND ST_DistanceSphere(ST_MakePoint(newest.lon, newest.lat), ST_MakePoint(before.lon, before.lat)) < %s
"""


def _case(row: tuple[Any, ...], **more: Any) -> Case:
    values: dict[str, Any] = dict(zip(FIELDS, row, strict=True))
    values["department_ids"] = tuple(values["department_ids"])
    values["review_at"] = _midnight_after(values["review_at"])
    return Case(**values, **more)


def _midnight_after(day: date | None) -> datetime | None:
    """A review is due on its day; it is late when the day is over."""
    return timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min)) if day is not None else None


def open_cases() -> Iterator[Case]:
    """Incidents that wait for somebody, the newest first."""
    rows = Incident.objects.filter(status__in=WAITING).order_by("-call_received_at", "-id")
    return (_case(row) for row in rows.values_list(*CASE)[:MOST])


def open_tasks() -> Iterator[Case]:
    """Tasks with a time that nobody has finished, each with its incident."""
    rows = Task.objects.exclude(state__in=[*TASK_ENDED, TaskState.DONE, TaskState.RETURNED]).filter(due_at__isnull=False)
    rows = rows.exclude(incident__status__in=FINISHED).order_by("-due_at", "-id")
    names = [f"incident__{name}" for name in CASE]
    return (_case(row[2:], task_id=row[0], task_due_at=row[1]) for row in rows.values_list("id", "due_at", *names)[:MOST])


def job_of(row: tuple[Any, ...], case: Case, **more: Any) -> Job:
    """The columns of `JOB` as a job; the clock of one that was stacked begins when it became the unit's first."""
    pk, unit_id, is_primary, dispatched, acknowledged, en_route, staged, on_scene, transporting, arrived, *ends, _status_at = row
    return Job(
        case, pk, unit_id, is_primary, dispatched, acknowledged, en_route, staged, on_scene, first(transporting, arrived), first(*ends), **more,
    )  # fmt: skip


def running_jobs() -> Iterator[Job]:
    """What units do first now. A job that was stacked has its clock from when the unit took it up."""
    latest = WelfareCheck.objects.filter(assignment=OuterRef("pk")).order_by().values("assignment").annotate(last=Max("at")).values("last")
    rows: QuerySet[Any] = Assignment.objects.exclude(step__in=ENDED).filter(is_primary=True, dispatched_at__isnull=False).order_by("-id")
    names = [f"incident__{name}" for name in CASE]
    found = rows.annotate(checked=Subquery(latest)).values_list(*JOB, "checked", "unit__last_position__lost_at", *names)[:MOST]
    cases: dict[int, Case] = {}
    for row in found:
        mine, (checked, lost), columns = row[: len(JOB)], row[len(JOB) : len(JOB) + 2], row[len(JOB) + 2 :]
        case = cases.get(columns[0]) or cases.setdefault(columns[0], _case(columns))
        dispatched, status_at = mine[3], mine[-1]
        untouched = mine[4] is None and mine[5] is None
        began = max(dispatched, status_at) if untouched and status_at is not None else dispatched
        yield job_of((*mine[:3], began, *mine[4:]), case, checked_at=checked, lost_at=lost)


def past_cases(since: datetime, until: datetime, limit: int) -> Iterator[Case]:
    """Incidents whose call was received in a period, the newest first."""
    rows = Incident.objects.filter(call_received_at__gte=since, call_received_at__lt=until).order_by("-call_received_at", "-id")
    return (_case(row) for row in rows.values_list(*CASE)[:limit])


def past_tasks(since: datetime, until: datetime, limit: int) -> Iterator[Case]:
    """Tasks with a time whose incident's call was received in a period."""
    rows = Task.objects.filter(due_at__isnull=False, incident__call_received_at__gte=since, incident__call_received_at__lt=until)
    names = [f"incident__{name}" for name in CASE]
    found = rows.order_by("-due_at", "-id").values_list("due_at", "done_at", "id", *names)[:limit]
    return (_case(row[3:], task_id=row[2], task_due_at=row[0], task_done_at=row[1]) for row in found)


def past_jobs(since: datetime, until: datetime, limit: int) -> Iterator[Job]:
    """Assignments to incidents whose call was received in a period, with the welfare checks of their crews."""
    rows = Assignment.objects.filter(incident__call_received_at__gte=since, incident__call_received_at__lt=until, dispatched_at__isnull=False)
    checks: dict[int, list[datetime]] = {}
    for assignment_id, at in WelfareCheck.objects.filter(at__gte=since).order_by("at").values_list("assignment_id", "at")[:limit]:
        checks.setdefault(assignment_id, []).append(at)
    names = [f"incident__{name}" for name in CASE]
    for row in rows.order_by("-id").values_list(*JOB, *names)[:limit]:
        yield job_of(row[: len(JOB)], _case(row[len(JOB) :]), checks=tuple(checks.get(row[0], ())))


def units_in_distress() -> list[Unit]:
    """Units whose emergency call nobody has ended."""
    return list(Unit.objects.filter(distress_at__isnull=False, is_active=True).order_by("pk")[:MOST])


def help_calls() -> list[HelpCall]:
    """Calls for help that nobody has dealt with, the oldest first."""
    return list(HelpCall.objects.open().order_by("pk")[:MOST])


def broken_glass(now: datetime) -> list[tuple[int, datetime, Incident]]:
    """The shares by which somebody sees an incident through broken glass now, since when, and the incident; the oldest first."""
    shares = sharing.running(KIND, now=now).filter(person__isnull=False).order_by("pk")[:MOST]
    ids = {share.subject_id for share in shares}
    rows = Incident.objects.only("department_id", "department_ids", "region_id").in_bulk(ids) if ids else {}
    return [(share.pk, share.shared_at, rows[share.subject_id]) for share in shares if share.subject_id in rows]


def unanswered_escalations() -> list[list[Escalation]]:
    """Pages that nobody answered, the first that went unanswered first; posts of one region that one emergency called are one matter."""
    rows = Escalation.objects.filter(state=Escalation.State.EXHAUSTED).select_related("alarm", "called").order_by("exhausted_at", "pk")[:MOST]
    matters: dict[object, list[Escalation]] = {}
    for run in rows:
        matters.setdefault(run.matter or run.pk, []).append(run)
    return list(matters.values())


def still_units(unit_ids: Iterable[int], *, seconds: int, now: datetime) -> set[int]:
    """Those of these units that are where they were so many seconds ago (within 60 m); without a track nobody can say."""
    wanted = list(unit_ids)
    if not wanted:
        return set()
    then = now - timedelta(seconds=seconds)
    with connection.cursor() as cursor:
        cursor.execute(STILL, [then, then - STILL_LOOK_BACK, wanted, STILL_METRES])
        return {row[0] for row in cursor.fetchall()}
