"""Questions about places: what is here, where is that, how far is it, and what the map may show."""

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _

from access.models import Region
from gis import basemap as basemap_file
from gis import roads, search
from gis.coordinates import Coordinate, System
from gis.marks import StakeAsked, plate_asked, stake_asked, stake_name
from gis.models import Layer
from gis.notations import CoordinateUnreadable, Order, parse
from gis.reach import Area as Area
from gis.reach import Demand as Demand
from gis.reach import Reached as Reached
from gis.reach import cells_reached as cells_reached
from gis.reach import demand as demand
from gis.reach import joined as joined
from gis.reach import missing_from as missing_from
from gis.reach import reached_from as reached_from
from gis.routing import engine
from gis.routing import roads as routes
from gis.travel import DETOUR as DETOUR
from gis.travel import Travel as Travel
from gis.travel import metres_between as metres_between
from gis.travel import straight_line as straight_line
from gis.travel import travel_times as travel_times
from kit.geo import Position

MOST_PLACES = 50


def region_at(position: Position) -> Region | None:
    """The deepest region that contains a WGS-84 position, its border included; None outside all of them."""
    point = position.as_point()
    region: Region | None = Region.objects.filter(geometry__intersects=point).defer("geometry").order_by("-depth", "id").first()
    return region


@dataclass(frozen=True, slots=True)
class Found:
    """A place that answers a text; `kind` is a code of `Place.Kind` (STAKE also for a place between two), or CROSSING or COORDINATE.

    `confidence` is 0 to 1: 1 the very name or a coordinate, below 0.5 only alike. `distance_m` is from `near`, None without it.
    """

    kind: str
    name: str
    name_en: str
    address: str
    position: Position
    confidence: float
    distance_m: float | None
    place_id: int | None
    region_id: int | None


_CONFIDENCE = (1.0, 0.85, 0.7, 0.3)
_CROSSING_CONFIDENCE = (1.0, 0.9, 0.8)


def find_places(text: str, *, near: Position | None, limit: int) -> list[Found]:
    """Places that a typed text may mean, best first, nearest to `near` (WGS-84) among equals; at most fifty.

    Reads coordinates (WGS-84), a road and its stake, plates of lamp posts, hydrants and manholes, two roads that cross,
    Chinese names in whole or part, pinyin, initials and English.
    """
    limit = max(1, min(limit, MOST_PLACES))
    text = text[: search.MOST_TEXT + 1]
    here = _as_coordinate(text, near)
    if here:
        return [here]
    stake = stake_asked(text)
    if stake:
        on_road = _on_road(stake, near, limit)
        if on_road:
            return on_road
    plate = plate_asked(text)
    met = [_meeting(one) for one in roads.crossings(text, near, limit)]
    marked = [_named(hit) for hit in search.plates(plate, near, limit)] if plate else []
    named = [_named(hit) for hit in search.hits(text, near, limit)] if len(met) < limit else []
    if stake:  # another stake that only looks alike is another place, kilometres away
        named = [one for one in named if one.kind != "STAKE" or one.confidence > _CONFIDENCE[3]]
    best = sorted([*met, *marked, *named], key=lambda one: -one.confidence)
    kept: dict[tuple[int | None, Position], Found] = {}
    for one in best:
        kept.setdefault((one.place_id, one.position), one)
    return list(kept.values())[:limit]


def _on_road(asked: StakeAsked, near: Position | None, limit: int) -> list[Found]:
    """The stake; where none of the road is known, the road itself with little confidence, so that nobody takes it for the place."""
    found = [_staked(one, asked) for one in roads.stakes(asked, near, limit)]
    return found or [replace(_named(hit), confidence=_CONFIDENCE[3]) for hit in search.hits(asked.road, near, limit) if hit.kind == "ROAD"]


def _staked(one: roads.OnRoad, asked: StakeAsked) -> Found:
    stake = stake_name(asked.metres)
    sure = 0.4 if one.gap_m < 0 else 1.0 if one.gap_m <= 1_200 else 0.7
    name, name_en = f"{one.name} {stake}", f"{one.name_en or one.name} {stake}"
    address = f"{one.ref} {name}".strip()
    return Found("STAKE", name, name_en, address, Position(one.lon, one.lat), sure, one.distance_m, None, None)


def _as_coordinate(text: str, near: Position | None) -> Found | None:
    try:
        position = parse(text, system=System.WGS84, order=Order.AUTO).position
    except CoordinateUnreadable:
        return None
    label = f"{position.lat:.6f}, {position.lon:.6f}"
    around = nearest_address(position)
    return Found(
        "COORDINATE", label, label, around.address if around else "", position, 1.0, _away(near, position), None, around.region_id if around else None
    )


def _meeting(one: roads.Meeting) -> Found:
    name, name_en = " / ".join(one.names), " / ".join(one.names_en)
    return Found("CROSSING", name, name_en, name, Position(one.lon, one.lat), _CROSSING_CONFIDENCE[one.tier], one.distance_m, None, None)


def _named(hit: search.Hit) -> Found:
    position = Position(hit.lon, hit.lat)
    return Found(hit.kind, hit.name, hit.name_en, hit.address, position, _CONFIDENCE[hit.tier], hit.distance_m, hit.place_id, hit.region_id)


def _away(near: Position | None, position: Position) -> float | None:
    return None if near is None else metres_between(near, position)


@dataclass(frozen=True, slots=True)
class Address:
    """What stands nearest to a point: a house number within 300 m, else the road within 2 km; `distance_m` says how far."""

    address: str
    name: str
    name_en: str
    distance_m: float
    place_id: int | None
    region_id: int | None


