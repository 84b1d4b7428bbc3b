"""Bringing in the history of another system: closed incidents with their reports, assignments and true times, many at once.

An incident is known by its external id within its department, so that a file may be brought in twice: what is new is added, what differs
is corrected, the rest is left alone. What people here have taken up again since is never overwritten.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from access import policy
from access.actors import Actor
from incidents import facts, permissions
from incidents.models import Assignment, Incident, Report
from incidents.models.assignments import COLUMNS, Source, Step
from incidents.models.incidents import Status
from incidents.numbers import reserve_numbers
from incidents.past import PastAssignment, PastCall, milestones
from journal import services as journal
from journal.facts import Fact
from journal.services import Happening
from resources import selectors as resources

ONE_IMPORT_AT_A_TIME = 0x6361_6469  # "cadi"
BATCH = 2000


@dataclass(slots=True)
class Imported:
    """What became of some past calls; `kept` names those that people here have taken up again."""

    incidents: int = 0
    assignments: int = 0
    corrected: int = 0
    unchanged: int = 0
    kept: list[str] = field(default_factory=list)


@transaction.atomic
def import_history(actor: Actor, *, calls: Sequence[PastCall], now: datetime) -> Imported:
    """Write a batch of past calls, one fact for each incident; says what became of them. Their times may be of any age.

    Two imports at once: the second waits for the first's batch, so neither can double an incident.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ONE_IMPORT_AT_A_TIME])
    _check_may(actor, calls)
    known = _known(calls)
    imported = Imported()
    fresh = [call for call in calls if call.key not in known]
    _open(actor, fresh, imported, now)
    _correct_all(actor, [(known[call.key], call) for call in calls if call.key in known], imported, now)
    return imported


