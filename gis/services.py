"""Verbs about the ground: load regions, replace roads and places, build the basemap."""

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from django.contrib.gis.geos import GEOSGeometry, MultiPolygon
from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from access import permissions as access_permissions
from access import policy
from access import services as access
from access.actors import Actor
from access.models import Region
from gis import basemap, copying, facts, permissions
from gis.models import Area, Place, Road
from gis.place_tiles import COUNT_PLACES
from gis.records import Ground, RegionRecord
from journal import services as journal
from kit.errors import Refused

Progress = Callable[[str, int, int], None]
SCOPES = [f"{access_permissions.MANAGE_REFERENCE}@*:*"]


class ParentUnknown(Refused):
    """A region was given below one that does not exist."""

    code = "parent_unknown"
    status = 422
    says = _("There is no region with the code %(code)s to put others below.")


@transaction.atomic
def load_regions(
    actor: Actor, *, records: Sequence[RegionRecord], is_approximate: bool, source: str, now: datetime, progress: Progress
) -> tuple[int, int]:
    """Add regions, parents first, and redraw those whose code is known; returns (added, redrawn).

    Outlines are WGS-84, longitude first, already checked. Raises `ParentUnknown` and then loads nothing.
    """
    policy.require(actor, permissions.LOAD, None)
    ids = dict(Region.objects.values_list("code", "pk"))
    added = redrawn = 0
    for number, record in enumerate(records, start=1):
        outline = _outline(record.outline)
        if record.code in ids:
            access.redraw_region(actor, region_id=ids[record.code], geometry=outline, is_approximate=is_approximate, source=source)
            redrawn += 1
        else:
            if record.parent and record.parent not in ids:
                raise ParentUnknown(code=record.parent)
            region = access.add_region(
                actor,
                parent_id=ids.get(record.parent),
                code=record.code,
                name=record.name,
                name_en=record.name_en,
                level=Region.Level(record.level),
                geometry=outline,
                is_approximate=is_approximate,
                source=source,
            )
            ids[record.code] = region.pk
            added += 1
        progress("regions", number, len(records))
    _changed("regions", now)
    fact = facts.RegionsLoaded(source=source, added=added, redrawn=redrawn)
    journal.record(actor, fact, about=["layer:regions"], scopes=SCOPES, at=None)
    return added, redrawn


def _outline(wkb: bytes) -> MultiPolygon:
    shape = GEOSGeometry(memoryview(wkb), srid=4326)
    return shape if isinstance(shape, MultiPolygon) else MultiPolygon(shape, srid=4326)


@transaction.atomic
def replace_ground(actor: Actor, *, ground: Ground, now: datetime) -> None:
    """Put a source's roads, areas and places in the stead of what it gave before; other sources stay."""
    policy.require(actor, permissions.LOAD, None)
    source = ground.source
    for table in (Place, Area, Road):
        table.objects.filter(source=source).delete()
    road_ids = copying.roads(source, ground.roads)
    copying.areas(source, ground.areas)
    copying.places(source, ground.places, road_ids, dict(Region.objects.values_list("code", "pk")))
    with connection.cursor() as cursor:
        cursor.execute(COUNT_PLACES)
    for layer in ("places", "roads"):
        _changed(layer, now)
    fact = facts.GroundReplaced(source=source, roads=len(ground.roads), areas=len(ground.areas), places=len(ground.places))
    journal.record(actor, fact, about=["layer:places", "layer:roads"], scopes=SCOPES, at=None)


def build_basemap(actor: Actor, *, target: Path, now: datetime, progress: Progress) -> basemap.Built:
    """Draw the basemap file from roads, areas, places and regions, and put it in the old one's stead in one move."""
    policy.require(actor, permissions.LOAD, None)
    built = basemap.build(target, progress)
    with transaction.atomic():
        _changed("basemap", now)
        fact = facts.BasemapBuilt(version=built.version, tiles=built.tiles, size_bytes=built.size_bytes)
        journal.record(actor, fact, about=["layer:basemap"], scopes=SCOPES, at=None)
    return built


def _changed(layer: str, now: datetime) -> None:
    """Raise a layer's version in one statement: two writers at once never give the same number."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO gis_layer (name, version, changed_at) VALUES (%s, 1, %s) "
            "ON CONFLICT (name) DO UPDATE SET version = gis_layer.version + 1, changed_at = excluded.changed_at",
            [layer, now],
        )
