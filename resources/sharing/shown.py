"""Watched areas as their owners see them, and as far as they are shown to others: what a level does not show is empty."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.gis.geos import MultiPolygon, Polygon
from django.utils import timezone

from access import policy
from access.actors import Actor
from access.models import Share
from access.sharing import reading
from access.sharing.reading import DEPTH, Seen
from kit.errors import NotFound
from resources import permissions
from resources.models import Geofence, GeofencePresence
from resources.sharing.keeping import KIND

MOST = 200
Level = Share.Level


@dataclass(frozen=True, slots=True)
class ShownArea:
    """A watched area. `seen` is None for one's own; `shape` (WGS-84) is the rectangle around it where its border is not shown."""

    area: Geofence
    seen: Seen | None
    shape: MultiPolygon
    has_border: bool
    units: list[GeofencePresence] | None

    @property
    def geojson(self) -> dict[str, Any]:
        """What is shown of it, for a map."""
        return {"type": "MultiPolygon", "coordinates": self.shape.coords}


def area(actor: Actor, area_id: int) -> ShownArea:
    """An area of one's own, or one that is shown. Raises `NotFound`."""
    found = Geofence.objects.filter(pk=area_id, is_active=True).select_related("department", "region").defer("region__geometry").first()
    if found is None:
        raise NotFound
    if policy.can(actor, permissions.VIEW, found):
        return ShownArea(found, None, found.area, True, _units([found])[found.pk])
    how = reading.seen(actor, KIND, area_id)
    if how is None:
        raise NotFound
    return _shown([found], {found.pk: how})[0]


def own(actor: Actor) -> list[Geofence]:
    """The areas that are the actor's to see, by name; at most two hundred."""
    rows = policy.visible(actor, permissions.VIEW, Geofence.objects.filter(is_active=True)).select_related("department", "region")
    return list(rows.defer("area", "region__geometry").order_by("name", "pk")[:MOST])


def shown_to(actor: Actor) -> list[ShownArea]:
    """The areas that others show to the actor now, by name; at most two hundred."""
    ids = reading.with_me(actor, KIND, now=timezone.now()).values("subject_id")
    rows = Geofence.objects.filter(pk__in=ids, is_active=True).select_related("department", "region").defer("region__geometry")
    found = list(rows.order_by("name", "pk")[:MOST])
    seen = reading.seen_by(actor, KIND, found)
    return _shown([row for row in found if row.pk in seen], seen)


def is_any_shown_to(actor: Actor) -> bool:
    """Whether others show the actor an area now."""
    return reading.with_me(actor, KIND, now=timezone.now()).exists()


def _shown(rows: Sequence[Geofence], seen: Mapping[int, Seen]) -> list[ShownArea]:
    """Areas of others, each as its level shows it."""
    units = _units([row for row in rows if seen[row.pk].depth >= DEPTH[Level.FULL]])
    found = []
    for row in rows:
        has_border = seen[row.pk].depth >= DEPTH[Level.SITUATION]
        found.append(ShownArea(row, seen[row.pk], row.area if has_border else _around(row.area), has_border, units.get(row.pk)))
    return found


def _units(areas: Sequence[Geofence]) -> dict[int, list[GeofencePresence]]:
    """The units of each area's own departments that are in it, by code."""
    found: dict[int, list[GeofencePresence]] = {each.pk: [] for each in areas}
    owners = {each.pk: each.department_ids for each in areas}
    for row in GeofencePresence.objects.filter(geofence__in=areas).select_related("unit").order_by("unit__code"):
        if row.unit.department_id in owners[row.geofence_id]:
            found[row.geofence_id].append(row)
    return found


def _around(shape: MultiPolygon) -> MultiPolygon:
    return MultiPolygon(Polygon.from_bbox(shape.extent), srid=4326)
