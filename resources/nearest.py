"""Which units that may be sent are nearest to a point.

The spatial index gives units in order of distance, and only as many as are looked at are read. That holds only while the point is a
constant of the statement: as a joined column the index is not used (36.7 ms instead of 1 ms among 100,000).
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

from django.db import connection

from access import policy, roles
from access.actors import Actor
from gis import selectors as gis
from kit.geo import Position
from kit.sql import planned_cursor
from resources import permissions
from resources.models import Capability, Station, Unit

FIRST_LOOK = 18
LATER_LOOKS = 16
MOST = 100

NEAREST = """
SELECT near.unit_id, unit.code, unit.name, kind.code, kind.name, kind.name_en, kind.speed_kmh, unit.availability, unit.activity,
    unit.department_id, unit.department_ids::text, unit.region_id, unit.station_id, near.capability_ids::text,
    ST_X(near.point::geometry), ST_Y(near.point::geometry), ST_Distance(near.point, %(here)s::geography), fix.at, fix.lost_at
FROM (
    SELECT unit_id, point, capability_ids, point <-> %(here)s::geography AS metres FROM resources_dispatchableunit
    WHERE is_dispatchable AND point IS NOT NULL
      AND capability_ids @> ARRAY(SELECT id FROM resources_capability WHERE code = ANY (%(capabilities)s::text[]))
      AND (SELECT count(*) FROM resources_capability WHERE code = ANY (%(capabilities)s::text[])) = cardinality(%(capabilities)s::text[]) {narrowed}
    ORDER BY point <-> %(here)s::geography LIMIT {look}
) AS near
JOIN resources_unit AS unit ON unit.id = near.unit_id
JOIN resources_unittype AS kind ON kind.id = unit.type_id
LEFT JOIN resources_unitposition AS fix ON fix.unit_id = near.unit_id
ORDER BY 17, near.unit_id
"""

# The point is a constant of each part, as it has to be; the radius keeps a rare capability from walking the whole index.
COVER_PART = """(
    SELECT %s::int AS place, unit_id, point <-> %s::geography AS metres FROM resources_dispatchableunit
    WHERE is_dispatchable AND capability_ids @> ARRAY[%s]::bigint[] AND ST_DWithin(point, %s::geography, %s)
    ORDER BY point <-> %s::geography LIMIT 8
)"""
COVER_METRES = 15_000
TYPICAL_KMH = 40


class _Row(NamedTuple):
    unit_id: int
    code: str
    name: str
    type_code: str
    type_name: str
    type_name_en: str
    speed_kmh: int
    availability: str
    activity: str
    department_id: int
    department_ids: str
    region_id: int | None
    station_id: int | None
    capability_ids: str
    lon: float
    lat: float
    metres: float
    fix_at: datetime | None
    lost_at: datetime | None


@dataclass(frozen=True, slots=True)
class NearUnit:
    """A unit that may be sent: `metres` in a straight line on the ellipsoid; `travel_seconds` an estimate from that line while `is_estimate`.

    `fix_at` None: it never reported, and stands at its station as far as is known.
    """

    unit_id: int
    code: str
    name: str
    type_code: str
    type_name: str
    type_name_en: str
    availability: str
    activity: str
    department_id: int
    region_id: int | None
    station_id: int | None
    capability_ids: frozenset[int]
    position: Position
    metres: float
    travel_seconds: float
    fix_at: datetime | None
    lost_at: datetime | None
    speed_kmh: int = 40
    is_estimate: bool = True


def nearest_units(actor: Actor, *, position: Position, capabilities: Sequence[str], limit: int, department_ids: Sequence[int] = ()) -> list[NearUnit]:
    """The nearest units that may be sent now, can do all of `capabilities` (codes) and may be seen by the actor, nearest first.

    `position` is WGS-84; `department_ids` narrows to units of these departments (none given: all). At most 100.
    """
    wanted = max(1, min(limit, MOST))
    needed = sorted(set(capabilities))
    own = _own_departments(actor)
    if own == []:
        return []
    look = FIRST_LOOK if wanted <= FIRST_LOOK * 2 // 3 else 2 * MOST
    may_see = _Sight(actor)
    while True:
        rows = _look(position, needed, (own, list(department_ids) or None), look)
        found = [row for row in rows if may_see(row)]
        if len(found) >= wanted or len(rows) < look:
            return [_near(position, row) for row in found[:wanted]]
        look *= LATER_LOOKS


def _look(position: Position, capabilities: list[str], departments: tuple[list[int] | None, ...], look: int) -> list[_Row]:
    """The statement has few texts, so its plan is kept; the number of rows stands in it, because the plan depends on that."""
    sieves = {f"sieve_{place}": ids for place, ids in enumerate(departments) if ids is not None}
    narrowed = " ".join(f"AND department_ids && %({name})s::bigint[]" for name in sieves)
    values: dict[str, Any] = {"here": f"SRID=4326;POINT({position.lon!r} {position.lat!r})", "capabilities": capabilities}
    with planned_cursor() as cursor:
        cursor.execute(NEAREST.format(narrowed=narrowed, look=look), values | sieves)
        return [_Row(*row) for row in cursor.fetchall()]


@lru_cache(maxsize=4096)
def _ids(array: str) -> tuple[int, ...]:
    """A PostgreSQL array of ids. Units share a few of them, so they are read once."""
    return tuple(int(one) for one in array.strip("{}").split(",") if one)


def _own_departments(actor: Actor) -> list[int] | None:
    """The departments whose units the actor may see at all, None for any: a coarse sieve, `_Sight` decides."""
    grants = [grant for grant in actor.grants if grant.role in roles.having(permissions.VIEW)]
    if actor.kind == "system" or any(grant.department_id is None for grant in grants):
        return None
    return sorted({grant.department_id for grant in grants if grant.department_id is not None})


class _Sight:
    """Whether the actor may see a unit, asked once for each department and region among the units looked at."""

    def __init__(self, actor: Actor) -> None:
        self._actor = actor
        self._known: dict[tuple[str, int | None], bool] = {}

    def __call__(self, row: _Row) -> bool:
        key = row.department_ids, row.region_id
        if key not in self._known:
            unit = Unit(department_ids=list(_ids(row.department_ids)), region_id=row.region_id)
            self._known[key] = policy.can(self._actor, permissions.VIEW, unit)
        return self._known[key]


def _near(here: Position, row: _Row) -> NearUnit:
    stands = Position(row.lon, row.lat)
    speed = row.speed_kmh or TYPICAL_KMH
    travel = gis.straight_line(stands, here, kmh=float(speed))
    return NearUnit(
        unit_id=row.unit_id,
        code=row.code,
        name=row.name,
        type_code=row.type_code,
        type_name=row.type_name,
        type_name_en=row.type_name_en,
        availability=row.availability,
        activity=row.activity,
        department_id=row.department_id,
        region_id=row.region_id,
        station_id=row.station_id,
        capability_ids=frozenset(_ids(row.capability_ids)),
        position=stands,
        metres=row.metres,
        travel_seconds=travel.seconds,
        fix_at=row.fix_at,
        lost_at=row.lost_at,
        speed_kmh=speed,
    )


def by_road(units: Sequence[NearUnit], *, destination: Position) -> list[NearUnit]:
    """The same units with how long they take by road to a WGS-84 position; `is_estimate` stays where no road could be looked at."""
    if not units:
        return []
    travels = gis.travel_times([unit.position for unit in units], destination, speed_kmh=[float(unit.speed_kmh) for unit in units])
    return [replace(unit, travel_seconds=travel.seconds, is_estimate=travel.is_estimate) for unit, travel in zip(units, travels, strict=True)]


@dataclass(frozen=True, slots=True)
class Behind:
    """A unit that could cover a place when another has left it, and in how many seconds: an estimate from the straight line."""

    unit_id: int
    seconds: float


def cover_of(places: Sequence[tuple[Position, int]]) -> list[list[Behind]]:
    """For each place (WGS-84) and capability (id) the next free units within 15 km that have it, soonest first, at most eight.

    Nobody is named by it, so it asks for no permission: what is left behind a unit depends on the units of others, too.
    """
    if not places:
        return []
    values: list[Any] = []
    for number, (place, capability_id) in enumerate(places):
        here = f"SRID=4326;POINT({place.lon!r} {place.lat!r})"
        values += [number, here, capability_id, here, COVER_METRES, here]
    found: list[list[Behind]] = [[] for _ in places]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join([COVER_PART] * len(places)), values)
        rows = cursor.fetchall()
    speeds = dict(Unit.objects.filter(pk__in={row[1] for row in rows}).order_by().values_list("pk", "type__speed_kmh"))
    for number, unit_id, metres in rows:
        found[number].append(Behind(unit_id, metres * gis.DETOUR / ((speeds.get(unit_id) or TYPICAL_KMH) / 3.6)))
    return [sorted(each, key=lambda one: (one.seconds, one.unit_id)) for each in found]


def stations_of_free_units(station_ids: Collection[int]) -> list[int]:
    """The station of every unit of these stations that may be sent now, once for each unit."""
    free = Unit.objects.in_service().exclude(availability=Unit.Availability.NOT_AVAILABLE).filter(station_id__in=station_ids)
    return [station_id for station_id in free.order_by().values_list("station_id", flat=True) if station_id is not None]


def stations_of_ids(station_ids: Iterable[int]) -> list[Station]:
    """These stations; whoever may see their units may know their names."""
    return list(Station.objects.filter(pk__in=list(station_ids)).defer("point"))


def station_positions(station_ids: Collection[int]) -> dict[int, Position]:
    """Where these stations stand, WGS-84, by id."""
    return {pk: Position.of(point) for pk, point in Station.objects.filter(pk__in=station_ids).values_list("pk", "point")}


def units_at_work(actor: Actor, *, capability_id: int, limit: int) -> list[Unit]:
    """Units in service with a capability that may not be sent now and that the actor may see, by code."""
    busy = Unit.objects.in_service().filter(availability=Unit.Availability.NOT_AVAILABLE, dispatchable__capability_ids__contains=[capability_id])
    return list(policy.visible(actor, permissions.VIEW, busy).order_by("code")[:limit])


def units_in_service_by_capability() -> list[Capability]:
    """Every capability with `units`: how many units in service have it, wherever they are and whatever they do."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT able, count(*) FROM resources_dispatchableunit AS fit JOIN resources_unit AS unit ON unit.id = fit.unit_id AND unit.is_active,"
            " unnest(fit.capability_ids) AS able GROUP BY able"
        )
        counted = dict(cursor.fetchall())
    found = list(Capability.objects.order_by("code"))
    for each in found:
        each.units = counted.get(each.pk, 0)  # type: ignore[attr-defined]
    return found


def units_of_the_past(unit_ids: Iterable[int]) -> list[Unit]:
    """These units with type and station, also such as the city no longer has, by code; for looking back at a history."""
    return list(Unit.objects.filter(pk__in=list(unit_ids)).select_related("type", "station").order_by("code"))