_NEAREST_HOUSE = """
SELECT address, name, name_en, ST_Distance(point::geography, %(here)s::geography), id, region_id
FROM gis_place WHERE kind = 'HOUSE' ORDER BY point::geography <-> %(here)s::geography LIMIT 1
"""
_NEAREST_ROAD = """
SELECT name, name, name_en, ST_Distance(line::geography, %(here)s::geography), NULL::bigint, NULL::bigint
FROM gis_road ORDER BY line::geography <-> %(here)s::geography LIMIT 1
"""


def nearest_address(position: Position) -> Address | None:
    """The nearest house number or road to a WGS-84 position by metres on the ground, None in the wild."""
    here = {"here": f"SRID=4326;POINT({position.lon} {position.lat})"}
    for question, furthest in ((_NEAREST_HOUSE, 300.0), (_NEAREST_ROAD, 2000.0)):
        with connection.cursor() as cursor:
            cursor.execute(question, here)
            row = cursor.fetchone()
        if row and row[3] <= furthest:
            return Address(*row)
    return None


def from_device(lon: float, lat: float, *, system: System) -> Position:
    """The WGS-84 position of a coordinate that came in another system, longitude first."""
    return Coordinate(lon, lat, system).position


def layer_version(name: str) -> int:
    """The version of a layer, 0 before anything was loaded."""
    return Layer.objects.filter(pk=name).values_list("version", flat=True).first() or 0


def routes_are_stale() -> bool:
    """Whether the network for travel by road must be made from the loaded roads: there is none, or the roads changed since."""
    tiles = routes.current()
    return tiles is None or (tiles.roads_version > 0 and tiles.roads_version != layer_version("roads"))


@dataclass(frozen=True, slots=True)
class Routing:
    """How travel is worked out now: `is_by_road`, of what `source` the network is, and whether the roads changed since (`is_stale`)."""

    is_by_road: bool
    source: str
    version: str
    is_stale: bool


def routing() -> Routing:
    """Whether the engine answers now, and with what network."""
    tiles = routes.current()
    if engine.address() is None or not engine.is_well(seconds=1.0):
        return Routing(False, tiles.source if tiles else "", "", False)
    if settings.ROUTING_URL or tiles is None:
        return Routing(True, settings.ROUTING_URL, "external", False)
    return Routing(True, tiles.source, tiles.version, routes_are_stale())


# Metres of detail lost by each level's outlines: nobody sees less than a pixel at the zooms where a level is drawn.
_GRAIN_DEGREES = {"PROVINCE": 0.002, "CITY": 0.001, "DISTRICT": 0.0005, "STREET": 0.0002, "GRID": 0.0}
_REGIONS = """
SELECT json_build_object('type', 'FeatureCollection', 'features', coalesce(json_agg(feature ORDER BY path), '[]'))::text FROM (
    SELECT path, json_build_object(
        'type', 'Feature', 'id', id,
        'geometry', ST_AsGeoJSON(CASE WHEN %(grain)s > 0 THEN simple ELSE geometry END, 5)::json,
        'properties', json_build_object('code', code, 'name', name, 'name_en', name_en, 'level', level, 'is_approximate', is_approximate,
                                        'source', source)) AS feature
    FROM (SELECT *, ST_SimplifyPreserveTopology(geometry, %(grain)s) AS simple FROM access_region WHERE level = %(level)s) AS region
    WHERE geometry IS NOT NULL
) AS features
"""


_REGIONS_VERSION = """
SELECT coalesce(md5(string_agg(concat_ws('|', id, code, name, name_en, is_approximate, source, md5(ST_AsBinary(geometry))), ';' ORDER BY id)), '')
FROM access_region WHERE level = %s
"""


def regions_version(level: str) -> str:
    """A digest that changes whenever a region of the level does."""
    with connection.cursor() as cursor:
        cursor.execute(_REGIONS_VERSION, [level])
        return hashlib.sha256(f"{level}:{cursor.fetchone()[0]}".encode()).hexdigest()[:24]


def regions_geojson(level: str) -> bytes:
    """The outlines of one level as GeoJSON (WGS-84), simplified to what that level's zooms can show."""
    with connection.cursor() as cursor:
        cursor.execute(_REGIONS, {"level": level, "grain": _GRAIN_DEGREES[level]})
        return str(cursor.fetchone()[0]).encode()


@dataclass(frozen=True, slots=True)
class Basemap:
    """What a page draws under everything: `kind` pmtiles | xyz | none, `url` to fetch from, `overlays` to draw over it.

    `bounds` are west, south, east, north and `center` longitude, latitude, in degrees.
    """

    kind: str
    url: str
    overlays: tuple[str, ...]
    min_zoom: int
    max_zoom: int
    bounds: tuple[float, float, float, float] | None
    center: tuple[float, float] | None
    attribution: str


def basemap_path() -> Path:
    """Where the basemap file is."""
    return Path(settings.BASEMAP_FILE)


def basemap() -> Basemap:
    """The basemap in use: the city's own tile service when one is set, else the file, else none."""
    if settings.BASEMAP_URLS:
        url, *overlays = settings.BASEMAP_URLS
        return Basemap("xyz", url, tuple(overlays), 3, settings.BASEMAP_MAX_ZOOM, None, None, settings.BASEMAP_ATTRIBUTION)
    file = basemap_file.current(basemap_path())
    if file is None:
        return Basemap("none", "", (), 0, 0, None, None, "")
    sample = _("Sample data: invented roads, approximate boundaries") if "sample" in file.sources else ""
    attribution = settings.BASEMAP_ATTRIBUTION or sample
    url = f"/basemap/city.pmtiles?v={file.version}"
    return Basemap("pmtiles", url, (), file.min_zoom, file.max_zoom, file.bounds, file.center, attribution)
