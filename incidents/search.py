"""The list of incidents, narrowed by what a person filters for; and those near another one."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib.gis.db.models.functions import Distance
from django.db.models import F, Q, QuerySet

from access import policy
from access.actors import Actor
from incidents import permissions, seeing
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
    """Incidents the actor may see or has been shown, the latter masked; newest first. Empty values do not narrow. `state` may be "open"."""
    found: QuerySet[Incident] = seeing.known(actor)
    if words:
        told = seeing.told(actor, words)
        found = found.filter(Q(number__icontains=words) | told | Q(type__name__icontains=words) | Q(type__name_en__icontains=words))
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


SAME_PLACE_METRES = 1000


@dataclass(frozen=True, slots=True)
class Near:
    """An open incident and how far it is from another, in metres; None where either has no point."""

    incident: Incident
    metres: float | None

    @property
    def is_likely(self) -> bool:
        """Whether it is near enough to be the same event without anybody having searched for it."""
        return self.metres is not None and self.metres <= SAME_PLACE_METRES


def near(actor: Actor, incident: Incident, *, words: str = "", limit: int = 8) -> list[Near]:
    """Open incidents the actor may merge this one with, narrowed by words, nearest first, then newest; those without a point last."""
    narrowed = incidents(actor, words=words.strip(), state="open", severity=None, type_code="", since=None, until=None)
    found = policy.visible(actor, permissions.MERGE, narrowed).exclude(pk=incident.pk)
    if incident.point is None:
        return [Near(each, None) for each in found[:limit]]
    ordered = found.annotate(away=Distance("point", incident.point)).order_by(F("away").asc(nulls_last=True), "-call_received_at", "-id")
    return [Near(each, each.away.m if each.away is not None else None) for each in ordered[:limit]]
