"""What can be reached in some minutes: areas by road from many origins, and how many addresses lie in them. The public face is `selectors`.

An origin counts at the middle of its cell of 0.002 degrees (some 200 m; more where the cells would be too many): units of one station share
an answer, and one that rolls does not need a new one at every fix. The answers are kept for all processes until the network changes.
"""

import hashlib
import json
import math
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

import numpy as np
import shapely
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from numpy.typing import NDArray
from redis.exceptions import RedisError
from shapely.geometry import shape

from gis.models import Layer
from gis.routing import engine
from gis.routing.engine import EngineAway, OffNetwork
from gis.travel import DETOUR
from kit.geo import Position

CELL = 0.002
KEPT_SECONDS = 86_400
ONE_SECONDS = 6.0
AT_ONCE = 2
MOST_ORIGINS = 400
SMOOTH_DEGREES = 0.0004
LEAST_AREA = 0.000004  # square degrees, about 0.04 square kilometres
DEMAND_CELL = 0.0025
_DEMAND = """
SELECT avg(ST_X(point)), avg(ST_Y(point)), count(*), coalesce(region_id, 0) FROM gis_place WHERE kind = 'HOUSE'
GROUP BY floor(ST_X(point) / %(cell)s), floor(ST_Y(point) / %(cell)s), 4
"""
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Demand:
    """Where people are: the loaded addresses in cells of some 250 m, with how many each holds and in which region (0: none) it lies."""

    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    addresses: NDArray[np.int64]
    region_id: NDArray[np.int64]

    def inside(self, area: Any) -> Mask:
        """Which cells lie in an area."""
        found = np.zeros(len(self.lon), dtype=bool)
        if area.is_empty or not len(self.lon):
            return found
        west, south, east, north = area.bounds
        near = np.flatnonzero((self.lon >= west) & (self.lon <= east) & (self.lat >= south) & (self.lat <= north))
        shapely.prepare(area)
        found[near] = shapely.contains_xy(area, self.lon[near], self.lat[near])
        return found

    def count(self, cells: Mask) -> int:
        """How many addresses these cells hold."""
        return int(self.addresses[cells].sum())


def demand() -> Demand:
    """The addresses as they are loaded now."""
    layer = Layer.objects.filter(pk="places").first()
    return _demand(layer.version, layer.changed_at) if layer else Demand(*(np.empty(0), np.empty(0), np.empty(0, np.int64), np.empty(0, np.int64)))


@lru_cache(maxsize=2)
def _demand(version: int, changed_at: datetime) -> Demand:
    with connection.cursor() as cursor:
        cursor.execute(_DEMAND, {"cell": DEMAND_CELL})
        rows = cursor.fetchall()
    columns = np.array(rows, dtype=float).reshape(len(rows), 4).T
    return Demand(columns[0], columns[1], columns[2].astype(np.int64), columns[3].astype(np.int64))


@dataclass(frozen=True, slots=True, eq=False)
class Reached:
    """What one origin reaches: an area for each of the minutes asked, in their order; `is_estimate`: circles, no road was looked at.

    `key` tells equal answers: units of one station share one.
    """

    key: str
    areas: tuple[Any, ...]
    is_estimate: bool


def reached_from(origins: Sequence[Position], *, minutes: Sequence[int], speed_kmh: Sequence[float], seconds: float) -> list[Reached]:
    """What each origin (WGS-84) reaches within each of the minutes, in the origins' order, by road where that can be worked out in time.

    `seconds` is how long may be spent on new answers; what is not ready then is an estimate, and asking again gets further.
    """
    side, here = _side(origins), engine.address()
    network = here.version if here else ""
    spots = [(_middle(origin.lon, side), _middle(origin.lat, side), kmh) for origin, kmh in zip(origins, speed_kmh, strict=True)]
    questions = {spot: _asked(Position(*spot[:2]), spot[2], network, minutes) for spot in set(spots)}
    asked = [questions[spot] for spot in spots]
    known = _known(list({one.key: one for one in asked}.values()), time.monotonic() + seconds)
    guesses: dict[str, Reached] = {}
    for one in asked:
        if one.key not in known and one.key not in guesses:
            guesses[one.key] = one.guess()
    return [known.get(one.key) or guesses[one.key] for one in asked]


def _side(origins: Sequence[Position]) -> float:
    """The side of the cells: doubled until there are few enough of them, so that thousands of units that roll cost no more than hundreds."""
    side = CELL
    while len({(math.floor(one.lon / side), math.floor(one.lat / side)) for one in origins}) > MOST_ORIGINS:
        side *= 2
    return side


