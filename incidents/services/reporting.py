"""Taking reports: what a caller, citizen, sensor or partner says becomes an incident, or is added to one."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from access import policy
from access.actors import Actor
from gis import selectors as gis
from incidents import facts, permissions
from incidents.assessing import Assessment, assess
from incidents.models import Incident, IncidentType, Report
from incidents.models.incidents import Status
from incidents.models.reference import Severity
from incidents.numbers import next_number
from incidents.services.common import WrongState, announce, check_moment, checked
from incidents.suggesting import key_questions
from kit import text
from kit.errors import Invalid
from kit.geo import Position


@dataclass(frozen=True, slots=True)
class NewReport:
    """What was said. The caller's words for the place, the chosen point and the geocoder's answer are three things.

    `position` is WGS-84, longitude first. `department_id` None: the type's department is responsible.
    `severity` is the operator's own choice; None: what the `answers` (key question to what was said) suggest, else the type's own.
    `is_confidential`: words and caller are for those who may read them; `is_at_place`: the caller is where it happens.
    `language` is the reporter's own, empty where unknown.
    """

    source: str
    type_id: int
    place_words: str
    received_at: datetime
    position: Position | None = None
    words: str = ""
    address: str = ""
    geocoder_answer: dict[str, Any] = field(default_factory=dict)
    caller_name: str = ""
    caller_phone: str = ""
    answered_at: datetime | None = None
    severity: int | None = None
    department_id: int | None = None
    region_id: int | None = None
    external_id: str = ""
    is_sample: bool = False
    is_confidential: bool = False
    is_at_place: bool = False
    language: str = ""
    answers: Mapping[int, str] = field(default_factory=dict)


@transaction.atomic
def report_incident(actor: Actor, *, report: NewReport, now: datetime) -> Incident:
    """Open an incident from a report. Region and responsible department follow from the point and the type.

    A report with an external id that is known already returns the incident it opened then.
    Raises `Invalid` for an unknown type, a missing place or department, or a time in the future.
    """
    known = _known(report)
    if known is not None:
        policy.require(actor, permissions.REPORT, known.incident)
        return known.incident
    type_ = IncidentType.objects.filter(pk=report.type_id, is_active=True).first()
    if type_ is None:
        raise Invalid({"type": _("There is no such type.")})
    if report.severity is not None and report.severity not in Severity.values:
        raise Invalid({"severity": _("Levels go from 1 to 4.")})
    incident = _new_incident(report, type_, now)
    incident.severity = report.severity or _assessed(report, type_).severity
    policy.require(actor, permissions.REPORT, incident)
    check_moment(actor, report.received_at, incident, now=now)
    incident.number = next_number(report.received_at)
    incident.save()
    row = _save_report(actor, report, incident, now)
    fact = facts.IncidentOpened(incident_id=incident.pk, kind=incident.kind, severity=incident.severity, version=incident.version)
    announce(actor, fact, incident, now=now)
    announce(actor, facts.ReportTaken(incident_id=incident.pk, report_id=row.pk, source=row.source), incident, now=now)
    return incident


@transaction.atomic
def attach_report(actor: Actor, *, incident_id: int, report: NewReport, now: datetime) -> Report:
    """Add one more report to an incident: a duplicate is a report, not a closed incident.

    A report with an external id that is known already is that report.
    """
    incident = checked(actor, permissions.REPORT, incident_id)
    known = _known(report)
    if known is not None:
        policy.require(actor, permissions.REPORT, known.incident)
        return known
    if incident.is_finished():
        raise WrongState(incident)
    check_moment(actor, report.received_at, incident, now=now)
    row = _save_report(actor, report, incident, now)
    incident.reach("call_received", report.received_at)
    incident.save(update_fields=["call_received_at"])
    announce(actor, facts.ReportTaken(incident_id=incident.pk, report_id=row.pk, source=row.source), incident, now=now)
    return row


def _assessed(report: NewReport, type_: IncidentType) -> Assessment:
    """The level that type and answers suggest; without answers nothing is asked of the database."""
    return assess(type_.severity, key_questions(type_.pk) if report.answers else (), report.answers)


def _known(report: NewReport) -> Report | None:
    if not report.external_id:
        return None
    return Report.objects.filter(source=report.source, external_id=report.external_id).select_related("incident").first()


def _new_incident(report: NewReport, type_: IncidentType, now: datetime) -> Incident:
    place = text.tidy(report.address or report.place_words)
    if not place and report.position is None:
        raise Invalid({"place": _("Say where it is: words or a point on the map.")})
    department_id = report.department_id or type_.department_id
    if department_id is None:
        raise Invalid({"department": _("This type has no responsible department; choose one.")})
    region_id = report.region_id
    if region_id is None and report.position is not None:
        region = gis.region_at(report.position)
        region_id = region.pk if region else None
    return Incident(
        kind=type_.kind,
        type=type_,
        severity=report.severity or type_.severity,
        status=Status.NEW,
        summary="" if report.is_confidential else text.tidy_words(report.words)[:200],
        address=place[:200] or f"{report.position.lat:.5f}, {report.position.lon:.5f}" if report.position else place[:200],
        point=report.position.as_point() if report.position else None,
        department_id=department_id,
        department_ids=[department_id],
        region_id=region_id,
        external_id=report.external_id[:80],
        is_sample=report.is_sample,
        call_received_at=report.received_at,
        call_answered_at=report.answered_at,
        created_at=now,
        located_at=now if report.position else None,
        classified_at=now,
    )


def _save_report(actor: Actor, report: NewReport, incident: Incident, now: datetime) -> Report:
    if report.source not in Report.Source.values:
        raise Invalid({"source": _("There is no such source.")})
    return Report.objects.create(
        incident=incident,
        first_incident=incident,
        source=report.source,
        received_at=report.received_at,
        answered_at=report.answered_at,
        recorded_at=now,
        taken_by=actor.label[:80],
        external_id=report.external_id[:120],
        **_report_values(report, incident.type),
    )


def _report_values(report: NewReport, type_: IncidentType) -> dict[str, Any]:
    """What the reporter said, as the columns keep it."""
    return {
        "words": text.tidy_lines(report.words)[:5000],
        "place_words": report.place_words[:200],
        "point": report.position.as_point() if report.position else None,
        "geocoder_answer": report.geocoder_answer,
        "answers": _assessed(report, type_).as_kept(report.severity) if report.answers else {},
        "caller_name": text.tidy(report.caller_name)[:80],
        "caller_phone": text.tidy(report.caller_phone)[:40],
        "is_confidential": report.is_confidential,
        "is_at_place": report.is_at_place,
        "language": report.language if report.language in dict(settings.LANGUAGES) else "",
    }
