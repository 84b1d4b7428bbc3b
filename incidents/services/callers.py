"""Who called: personal data, so looking is an act."""

from datetime import datetime

from django.db import transaction

from access import policy
from access.actors import Actor
from incidents import facts, permissions
from incidents.models import Report
from incidents.nearby import calls_of_number
from incidents.services.common import announce, checked
from journal import services as journal


@transaction.atomic
def see_caller(actor: Actor, *, incident_id: int, now: datetime) -> list[Report]:
    """The reports of an incident with names and numbers of those who called; each look is recorded once."""
    incident = checked(actor, permissions.SEE_CALLER, incident_id)
    announce(actor, facts.CallerSeen(incident_id=incident.pk), incident, now=now)
    reports = incident.reports.order_by("received_at", "id")
    return list((reports if policy.can(actor, permissions.SEE_CONFIDENTIAL, incident) else reports.filter(is_confidential=False))[:200])


@transaction.atomic
def see_confidential(actor: Actor, *, incident_id: int, now: datetime) -> list[Report]:
    """What was told in confidence about an incident, with words and callers; each look is recorded once."""
    incident = checked(actor, permissions.SEE_CONFIDENTIAL, incident_id)
    announce(actor, facts.ConfidentialSeen(incident_id=incident.pk), incident, now=now)
    return list(incident.reports.filter(is_confidential=True).order_by("received_at", "id")[:200])


@transaction.atomic
def look_up_number(actor: Actor, *, number: str, now: datetime) -> list[Report]:
    """The earlier calls of a number, the newest first. A look that finds something is recorded, never the number itself."""
    policy.require(actor, permissions.SEE_CALLER, None)
    found = calls_of_number(actor, number, now=now)
    if found:
        ids = tuple(dict.fromkeys(report.incident_id for report in found))
        fact = facts.NumberLookedUp(found=len(found), incident_ids=ids)
        journal.record(actor, fact, about=[f"incident:{each}" for each in ids], scopes=[f"user:{actor.user_id}"], at=now)
    return found