@dataclass(frozen=True, slots=True)
class _Asked:
    """One question to the engine; `minutes` are those of an ordinary car, `kmh` that of the unit."""

    key: str
    origin: Position
    kmh: float
    asked: tuple[int, ...]

    @property
    def minutes(self) -> list[float]:
        return [each * self.kmh / settings.ROUTING_CAR_KMH for each in self.asked]

    def guess(self) -> Reached:
        """Circles on the ground with the radius that the straight line says."""
        wide = math.cos(math.radians(self.origin.lat))
        rim = [(math.sin(turn * math.pi / 24) / wide, math.cos(turn * math.pi / 24)) for turn in range(48)]
        areas = []
        for each in self.asked:
            reach = self.kmh / 3.6 * 60 * each / DETOUR / 111_320
            areas.append(shapely.Polygon([(self.origin.lon + x * reach, self.origin.lat + y * reach) for x, y in rim]))
        return Reached(f"guess:{self.key}", tuple(areas), is_estimate=True)


def _middle(degrees: float, side: float) -> float:
    return (math.floor(degrees / side) + 0.5) * side


def _asked(spot: Position, kmh: float, network: str, minutes: Sequence[int]) -> _Asked:
    parts = [network, settings.ROUTING_URL, settings.ROUTING_CAR_KMH, spot.lon, spot.lat, kmh, list(minutes)]
    key = hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:32]
    return _Asked(f"reach:{key}", spot, kmh, tuple(minutes))


def _known(asked: Sequence[_Asked], until: float) -> dict[str, Reached]:
    """Answers that are kept, then new ones until the time is up."""
    here = engine.address()
    if here is None:
        return {}
    known = {key: _unpacked(key, areas) for key, areas in _kept([one.key for one in asked]).items()}
    missing = [one for one in asked if one.key not in known and here.covers(one.origin)]

    def work_out(one: _Asked) -> Reached | None:
        if time.monotonic() > until:
            return None
        try:
            found = engine.reach(one.origin, one.minutes, seconds=ONE_SECONDS)
        except (EngineAway, OffNetwork):
            return None
        packed = tuple(shapely.to_wkb(_tidy(shape(geometry))) for geometry in found)
        with suppress(RedisError):
            cache.set(one.key, packed, KEPT_SECONDS)
        return _unpacked(one.key, packed)

    if missing:
        with ThreadPoolExecutor(AT_ONCE) as pool:  # none of these touches the database
            known |= {found.key: found for found in pool.map(work_out, missing) if found is not None}
    return known


def _kept(keys: list[str]) -> dict[str, tuple[bytes, ...]]:
    """What is remembered; without Redis it is worked out anew."""
    try:
        return dict(cache.get_many(keys))
    except RedisError:
        return {}


def _tidy(area: Any) -> Any:
    return shapely.make_valid(shapely.simplify(area, SMOOTH_DEGREES))


@lru_cache(maxsize=2048)
def _unpacked(key: str, areas: tuple[bytes, ...]) -> Reached:
    return Reached(key, tuple(shapely.from_wkb(area) for area in areas), is_estimate=False)


def cells_reached(ground: Demand, reached: Reached, band: int) -> Mask:
    """The cells of addresses in one area of what an origin reaches; remembered, because stations do not move."""
    return ground.inside(reached.areas[band]) if reached.is_estimate else _cells_reached(ground, reached, band)


@lru_cache(maxsize=1024)
def _cells_reached(ground: Demand, reached: Reached, band: int) -> Mask:
    return ground.inside(reached.areas[band])


@dataclass(frozen=True, slots=True, eq=False)
class Area:
    """A shape on the ground, and the same as a GeoJSON geometry (WGS-84, longitude first)."""

    shape: Any
    geojson: dict[str, Any]


def joined(reached: Iterable[Reached], band: int) -> Area:
    """What many origins reach together in one of the minutes; remembered, because many desks look at the same units."""
    distinct = frozenset(reached)
    return _area(_union(distinct, band)) if any(one.is_estimate for one in distinct) else _joined(distinct, band)


@lru_cache(maxsize=48)
def _joined(reached: frozenset[Reached], band: int) -> Area:
    return _area(_union(reached, band))


def _union(reached: Iterable[Reached], band: int) -> Any:
    """One shape, its edge smoothed to what a map of a city shows, without holes and islands of less than some 200 m."""
    whole = shapely.simplify(shapely.union_all([one.areas[band] for one in reached]), SMOOTH_DEGREES)
    parts = [part for part in shapely.get_parts(shapely.make_valid(whole)) if part.geom_type == "Polygon" and part.area > LEAST_AREA]
    rims = [shapely.Polygon(part.exterior, [hole for hole in part.interiors if shapely.Polygon(hole).area > LEAST_AREA]) for part in parts]
    return shapely.MultiPolygon(rims)


def missing_from(before: Area, after: Area) -> Area:
    """What the first area has and the second has not, without slivers of less than some 100 m."""
    gone = shapely.difference(shapely.make_valid(before.shape), shapely.make_valid(after.shape))
    return _area(shapely.simplify(gone.buffer(-0.0005).buffer(0.0005), SMOOTH_DEGREES))


def _area(shape_: Any) -> Area:
    """With five decimals: a metre."""
    return Area(shape_, json.loads(shapely.to_geojson(shapely.transform(shape_, lambda points: np.round(points, 5)))))
