"""Taking a report out of an incident it was added to by mistake."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from access import policy
from access.actors import Actor
from incidents import facts, permissions
from incidents.models import Incident, IncidentType, Report
from incidents.numbers import next_number
from incidents.services.common import WrongState, announce, checked
from incidents.services.reporting import NewReport, _new_incident
from kit.errors import Invalid, NotFound, Refused
from kit.geo import Position


class CannotSplit(Refused):
    code = "cannot_split"
    says = _("This report stays where it is: %(why)s")


@transaction.atomic
def split_report(actor: Actor, *, report_id: int, type_id: int | None, now: datetime) -> Incident:
    """Open an incident of its own from a report that was added to another; everything said goes along, and the other is as before.

    `type_id` None: the type of the incident it leaves. A report that came with a merged incident goes back by un-merging that.
    """
    incident_id = Report.objects.filter(pk=report_id).values_list("incident_id", flat=True).first()
    if incident_id is None:
        raise NotFound
    incident = checked(actor, permissions.MERGE, incident_id)
    report = Report.objects.filter(pk=report_id, incident=incident).first()  # again, under the lock: it may have moved meanwhile
    if report is None:
        raise NotFound
    if incident.is_finished():
        raise WrongState(incident)
    if report.first_incident_id != incident.pk:
        raise CannotSplit(why=_("it came with an incident that was merged; separate that one."))
    if not Report.objects.filter(incident=incident, first_incident=incident).exclude(pk=report.pk).exists():
        raise CannotSplit(why=_("it is the only one."))
    type_ = incident.type if type_id is None else IncidentType.objects.filter(pk=type_id, is_active=True).first()
    if type_ is None:
        raise Invalid({"type": _("There is no such type.")})
    new = _new_incident(_said(report, incident, type_), type_, now)
    policy.require(actor, permissions.REPORT, new)
    new.number = next_number(report.received_at)
    new.save()
    _move(report, incident, new)
    fact = facts.ReportSplit(incident_id=incident.pk, target_id=new.pk, report_id=report.pk, version=incident.version)
    announce(actor, fact, incident, new, now=now)
    opened = facts.IncidentOpened(incident_id=new.pk, kind=new.kind, severity=new.severity, version=new.version)
    announce(actor, opened, new, now=now)
    return new


def _said(report: Report, incident: Incident, type_: IncidentType) -> NewReport:
    """The report as it would open an incident; where it says nothing of the place, that of the incident it leaves."""
    point = report.point or (None if report.place_words else incident.point)
    return NewReport(
        source=report.source,
        type_id=type_.pk,
        place_words=report.place_words or incident.address,
        received_at=report.received_at,
        answered_at=report.answered_at,
        position=Position(point.x, point.y) if point else None,
        words=report.words,
        department_id=type_.department_id or incident.department_id,
        region_id=None if report.point else incident.region_id,
        is_sample=incident.is_sample,
        is_confidential=report.is_confidential,
    )


def _move(report: Report, incident: Incident, new: Incident) -> None:
    """The report counts for the new incident and arrived there, so that merging and un-merging it keep it together."""
    report.incident = report.first_incident = new
    report.save(update_fields=["incident", "first_incident"])
    incident.call_received_at = incident.reports.order_by("received_at").values_list("received_at", flat=True)[0]
    incident.version += 1
    incident.save(update_fields=["call_received_at", "version"])
