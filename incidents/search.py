"""The list of incidents, narrowed by what a person filters for."""

from datetime import datetime

from django.db.models import Q, QuerySet

from access.actors import Actor
from incidents import selectors
from incidents.models import Incident
from incidents.models.incidents import FINISHED


def incidents(
    actor: Actor,
    *,
    words: str,
    state: str,
    severity: int | None,
    type_code: str,
    since: datetime | None,
    until: datetime | None,
) -> QuerySet[Incident]:
    """Incidents the actor may see, newest first; empty values do not narrow. `state` may be "open"."""
    found = selectors.incidents(actor)
    if words:
        found = found.filter(
            Q(number__icontains=words)
            | Q(address__icontains=words)
            | Q(summary__icontains=words)
            | Q(type__name__icontains=words)
            | Q(type__name_en__icontains=words)
        )
    if state == "open":
        found = found.exclude(status__in=FINISHED)
    elif state:
        found = found.filter(Q(("state", state)))
    if severity is not None:
        found = found.filter(severity=severity)
    if type_code:
        found = found.filter(type__code=type_code)
    if since is not None:
        found = found.filter(call_received_at__gte=since)
    if until is not None:
        found = found.filter(call_received_at__lte=until)
    return found.order_by("-call_received_at", "-id")
