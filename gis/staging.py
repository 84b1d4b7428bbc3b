"""Bring a stream of records into the gazetteer: COPY into tables of this transaction alone, then one upsert, so that rows keep their ids.

Used by `services` only.
"""
# ruff: noqa: S608  (statements are put together from constants)

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import shapely
from django.db import connection

from gis import copying
from gis.records import PlaceRecord, RoadRecord

BATCH = 2_000
_ROAD = ("code", "name", "name_en", "rank", "kind", "ref", "pinyin", "initials", "line")
_PLACE = (
    *("code", "name", "name_en", "rank", "kind", "pinyin", "initials", "number", "address"),
    *("road_id", "region_id", "point", "plate", "stake_m", "search", "grams"),
)
_TABLES = f"""
CREATE TEMPORARY TABLE staged_road ON COMMIT DROP AS SELECT {", ".join(_ROAD)} FROM gis_road LIMIT 0;
CREATE TEMPORARY TABLE staged_place ON COMMIT DROP AS SELECT {", ".join(_PLACE)}, ''::text AS road FROM gis_place LIMIT 0
"""

# The road of a place: as the file's own code, else the nearest of that name or number; a stake without either stands on the greatest road close by.
_ROADS = (
    "CREATE INDEX ON staged_road (code)",
    "UPDATE staged_place SET road_id = road.id FROM gis_road AS road WHERE staged_place.road <> '' AND road.source = %(source)s "
    "AND road.code = staged_place.road",
    "UPDATE staged_place SET road_id = (SELECT road.id FROM gis_road AS road WHERE (road.name = staged_place.road OR lower(road.ref) = "
    "lower(staged_place.road) OR lower(road.name_en) = lower(staged_place.road)) AND ST_DWithin(road.line, staged_place.point, 0.05) "
    "ORDER BY road.line <-> staged_place.point, road.id LIMIT 1) WHERE road <> '' AND road_id IS NULL",
    "UPDATE staged_place SET road_id = (SELECT road.id FROM gis_road AS road WHERE ST_DWithin(road.line, staged_place.point, 0.0004) "
    "ORDER BY road.rank, road.line <-> staged_place.point, road.id LIMIT 1) WHERE stake_m IS NOT NULL AND road_id IS NULL AND road = ''",
)


def _upsert(table: str, staged: str, columns: Sequence[str]) -> str:
    own, given = (", ".join(f"{name}.{column}" for column in columns) for name in (table, "excluded"))
    return f"""
WITH put AS (
    INSERT INTO {table} (source, {", ".join(columns)}) SELECT %(source)s, {", ".join(columns)} FROM {staged} ORDER BY code
    ON CONFLICT (source, code) DO UPDATE SET {", ".join(f"{column} = excluded.{column}" for column in columns if column != "code")}
    WHERE ({own}) IS DISTINCT FROM ({given}) RETURNING (xmax = 0) AS is_new
)
SELECT count(*) FILTER (WHERE is_new), count(*) FILTER (WHERE NOT is_new) FROM put
"""


@dataclass(frozen=True, slots=True)
class Change:
    """How many rows of one table were new, changed, or gone from the source."""

    added: int
    changed: int
    removed: int


class Regions:
    """The deepest region at many points at once."""

    def __init__(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT id, code, name, level, path, ST_AsBinary(geometry) FROM access_region WHERE geometry IS NOT NULL ORDER BY depth, id DESC"
            )
            rows = cursor.fetchall()
        self.codes = {row[1]: row[0] for row in rows}
        self._ids = [row[0] for row in rows]
        by_path = {row[4]: row[2] if row[3] not in ("PROVINCE", "CITY") else "" for row in rows}
        self._names = ["".join(by_path.get(row[4][:end], "") for end in range(4, len(row[4]) + 1, 4)) for row in rows]
        self._tree = shapely.STRtree([shapely.from_wkb(bytes(row[5])) for row in rows])

    def at(self, points: list[tuple[float, float]]) -> list[tuple[int | None, str]]:
        """For each point the region's id and its name with those it lies in, from the district down."""
        found: list[tuple[int | None, str]] = [(None, "")] * len(points)
        if self._ids:
            # Sorted by depth: what is written last is the deepest.
            hits = sorted(
                zip(*(part.tolist() for part in self._tree.query(shapely.points(points), predicate="intersects")), strict=True),
                key=lambda hit: hit[1],
            )
            for point, region in hits:
                found[point] = (self._ids[region], self._names[region])
        return found


def stage(records: Iterable[PlaceRecord | RoadRecord], tell: Callable[[int], None]) -> tuple[int, int]:
    """Copy a stream into tables of this transaction; returns (roads, places). Codes must not stand twice."""
    roads: list[RoadRecord] = []
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS staged_road, staged_place")
        cursor.execute(_TABLES)
    places = copying.copy("staged_place", (*_PLACE, "road"), _place_rows(records, roads, Regions(), tell))
    copying.copy("staged_road", _ROAD, (copying.road_row(one) for one in roads))
    return len(roads), places


def _place_rows(
    records: Iterable[PlaceRecord | RoadRecord], roads: list[RoadRecord], regions: Regions, tell: Callable[[int], None]
) -> Iterator[tuple[object, ...]]:
    """Rows while COPY runs: no question may be asked of the database meanwhile, the connection would wait for itself."""
    row = copying.PlaceRow()
    stream, done = iter(records), 0
    while batch := list(islice(stream, BATCH)):
        roads += [one for one in batch if isinstance(one, RoadRecord)]
        places = [one for one in batch if isinstance(one, PlaceRecord)]
        spots = regions.at([(one.lon, one.lat) for one in places]) if places else []
        for one, (region_id, inside) in zip(places, spots, strict=True):
            yield *row(one, one.address or f"{inside}{one.name}", None, regions.codes.get(one.region, region_id)), one.road
        done += len(batch)
        tell(done)


def replace(source: str) -> tuple[Change, Change]:
    """Put what was staged in the stead of what the source gave before, equal rows untouched; returns what happened to roads and places."""
    values = {"source": source}
    with connection.cursor() as cursor:
        cursor.execute(_upsert("gis_road", "staged_road", _ROAD), values)
        roads = cursor.fetchone()
        for statement in _ROADS:
            cursor.execute(statement, values)
        cursor.execute(_upsert("gis_place", "staged_place", _PLACE), values)
        places = cursor.fetchone()
        gone = "source = %(source)s AND NOT EXISTS (SELECT 1 FROM staged_{0} AS staged WHERE staged.code = gis_{0}.code)"
        cursor.execute("CREATE INDEX ON staged_place (code)")
        cursor.execute(f"DELETE FROM gis_place WHERE {gone.format('place')}", values)
        places_gone = cursor.rowcount
        cursor.execute(f"UPDATE gis_place SET road_id = NULL WHERE road_id IN (SELECT id FROM gis_road WHERE {gone.format('road')})", values)
        cursor.execute(f"DELETE FROM gis_road WHERE {gone.format('road')}", values)
        roads_gone = cursor.rowcount
    return Change(roads[0], roads[1], roads_gone), Change(places[0], places[1], places_gone)
