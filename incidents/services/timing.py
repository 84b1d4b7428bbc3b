"""When a call rang and was answered, as the telephone exchange knows it better than the desk."""

from datetime import datetime

from django.db import transaction
from django.db.models import Min

from access import policy
from access.actors import Actor
from incidents import facts, permissions
from incidents.models import Report
from incidents.services.common import announce, locked
from kit.errors import NotFound


@transaction.atomic
def time_call(
    actor: Actor, *, report_id: int, received_at: datetime, answered_at: datetime, exchange: str, is_answer_told: bool, now: datetime
) -> Report:
    """Give a report the times of its call, and its incident those of its earliest one; the journal keeps who told them.

    `exchange` is the telephone exchange that told when it rang; an answer it did not tell is the moment the desk took the call.
    An answer is never before the ring.
    """
    report = Report.objects.filter(pk=report_id).first()
    if report is None:
        raise NotFound
    incident = locked(report.incident_id)
    policy.require(actor, permissions.EDIT, incident)
    answered_at = max(answered_at, received_at)
    report.received_at, report.answered_at = received_at, answered_at
    Report.objects.filter(pk=report.pk).update(received_at=received_at, answered_at=answered_at)
    first = incident.reports.aggregate(received=Min("received_at"), answered=Min("answered_at"))
    incident.call_received_at, incident.call_answered_at = first["received"], first["answered"]
    incident.save(update_fields=["call_received_at", "call_answered_at"])
    fact = facts.CallTimed(
        incident_id=incident.pk,
        report_id=report.pk,
        received_at=received_at.isoformat(),
        answered_at=answered_at.isoformat(),
        exchange=exchange,
        answer_told_by="EXCHANGE" if is_answer_told else "DESK",
    )
    announce(actor, fact, incident, now=now)
    return report