def refresh_statistics() -> None:
    """Let the planner learn now what an import has brought, instead of when autovacuum comes by; changes nothing that anybody sees."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT incidents_refresh_statistics()")


def _check_may(actor: Actor, calls: Sequence[PastCall]) -> None:
    """Once for each pair of department and region."""
    for department_id, region_id in {(call.department_id, call.region_id) for call in calls}:
        policy.require(actor, permissions.IMPORT, Incident(department_id=department_id, department_ids=[department_id], region_id=region_id))


def _known(calls: Sequence[PastCall]) -> dict[tuple[int, str], Incident]:
    rows = Incident.objects.select_for_update(of=("self",), no_key=True).filter(
        department_id__in={call.department_id for call in calls}, external_id__in=[call.external_id for call in calls]
    )
    return {(row.department_id, row.external_id): row for row in rows.order_by("pk")}


def _open(actor: Actor, calls: Sequence[PastCall], imported: Imported, now: datetime) -> None:
    departments = resources.departments_of_units({past.unit_id for call in calls for past in call.assignments})
    numbers = reserve_numbers([call.received_at for call in calls])
    incidents = [_incident(call, number, departments) for call, number in zip(calls, numbers, strict=True)]
    Incident.objects.bulk_create(incidents, batch_size=BATCH)
    Report.objects.bulk_create([_report(actor, call, row, now) for call, row in zip(calls, incidents, strict=True)], batch_size=BATCH)
    assignments = [_assignment(row.pk, past) for call, row in zip(calls, incidents, strict=True) for past in call.assignments]
    _save_assignments(actor, assignments, now)
    journal.record_many(actor, [_happening(_imported(call, row), row) for call, row in zip(calls, incidents, strict=True)])
    imported.incidents += len(incidents)
    imported.assignments += len(assignments)


def _incident(call: PastCall, number: str, departments: dict[int, int]) -> Incident:
    units = [_assignment(0, past) for past in call.assignments]
    helping = sorted({departments[past.unit_id] for past in call.assignments} - {call.department_id})
    return Incident(
        number=number,
        department_id=call.department_id,
        department_ids=[call.department_id, *helping],
        region_id=call.region_id,
        external_id=call.external_id,
        status=Status.CLOSED,
        status_before=Status.PENDING,
        **call.columns(),
        **milestones(call.entered_at or call.received_at, units),
    )


def _report(actor: Actor, call: PastCall, incident: Incident, now: datetime) -> Report:
    return Report(
        incident=incident,
        first_incident=incident,
        source=Report.Source.CAD,
        words=call.words[:5000],
        place_words=call.place_words[:200],
        point=incident.point,
        received_at=call.received_at,
        answered_at=call.answered_at,
        recorded_at=now,
        taken_by=actor.label[:80],
        external_id=f"{call.department_id}:{call.external_id}"[:120],
    )


def _assignment(incident_id: int, past: PastAssignment) -> Assignment:
    """The past is over: an assignment whose end nobody wrote down has ended all the same, at an unknown time."""
    return Assignment(incident_id=incident_id, unit_id=past.unit_id, is_primary=True, step=Step.CLEARED, **past.columns())


def _save_assignments(actor: Actor, assignments: Sequence[Assignment], now: datetime) -> None:
    for assignment in assignments:
        _note_sources(actor, assignment, COLUMNS.values(), now)
    Assignment.objects.bulk_create(assignments, batch_size=BATCH)


def _note_sources(actor: Actor, assignment: Assignment, columns: Collection[str], now: datetime) -> None:
    for step, column in COLUMNS.items():
        if column in columns and getattr(assignment, column) is not None:
            assignment.note_source(step, source=Source.IMPORT, actor=actor.key, told={"server_at": now.isoformat()})


def _imported(call: PastCall, incident: Incident) -> facts.HistoryImported:
    return facts.HistoryImported(incident_id=incident.pk, assignments=len(call.assignments), external_id=call.external_id)


def _happening(fact: Fact, incident: Incident) -> Happening:
    return Happening(fact, [incident], policy.audience(permissions.VIEW, incident))


def _correct_all(actor: Actor, pairs: Sequence[tuple[Incident, PastCall]], imported: Imported, now: datetime) -> None:
    """Bring known incidents to what the file says now."""
    rows = Assignment.objects.filter(incident__in=[incident for incident, _call in pairs]).order_by("pk")
    by_incident: dict[int, dict[int, Assignment]] = {}
    for row in rows:
        by_incident.setdefault(row.incident_id, {})[row.unit_id] = row
    happenings = []
    for incident, call in pairs:
        if incident.status != Status.CLOSED or incident.reopened_count:
            imported.kept.append(call.external_id)
            continue
        fact = _correct(actor, incident, call, by_incident.get(incident.pk, {}), now)
        if fact is None:
            imported.unchanged += 1
            continue
        imported.corrected += 1
        imported.assignments += fact.assignments_added
        happenings.append(_happening(fact, incident))
    journal.record_many(actor, happenings)


def _correct(actor: Actor, incident: Incident, call: PastCall, known: dict[int, Assignment], now: datetime) -> facts.HistoryCorrected | None:
    """One incident; None when the file says nothing new. An assignment the file no longer has stays."""
    added = [_assignment(incident.pk, past) for past in call.assignments if past.unit_id not in known]
    _save_assignments(actor, added, now)
    times = sum(_correct_times(actor, known[past.unit_id], past, now) for past in call.assignments if past.unit_id in known)
    target = call.columns() | milestones(call.entered_at or call.received_at, [*known.values(), *added])
    changed = _differing(incident, target)
    if not (added or times or changed):
        return None
    before = {name: _plain(getattr(incident, name)) for name in changed}
    for name in changed:
        setattr(incident, name, target[name])
    incident.version += 1
    incident.save(update_fields=[*changed, "version"])
    return facts.HistoryCorrected(
        incident_id=incident.pk,
        external_id=call.external_id,
        assignments_added=len(added),
        assignments_corrected=times,
        before=before,
        after={name: _plain(target[name]) for name in changed},
        version=incident.version,
    )


def _correct_times(actor: Actor, assignment: Assignment, past: PastAssignment, now: datetime) -> bool:
    changed = _differing(assignment, past.columns())
    if not changed:
        return False
    for name in changed:
        setattr(assignment, name, past.columns()[name])
    assignment.version += 1
    _note_sources(actor, assignment, changed, now)
    assignment.save(update_fields=[*changed, "sources", "version"])
    return True


def _differing(row: Incident | Assignment, target: dict[str, Any]) -> list[str]:
    return [name for name, value in target.items() if getattr(row, name) != value]


def _plain(value: Any) -> object:
    """A value as a fact may carry it: ids, codes and ISO times; an address or a point is only named, not told."""
    if isinstance(value, datetime):
        return value.isoformat()
    return value if value is None or isinstance(value, int) else "…"
