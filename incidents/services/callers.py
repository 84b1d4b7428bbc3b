"""Who called: personal data, so looking is an act."""

from datetime import datetime

from django.db import transaction

from access.actors import Actor
from incidents import facts, permissions
from incidents.models import Report
from incidents.services.common import announce, checked


@transaction.atomic
def see_caller(actor: Actor, *, incident_id: int, now: datetime) -> list[Report]:
    """The reports of an incident with names and numbers of those who called; each look is recorded once."""
    incident = checked(actor, permissions.SEE_CALLER, incident_id)
    announce(actor, facts.CallerSeen(incident_id=incident.pk), incident, now=now)
    return list(incident.reports.order_by("received_at", "id")[:200])
