"""Triage, validation, edits, and the two decisions about level."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from access.actors import Actor
from gis import selectors as gis
from incidents import facts, permissions
from incidents.models import Incident, IncidentType
from incidents.models.incidents import ResponseLevel, Status
from incidents.models.reference import Kind, Severity
from incidents.services.common import WrongState, announce, check_version, checked, reason_of
from kit import text
from kit.errors import Invalid
from kit.geo import Position

EDITABLE = ("type_id", "severity", "address", "summary", "position")


@dataclass(frozen=True, slots=True)
class IncidentChanges:
    """The new values, None for those that stay. `position` is WGS-84, longitude first."""

    type_id: int | None = None
    severity: int | None = None
    address: str | None = None
    summary: str | None = None
    position: Position | None = None


@transaction.atomic
def start_triage(actor: Actor, *, incident_id: int, now: datetime) -> Incident:
    """An operator opened a new incident to assess it; opening one already in triage changes nothing."""
    incident = checked(actor, permissions.TRIAGE, incident_id)
    if incident.status != Status.NEW:
        return incident
    incident.move(Status.TRIAGE)
    incident.save(update_fields=["status", "status_before", "version"])
    announce(actor, facts.TriageStarted(incident_id=incident.pk, version=incident.version), incident, now=now)
    return incident


@transaction.atomic
def validate_incident(actor: Actor, *, incident_id: int, now: datetime) -> Incident:
    """It is real and complete enough: it now waits for a unit or a department."""
    incident = checked(actor, permissions.TRIAGE, incident_id)
    if incident.status not in (Status.NEW, Status.TRIAGE):
        raise WrongState(incident)
    incident.move(Status.PENDING)
    incident.reach("classified", now)
    incident.save(update_fields=["status", "status_before", "version", "classified_at"])
    announce(actor, facts.IncidentValidated(incident_id=incident.pk, version=incident.version), incident, now=now)
    return incident


@transaction.atomic
def edit_incident(actor: Actor, *, incident_id: int, version: int, changes: IncidentChanges, now: datetime) -> Incident:
    """Change what is known of an incident, built on the version the editor saw.

    Raises `Stale` when somebody else changed it meanwhile; the refusal says what changed.
    """
    incident = checked(actor, permissions.EDIT, incident_id)
    check_version(incident, version)
    if incident.is_finished():
        raise WrongState(incident)
    return apply_changes(actor, incident, changes=changes, now=now)


@transaction.atomic
def raise_incident(actor: Actor, *, incident_id: int, kind: str, severity: int, now: datetime) -> Incident:
    """Raise a service request to an emergency, or an emergency to a major incident; number, log, people and map stay."""
    incident = checked(actor, permissions.SET_LEVEL, incident_id)
    if incident.is_finished():
        raise WrongState(incident)
    if kind not in Kind.values or severity not in Severity.values:
        raise Invalid({"kind": _("There is no such kind or level.")})
    incident.kind, incident.severity = kind, severity
    incident.version += 1
    incident.save(update_fields=["kind", "severity", "version"])
    announce(actor, facts.EmergencyRaised(incident_id=incident.pk, kind=kind, severity=severity, version=incident.version), incident, now=now)
    return incident


@transaction.atomic
def set_response_level(actor: Actor, *, incident_id: int, level: str, reason: str, now: datetime) -> Incident:
    """Decide the response level (none, IV, III, II, I), with a reason; it never follows from severity."""
    incident = checked(actor, permissions.SET_LEVEL, incident_id)
    if incident.is_finished():
        raise WrongState(incident)
    if level not in ResponseLevel.values:
        raise Invalid({"level": _("There is no such response level.")})
    why = reason_of(reason)
    incident.response_level = level
    incident.version += 1
    incident.save(update_fields=["response_level", "version"])
    announce(actor, facts.ResponseLevelSet(incident_id=incident.pk, level=level, reason=why, version=incident.version), incident, now=now)
    return incident


def apply_changes(actor: Actor, incident: Incident, *, changes: IncidentChanges, now: datetime) -> Incident:
    """Change a locked incident that the actor may change, and record what differs; part of the verbs that edit."""
    before = _described(incident)
    _apply(incident, changes, now)
    after = _described(incident)
    differing = [name for name in before if before[name] != after[name]]
    if not differing:
        return incident
    incident.version += 1
    incident.save()
    fact = facts.IncidentEdited(
        incident_id=incident.pk,
        before=_told(before, differing),
        after=_told(after, differing),
        version=incident.version,
    )
    announce(actor, fact, incident, now=now)
    return incident


def _told(values: dict[str, Any], differing: list[str]) -> dict[str, Any]:
    """What the fact says: that the words changed and not the words, which may become confidential; those stand in the history of the row."""
    return {name: "" if name == "summary" else values[name] for name in differing}


def _described(incident: Incident) -> dict[str, Any]:
    return {
        "type": incident.type.code,
        "severity": incident.severity,
        "address": incident.address,
        "summary": incident.summary,
        "point": [incident.point.x, incident.point.y] if incident.point else None,
        "region_id": incident.region_id,
    }


def _apply(incident: Incident, changes: IncidentChanges, now: datetime) -> None:
    if changes.type_id is not None and changes.type_id != incident.type_id:
        type_ = IncidentType.objects.filter(pk=changes.type_id, is_active=True).first()
        if type_ is None:
            raise Invalid({"type": _("There is no such type.")})
        incident.type = type_
    if changes.severity is not None:
        if changes.severity not in Severity.values:
            raise Invalid({"severity": _("Levels go from 1 to 4.")})
        incident.severity = changes.severity
    if changes.address is not None:
        incident.address = text.tidy(changes.address)[:200]
    if changes.summary is not None:
        incident.summary = text.tidy_words(changes.summary)[:200]
    if changes.position is not None:
        incident.point = changes.position.as_point()
        region = gis.region_at(changes.position)
        incident.region_id = region.pk if region else incident.region_id
        incident.located_at = incident.located_at or now
