"""Verbs about the ground: load regions, replace roads and places, build the basemap and the network for travel by road."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
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
from gis import basemap, copying, facts, permissions, staging
from gis.models import Area, Layer, Place, Road
from gis.place_rows import Rejected
from gis.place_tiles import COUNT_PLACES
from gis.records import Ground, PlaceRecord, RegionRecord, RoadRecord
from gis.routing import building
from gis.routing.roads import Tiles
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


class TooManyRejected(Refused):
    """So much of a file cannot be used that it is another file than the one meant, or none."""

    code = "too_many_rejected"
    status = 422
    says = _("Of %(all)s things in the file %(rejected)s cannot be used; nothing was replaced. The reasons stand in the file of rejected rows.")


@dataclass(frozen=True, slots=True)
class Loaded:
    """What loading a file of places did."""

    roads: staging.Change
    places: staging.Change
    rejected: int


@transaction.atomic
def load_places(
    actor: Actor,
    *,
    source: str,
    things: Iterable[PlaceRecord | RoadRecord | Rejected],
    reject: Callable[[Rejected], None],
    most_rejected: float,
    is_dry_run: bool,
    now: datetime,
    progress: Progress,
) -> Loaded:
    """Put a stream of places and roads in the stead of what `source` gave before; rows that stay keep their ids, safe to run twice.

    Raises `TooManyRejected` when nothing is usable or more than the share `most_rejected` (0 to 1) is not, and then changes nothing.
    """
    policy.require(actor, permissions.LOAD, None)
    with connection.cursor() as cursor:  # two loads of one source at once would each delete what the other added
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('gis.load_places'), hashtext(%s))", [source])
    sieve = _Sieve(reject)
    roads, places = staging.stage(sieve.usable(things), lambda done: progress("places", done, done + sieve.rejected))
    if not places or sieve.rejected > most_rejected * (places + roads + sieve.rejected):
        raise TooManyRejected(all=places + roads + sieve.rejected, rejected=sieve.rejected)
    loaded = Loaded(*staging.replace(source), sieve.rejected)
    if is_dry_run:
        transaction.set_rollback(True)
        return loaded
    with connection.cursor() as cursor:
        cursor.execute(COUNT_PLACES)
    for layer in ("places", "roads"):
        _changed(layer, now)
    fact = facts.GroundReplaced(source=source, roads=roads, areas=0, places=places)
    journal.record(actor, fact, about=["layer:places", "layer:roads"], scopes=SCOPES, at=None)
    return loaded


class _Sieve:
    """Lets usable records through, each code of a table once, and tells the rest."""

    def __init__(self, reject: Callable[[Rejected], None]) -> None:
        self.rejected = 0
        self._reject = reject
        self._codes: set[tuple[bool, str]] = set()

    def usable(self, things: Iterable[PlaceRecord | RoadRecord | Rejected]) -> Iterator[PlaceRecord | RoadRecord]:
        for number, one in enumerate(things, start=1):
            if isinstance(one, Rejected):
                self._refuse(one)
            elif (isinstance(one, RoadRecord), one.code) in self._codes:
                self._refuse(Rejected(number, one.code, one.name, "the code stands twice in the file"))
            else:
                self._codes.add((isinstance(one, RoadRecord), one.code))
                yield one

    def _refuse(self, one: Rejected) -> None:
        self.rejected += 1
        self._reject(one)


def build_basemap(actor: Actor, *, target: Path, now: datetime, progress: Progress) -> basemap.Built:
    """Draw the basemap file from roads, areas, places and regions, and put it in the old one's stead in one move."""
    policy.require(actor, permissions.LOAD, None)
    built = basemap.build(target, progress)
    with transaction.atomic():
        _changed("basemap", now)
        fact = facts.BasemapBuilt(version=built.version, tiles=built.tiles, size_bytes=built.size_bytes)
        journal.record(actor, fact, about=["layer:basemap"], scopes=SCOPES, at=None)
    return built


def build_routes(actor: Actor, *, extract: Path | None, now: datetime, progress: Progress) -> Tiles:
    """Make the network for travel by road of an extract, or of the loaded roads, and put it in the old one's stead; the engine changes over.

    Raises `EngineMissing`, `NoRoads` or `TilesNotBuilt`, and then the old network stays.
    """
    policy.require(actor, permissions.LOAD, None)
    version = Layer.objects.filter(pk="roads").values_list("version", flat=True).first() or 0
    tiles = building.build(extract, version, now, progress)
    with transaction.atomic():
        _changed("routes", now)
        fact = facts.RoutesBuilt(version=tiles.version, source=tiles.source, lonely=tiles.lonely)
        journal.record(actor, fact, about=["layer:routes"], scopes=SCOPES, at=None)
    return tiles


def _changed(layer: str, now: datetime) -> None:
    """Raise a layer's version in one statement: two writers at once never give the same number."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO gis_layer (name, version, changed_at) VALUES (%s, 1, %s) "
            "ON CONFLICT (name) DO UPDATE SET version = gis_layer.version + 1, changed_at = excluded.changed_at",
            [layer, now],
        )
