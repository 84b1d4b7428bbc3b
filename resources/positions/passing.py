"""When a unit crossed a line, from its track: for the room that watches its own jobs, which shows no track to anybody by that."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from kit.geo import Position

# How long before a moment a fix may be to say where a unit was then.
BEFORE = timedelta(minutes=15)

WERE = """
SELECT DISTINCT ON (track.unit_id) track.unit_id, track.lon, track.lat
FROM unnest(%(ids)s::bigint[], %(moments)s::timestamptz[]) AS wanted (unit_id, at)
JOIN resources_track AS track ON track.unit_id = wanted.unit_id AND track.at <= wanted.at AND track.at > wanted.at - %(before)s
WHERE track.at > %(earliest)s
ORDER BY track.unit_id, track.at DESC
"""
FIRST = """
SELECT at FROM resources_track
WHERE unit_id = %(unit)s AND at > %(since)s
  AND (ST_DistanceSphere(ST_MakePoint(lon, lat), ST_MakePoint(%(lon)s, %(lat)s)) <= %(metres)s) = %(inside)s
ORDER BY at LIMIT 1
"""


def where_units_were(moments: Mapping[int, datetime]) -> dict[int, Position]:
    """Where each of these units was at its moment: its last fix of the quarter of an hour before; units without one are left out."""
    if not moments:
        return {}
    values: dict[str, Any] = {"ids": list(moments), "moments": list(moments.values()), "before": BEFORE, "earliest": min(moments.values()) - BEFORE}
    with connection.cursor() as cursor:
        cursor.execute(WERE, values)
        return {unit_id: Position(lon, lat) for unit_id, lon, lat in cursor.fetchall()}


def first_fix_within(unit_id: int, position: Position, *, metres: float, since: datetime) -> datetime | None:
    """The time of the first fix after `since` that is at most so many metres from a position (WGS-84)."""
    return _first(unit_id, position, metres, since, inside=True)


def first_fix_beyond(unit_id: int, position: Position, *, metres: float, since: datetime) -> datetime | None:
    """The time of the first fix after `since` that is more than so many metres from a position (WGS-84)."""
    return _first(unit_id, position, metres, since, inside=False)


def _first(unit_id: int, position: Position, metres: float, since: datetime, *, inside: bool) -> datetime | None:
    values: dict[str, Any] = {"unit": unit_id, "since": since, "lon": position.lon, "lat": position.lat, "metres": metres, "inside": inside}
    with connection.cursor() as cursor:
        cursor.execute(FIRST, values)
        row = cursor.fetchone()
    return row[0] if row else None
