"""Questions about mutual aid: whom one may ask, what was asked for an incident, and what waits for one's own answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from access import policy
from access.actors import Actor
from gis import selectors as gis
from incidents import permissions
from incidents.models import AidRequest, Incident, Neighbour
from incidents.models.aid import AID_NEXT, AID_OPEN, AidState
from kit.errors import NotFound
from kit.geo import Position

MOST = 200
HELP_KMH = 50.0


@dataclass(frozen=True, slots=True)
class Helper:
    """A neighbour with how long help takes from there (None: the incident is not on the map) and which of the wanted capabilities it has."""

    neighbour: Neighbour
    seconds: float | None
    is_estimate: bool
    can: tuple[str, ...]


def neighbour_codes() -> set[str]:
    """The codes of every neighbour there ever was."""
    return set(Neighbour.objects.values_list("code", flat=True))


def helpers(actor: Actor, incident: Incident, *, capabilities: Sequence[str]) -> list[Helper]:
    """The neighbours that have one of the capabilities (codes; none given: any), those with most of them first, then the nearest."""
    policy.require(actor, permissions.VIEW, incident)
    rows = list(Neighbour.objects.filter(is_active=True).prefetch_related("capabilities").order_by("code")[:MOST])
    travels: list[gis.Travel | None] = [None] * len(rows)
    if incident.point is not None and rows:
        here = Position(incident.point.x, incident.point.y)
        travels = list(gis.travel_times([Position.of(row.point) for row in rows], here, speed_kmh=[HELP_KMH] * len(rows)))
    found = []
    for row, travel in zip(rows, travels, strict=True):
        can = tuple(each.code for each in row.capabilities.all() if not capabilities or each.code in capabilities)
        if can or not capabilities:
            found.append(Helper(row, travel.seconds if travel else None, travel.is_estimate if travel else True, can))
    return sorted(found, key=lambda one: (-len(one.can) if capabilities else 0, one.seconds or 0.0, one.neighbour.code))


def requests_of(actor: Actor, incident: Incident) -> list[AidRequest]:
    """What was asked for an incident, in the order it was."""
    policy.require(actor, permissions.VIEW, incident)
    return list(AidRequest.objects.filter(incident=incident).select_related("neighbour", "capability").order_by("requested_at", "id")[:MOST])


def requests_for(actor: Actor, *, with_ended: bool) -> "QuerySet[AidRequest]":
    """The requests that the actor may see: those asked of the own department or region, and those asked for its incidents."""
    rows = AidRequest.objects.all() if with_ended else AidRequest.objects.filter(state__in=AID_OPEN)
    return (
        policy.visible(actor, permissions.VIEW_AID, rows).select_related("neighbour", "capability", "incident__type").order_by("-requested_at", "-id")
    )


def request(actor: Actor, request_id: int) -> AidRequest:
    """One request that the actor may see, by itself or by its incident. Raises `NotFound`."""
    row = AidRequest.objects.select_related("neighbour", "capability", "incident__type").filter(pk=request_id).first()
    if row is None or not (policy.can(actor, permissions.VIEW_AID, row) or policy.can(actor, permissions.VIEW, row.incident)):
        raise NotFound
    return row


def open_steps(actor: Actor, row: AidRequest) -> list[AidState]:
    """What the actor may make of a request now; the service decides again."""
    steps = AID_NEXT.get(row.state, ())
    if policy.can(actor, permissions.REQUEST_AID, row.incident):
        return list(steps)
    if policy.can(actor, permissions.ANSWER_AID, row):
        return [step for step in steps if step not in (AidState.RELEASED, AidState.WITHDRAWN)]
    return []


def is_overdue(row: AidRequest, now: datetime) -> bool:
    """Whether an answer was due and none came."""
    return row.is_overdue(now)


def lines(actor: Actor, incident: Incident, *, now: datetime) -> list[dict[str, object]]:
    """The requests of an incident as its page shows them."""
    return [
        {"aid": row, "overdue": row.is_overdue(now), "is_ended": row.state not in AID_OPEN, "glyph": GLYPHS.get(row.state, "crossed")}
        for row in requests_of(actor, incident)
    ]


GLYPHS: dict[str, str] = {
    AidState.REQUESTED: "hollow",
    AidState.COMMITTED: "hollow",
    AidState.EN_ROUTE: "half",
    AidState.ARRIVED: "solid",
    AidState.RELEASED: "hollow",
    AidState.RETURNED: "hollow",
}
