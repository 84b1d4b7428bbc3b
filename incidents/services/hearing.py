"""From a call to its incident: on the board as soon as type and place are known, completed while the caller still speaks."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from access import policy
from access.actors import Actor
from incidents import facts, permissions
from incidents.models import DeskCall, Incident, IncidentType, Report
from incidents.services.calls import CallEnded, _begun, _lock_call, _tell
from incidents.services.common import announce, locked
from incidents.services.confiding import _whole
from incidents.services.editing import IncidentChanges, _described, apply_changes
from incidents.services.grouping import _lock_two, merge_incident
from incidents.services.reporting import NewReport, _assessed, _report_values, attach_report, report_incident

State = DeskCall.State


@transaction.atomic
def open_call(actor: Actor, *, key: UUID, report: NewReport, now: datetime) -> DeskCall:
    """Put the call on the board: type and place are known. Asked twice, it is one incident.

    Raises `CallEnded` after the end, and whatever `report_incident` refuses.
    """
    call = _begun(actor, key, report.received_at, now)
    if call.is_ended():
        raise CallEnded
    return call if call.incident_id is not None else _opened(actor, call, report, now)


@transaction.atomic
def continue_call(actor: Actor, *, key: UUID, report: NewReport, now: datetime) -> DeskCall:
    """Write what has been heard since the call went on the board: into its report, and onto the incident where nobody else has."""
    call = _lock_call(actor, key=key)
    if call.is_ended():
        raise CallEnded
    if call.incident_id is not None:
        _write(actor, call, report, now)
    return call


@transaction.atomic
def finish_call(actor: Actor, *, key: UUID, report: NewReport, now: datetime) -> DeskCall:
    """The caller has hung up: the report is complete and stays as it is from now on. Asked twice, it is one incident."""
    call = _begun(actor, key, report.received_at, now)
    if call.state == State.FINISHED:
        return call
    if call.is_ended():
        raise CallEnded
    if call.incident_id is None:
        _opened(actor, call, report, now)
    else:
        _write(actor, call, report, now)
    _end(call, State.FINISHED, now)
    _tell(actor, facts.CallFinished(call_id=call.pk, incident_id=call.incident_id or 0), call, now=now)
    return call


@transaction.atomic
def add_call(actor: Actor, *, key: UUID, incident_id: int, report: NewReport, now: datetime) -> DeskCall:
    """The call is about a known incident: its report is added there; one that is on the board already is merged into it."""
    call = _begun(actor, key, report.received_at, now)
    if call.state == State.ADDED:
        return call
    if call.is_ended():
        raise CallEnded
    if call.incident_id is None:
        call.report = attach_report(actor, incident_id=incident_id, report=_whole(call, report), now=now)
        call.incident_id = incident_id
    else:
        _lock_two(actor, permissions.MERGE, call.incident_id, incident_id)  # before either is written, so that two merges never wait for each other
        _write(actor, call, report, now)
        merge_incident(actor, incident_id=call.incident_id, target_id=incident_id, now=now)
    _end(call, State.ADDED, now)
    _tell(actor, facts.CallAdded(call_id=call.pk, incident_id=incident_id), call, now=now)
    return call


def _opened(actor: Actor, call: DeskCall, report: NewReport, now: datetime) -> DeskCall:
    incident = report_incident(actor, report=_whole(call, report), now=now)
    call.incident = incident
    call.report = Report.objects.filter(first_incident=incident).order_by("received_at", "id")[0]
    call.written, call.written_at = _written(incident), now
    call.save(update_fields=["incident", "report", "written", "written_at"])
    return call


def _end(call: DeskCall, state: str, now: datetime) -> None:
    """What was heard stands in the report now, and nowhere else."""
    call.state, call.ended_at, call.heard, call.confided, call.parked_at = state, now, {}, {}, None
    call.save(update_fields=["state", "ended_at", "heard", "confided", "parked_at", "incident", "report"])


def _write(actor: Actor, call: DeskCall, report: NewReport, now: datetime) -> None:
    """Lock the incident, then bring report and incident up to what was heard; what did not change is not written."""
    if call.report_id is None:  # nothing is on the board yet
        return
    report = _whole(call, report)
    row = Report.objects.select_related("incident").get(pk=call.report_id)
    incident = locked(row.incident_id)
    policy.require(actor, permissions.REPORT, incident)
    type_ = IncidentType.objects.filter(pk=report.type_id, is_active=True).first() or incident.type
    said = _report_values(report, type_)
    fields = tuple(sorted(name for name, value in said.items() if not _same(getattr(row, name), value)))
    if fields:
        Report.objects.filter(pk=row.pk).update(**{name: said[name] for name in fields})
        fact = facts.ReportContinued(incident_id=incident.pk, report_id=row.pk, fields=fields)
        announce(actor, fact, incident, now=now)
    if row.first_incident_id == incident.pk and not incident.is_finished():
        _write_incident(actor, call, incident, report, type_, now)
    call.written_at = now
    call.save(update_fields=["written", "written_at"])


def _write_incident(actor: Actor, call: DeskCall, incident: Incident, report: NewReport, type_: IncidentType, now: datetime) -> None:
    """What another desk has changed since this call last wrote it is theirs and stays."""
    shown = _described(incident)
    is_ours = {name: shown[name] == value for name, value in call.written.items()}
    changes = IncidentChanges(
        type_id=type_.pk if is_ours["type"] else None,
        severity=(report.severity or _assessed(report, type_).severity) if is_ours["severity"] else None,
        address=(report.address or report.place_words or None) if is_ours["address"] else None,
        summary=("" if report.is_confidential else report.words) if is_ours["summary"] else None,
        position=report.position if is_ours["point"] else None,
    )
    apply_changes(actor, incident, changes=changes, now=now)
    written = _written(incident)
    call.written = {name: written[name] if is_ours[name] else value for name, value in call.written.items()}


def _written(incident: Incident) -> dict[str, Any]:
    """What a call writes on an incident, without the region, which follows from the point."""
    return {name: value for name, value in _described(incident).items() if name != "region_id"}


def _same(known: Any, said: Any) -> bool:
    if hasattr(known, "coords") and hasattr(said, "coords"):
        return all(abs(a - b) < 1e-7 for a, b in zip(known.coords, said.coords, strict=True))
    return bool(known == said)
