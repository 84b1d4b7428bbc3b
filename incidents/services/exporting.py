"""Taking lists out of the house: an export is an act."""

from datetime import datetime

from django.db import transaction

from access import policy
from access.actors import Actor
from access.permissions import AUDITORS
from incidents import facts, permissions
from incidents.services.common import announce, checked
from journal import services as journal


@transaction.atomic
def note_export(actor: Actor, *, rows: int, query: str, now: datetime) -> None:
    """Record that somebody exported this many incidents, found by this query."""
    policy.require(actor, permissions.VIEW, None)
    journal.record(actor, facts.ListExported(rows=rows, query=query), about=[f"user:{actor.user_id}"], scopes=AUDITORS, at=now)


@transaction.atomic
def note_incident_export(actor: Actor, *, incident_id: int, now: datetime) -> None:
    """Record that somebody took one incident with its timeline out as a document."""
    incident = checked(actor, permissions.VIEW, incident_id)
    announce(actor, facts.IncidentExported(incident_id=incident.pk), incident, now=now)
