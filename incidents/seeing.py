"""Incidents that others share with us, seen through what they let us see: one's own stay as they are, of shared ones the rest is missing.

Three levels, each with all of the one before:

- outline: type, levels, state, times, department, district and the place to about a kilometre. No address, no words, no units by name;
- situation: the address and the point, the units with their steps, and what was done without anybody's words;
- all but the caller: the summary, what reporters said, notes, tasks, reasons and files. Never who called, nor what was told in confidence.

Nothing else of the room lets others in: `selectors` and every verb know one's own incidents only. A question that shows shared ones
begins with `known`, whose rows come masked; it cannot give columns, which would not be.
"""

import math
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any, Self

from django.contrib.gis.geos import Point
from django.db.models import Q
from django.db.models.query import ModelIterable
from django.utils import timezone
from django.utils.translation import gettext as _

from access import policy
from access.actors import Actor
from access.models import Share
from access.sharing import reading
from access.sharing.kinds import Kind
from incidents import permissions
from incidents.models import Incident
from incidents.models.incidents import IncidentQuerySet
from incidents.models.states import with_state
from kit import naming
from kit.errors import NotFound

PIECE = 200
CELLS = 100
"""A point of which only the outline is known lies in the middle of its cell: a hundredth of a degree, about a kilometre."""
HARMLESS = {"pk", "id", "number"}
Level = Share.Level


class _MaskedRows(ModelIterable):  # type: ignore[type-arg]
    """Rows as their reader may see them: how is asked once for many."""

    def __iter__(self) -> Iterator[Incident]:
        rows = super().__iter__()
        viewer = self.queryset.viewer  # type: ignore[attr-defined]
        while piece := list(islice(rows, PIECE)):
            yield from masked(viewer, piece)


class KnownIncidents(IncidentQuerySet):
    """Incidents of one's own and shared ones, which come masked however they are narrowed, ordered or cut."""

    viewer: Actor | None = None

    def seen_by(self, viewer: Actor) -> Self:
        """The same, as somebody may see them."""
        found: Self = self._chain()  # type: ignore[attr-defined]
        found.viewer, found._iterable_class = viewer, _MaskedRows
        return found

    def _clone(self) -> Self:
        clone: Self = super()._clone()  # type: ignore[misc]
        clone.viewer = self.viewer
        return clone

    def _values(self, *fields: str, **expressions: Any) -> Any:
        if self.viewer is not None and (expressions or not HARMLESS.issuperset(fields)):
            raise TypeError("incidents that may be shared ones are read as rows, which are masked, and not as columns")
        return super()._values(*fields, **expressions)  # type: ignore[misc]


KIND = Kind("incident", permissions.VIEW, permissions.SHARE)
NOT_TOLD = ("parent", "merged_into")


def known(actor: Actor) -> KnownIncidents:
    """Every incident the actor may see or has been shown, with its derived `state`; the latter masked, with how they are seen as `seen`."""
    rows: KnownIncidents = with_state(KnownIncidents(Incident))  # type: ignore[assignment]
    return _narrowed(actor, rows.select_related("type", "department", "region")).seen_by(actor)


def known_open(actor: Actor) -> KnownIncidents:
    """What of these somebody still has to deal with: level first, then age."""
    return known(actor).open().order_by("severity", "-call_received_at", "id")  # type: ignore[return-value]


def shown_open(actor: Actor) -> list[Incident]:
    """The open incidents that others show to the actor, masked; at most two hundred."""
    if actor.kind == "system" or actor.user_id is None or not reading.running(KIND, now=timezone.now()).exists():
        return []
    rows: KnownIncidents = with_state(KnownIncidents(Incident))  # type: ignore[assignment]
    found = rows.open().filter(pk__in=reading.ids_for(actor, KIND)).exclude(policy.condition(actor, permissions.VIEW))
    return list(found.select_related("type", "department", "region").seen_by(actor).order_by("severity", "-call_received_at", "id")[:200])  # type: ignore[attr-defined]


def shows(actor: Actor, level: str) -> Q:
    """Whether a row is one's own or shared so far: the condition for whatever looks into what lesser levels mask."""
    if actor.kind == "system":
        return Q()
    if not policy.can(actor, permissions.VIEW, None):
        return Q(pk__in=[])
    return Q(policy.condition(actor, permissions.VIEW)) | Q(pk__in=reading.ids_for(actor, KIND, at_least=level))


def reach(actor: Actor) -> Q:
    """No narrower than `shows`, and cheap: one's own regions and departments, and what is shared. To be asked beside it."""
    own = policy.reach(actor, permissions.VIEW)
    return own | Q(pk__in=list(reading.ids_for(actor, KIND))) if own else own


def told(actor: Actor, words: str) -> Q:
    """Whether the address or the summary of a row holds these words, as far as the actor sees them."""
    address = Q(address__icontains=words) & shows(actor, Level.SITUATION)
    return address | (Q(summary__icontains=words) & shows(actor, Level.FULL))


def seen(actor: Actor, number: str) -> Incident:
    """A shared incident by its number, masked, as it is `seen`. Raises `NotFound` for one's own too: those are read in full."""
    found = known(actor).select_related("disposition").filter(number=number).first()
    if found is None or found.seen is None:
        raise NotFound
    return found


def is_shown_files_of(actor: Actor, incident_id: int) -> bool:
    """Whether somebody is shown the files of an incident by a share."""
    how = reading.seen(actor, KIND, incident_id)
    return how is not None and how.depth >= reading.DEPTH[Level.FULL]


def id_of(number: str) -> int:
    """The id of an incident, whoever asks: for who breaks the glass. Raises `NotFound`."""
    found = Incident.objects.filter(number=number).values_list("pk", flat=True).first()
    if found is None:
        raise NotFound
    return found


def masked(actor: Actor, rows: Sequence[Incident]) -> Sequence[Incident]:
    """The rows with what the actor may not see of them taken out, in place; one that it may not see at all any more shows nothing."""
    shared = reading.seen_by(actor, KIND, rows)
    for row in rows:
        if actor.kind == "system" or policy.can(actor, permissions.VIEW, row):
            continue
        row.seen = shared.get(row.pk)
        mask(row, row.seen.depth if row.seen is not None else 0)
    return rows


def mask(row: Incident, depth: int) -> None:
    """Take out of an incident what is not seen at this depth of a level (0: none)."""
    row.external_id = ""
    for name in NOT_TOLD:
        setattr(row, name, None)
    if depth < reading.DEPTH[Level.FULL]:
        row.reason = row.summary = ""  # a summary begins as the reporter's own words
    if depth < reading.DEPTH[Level.SITUATION]:
        row.address = _about_where(row)
        row.point = _about(row.point)


def _narrowed(actor: Actor, rows: KnownIncidents) -> KnownIncidents:
    return rows if actor.kind == "system" else rows.filter(shows(actor, Level.OUTLINE))


def _about(point: Point | None) -> Point | None:
    """The middle of the cell in which a point lies (WGS-84)."""
    if point is None:
        return None
    lon, lat = ((math.floor(value * CELLS) + 0.5) / CELLS for value in point.coords)
    return Point(lon, lat, srid=4326)


def _about_where(row: Incident) -> str:
    if row.region is None:
        return _("Address not shared")
    return _("%(region)s (address not shared)") % {"region": naming.called(row.region)}
