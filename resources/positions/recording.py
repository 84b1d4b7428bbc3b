"""The hot path: a batch of fixes becomes history, the latest positions, the units that may be sent, and what the maps show.

One statement overwrites the latest positions and answers everything else that is needed; COPY appends the track. The row of a unit's
latest position is the lock of the unit's track: two batches at once go one after the other there, always in order of the unit's id.
This transaction commits without waiting for the disk (`synchronous_commit = off`): a crash may cost the last 0.6 s of positions, never
a fact. What follows from the fixes (areas, contact) is recorded in a transaction of its own that does wait.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import connection, transaction

from access import policy
from access.actors import Actor
from resources import permissions
from resources.models.positions import LOST_AFTER_INTERVALS
from resources.positions import authority, consequences, telemetry
from resources.positions.codes import state_code
from resources.positions.devices import Speaker
from resources.positions.fixes import NOT_PERMITTED, Fix, Rejection

FIRST_INTERVAL_SECONDS = 30
SHORTEST_INTERVAL_SECONDS = 10
LONGEST_INTERVAL_SECONDS = 300
MOVED_METRES = 10

# A fix wins when it is newer than the row it would replace. Rows that lose are locked all the same, which the track relies on.
OVERWRITE = f"""
WITH sent AS (
    SELECT * FROM unnest(%s::bigint[], %s::timestamptz[], %s::float8[], %s::float8[], %s::smallint[], %s::float8[], %s::float8[])
        AS sent(unit_id, at, lon, lat, heading, speed, accuracy)
), won AS (
    INSERT INTO resources_unitposition AS known (unit_id, at, received_at, lon, lat, heading, speed, accuracy, interval_seconds)
    SELECT unit_id, at, %s::timestamptz, lon, lat, heading, speed, accuracy, {FIRST_INTERVAL_SECONDS} FROM sent ORDER BY unit_id
    ON CONFLICT (unit_id) DO UPDATE SET
        at = excluded.at, received_at = excluded.received_at, previous_at = known.at, lon = excluded.lon, lat = excluded.lat,
        heading = excluded.heading, speed = excluded.speed, accuracy = excluded.accuracy,
        interval_seconds = least({LONGEST_INTERVAL_SECONDS}, greatest({SHORTEST_INTERVAL_SECONDS},
            0.7 * known.interval_seconds + 0.3 * least(4 * known.interval_seconds, extract(epoch FROM excluded.at - known.at))))
    WHERE known.at < excluded.at
    RETURNING unit_id, at, previous_at, lon, lat, heading, interval_seconds, lost_at
), moved AS (
    UPDATE resources_dispatchableunit AS unit
    SET point = ST_SetSRID(ST_MakePoint(won.lon, won.lat), 4326)::geography, has_fix = true, refreshed_at = %s::timestamptz
    FROM won
    WHERE unit.unit_id = won.unit_id AND unit.is_dispatchable AND (NOT unit.has_fix OR unit.refreshed_at <= %s::timestamptz - interval '1 second')
      AND (NOT unit.has_fix OR unit.point IS NULL
           OR NOT ST_DWithin(unit.point, ST_SetSRID(ST_MakePoint(won.lon, won.lat), 4326)::geography, {MOVED_METRES}, false))
)
SELECT won.unit_id, won.previous_at, won.interval_seconds, won.lost_at, unit.activity, unit.distress_at IS NOT NULL, unit.department_ids,
    unit.region_id,
    ARRAY(SELECT id FROM resources_geofence WHERE is_active AND ST_Covers(area, ST_SetSRID(ST_MakePoint(won.lon, won.lat), 4326)) ORDER BY id)
        <> ARRAY(SELECT geofence_id FROM resources_geofencepresence WHERE unit_id = won.unit_id ORDER BY geofence_id),
    (SELECT set_config('synchronous_commit', 'off', true))
FROM won JOIN resources_unit AS unit ON unit.id = won.unit_id
"""  # noqa: S608  (numbers of ours)
APPEND = "COPY resources_track (unit_id, at, received_at, lon, lat, heading, speed, accuracy) FROM STDIN"
KNOWN = """
SELECT sent.unit_id, sent.at FROM unnest(%s::bigint[], %s::timestamptz[]) AS sent(unit_id, at)
WHERE EXISTS (SELECT FROM resources_track AS track WHERE track.unit_id = sent.unit_id AND track.at = sent.at
              AND track.at BETWEEN %s AND %s OFFSET 0)
"""


class Recorded(NamedTuple):
    """What became of a batch: how many fixes are kept (a repeated one is kept already), and why the others are not."""

    accepted: int
    rejected: list[Rejection]


class _Winner(NamedTuple):
    """A unit whose latest position the batch replaced."""

    unit_id: int
    previous_at: datetime | None
    interval_seconds: float
    lost_at: datetime | None
    activity: str
    is_in_distress: bool
    department_ids: list[int]
    region_id: int | None
    has_crossed: bool


def record_positions(actor: Actor, *, fixes: Sequence[Fix], received_at: datetime) -> Recorded:
    """Keep a batch of checked fixes (WGS-84): the newest of each unit is its position, all are its track.

    A late fix goes to the track only, a repeated one (same unit, same time) changes nothing, so sending a batch again is harmless. Fixes of
    units for which the actor may not report are rejected one by one; an actor who may report for none is refused with `Forbidden`.
    """
    policy.require(actor, permissions.REPORT_POSITION, None)
    allowed = authority.permitted(actor, {fix.unit_id for fix in fixes}, now=received_at)
    rejected = [Rejection(index, fix.unit_id, 403, *NOT_PERMITTED) for index, fix in enumerate(fixes) if fix.unit_id not in allowed]
    kept = {(fix.unit_id, fix.at): fix for fix in fixes if fix.unit_id in allowed}
    if kept:
        _keep(kept, received_at)
    return Recorded(len(fixes) - len(rejected), rejected)


def record_own_positions(speaker: Speaker, *, fixes: Sequence[Fix], received_at: datetime) -> int:
    """Keep the fixes of a registered device, which reports for its own unit and no other; says how many."""
    kept = {(fix.unit_id, fix.at): fix for fix in fixes if fix.unit_id == speaker.unit_id}
    if kept:
        _keep(kept, received_at)
    return len(kept)


def _keep(kept: dict[tuple[int, datetime], Fix], received_at: datetime) -> None:
    newest: dict[int, Fix] = {}
    for fix in kept.values():
        known = newest.get(fix.unit_id)
        if known is None or fix.at > known.at:
            newest[fix.unit_id] = fix
    with transaction.atomic(durable=True):
        winners = _overwrite_latest(newest.values(), received_at)
        _append_track(kept, winners, received_at)
    telemetry.publish(_shown(newest[unit_id], winner, received_at) for unit_id, winner in winners.items())
    stirred = [unit_id for unit_id, winner in winners.items() if winner.has_crossed or _is_back(newest[unit_id], winner, received_at)]
    if stirred:
        consequences.settle(stirred, now=received_at)


def _overwrite_latest(fixes: Collection[Fix], received_at: datetime) -> dict[int, _Winner]:
    now = received_at.isoformat()
    unit_ids, times, *numbers = zip(*fixes, strict=True)
    with connection.cursor() as cursor:
        cursor.execute(OVERWRITE, [_array(unit_ids), _times(times), *map(_array, numbers), now, now, now])
        return {row[0]: _Winner(*row[:9]) for row in cursor.fetchall()}


def _append_track(kept: dict[tuple[int, datetime], Fix], winners: dict[int, _Winner], received_at: datetime) -> None:
    """Append what is new. A fix later than the one its unit had is new for certain; the others are looked up."""
    doubtful = [key for key in kept if (winner := winners.get(key[0])) is None or (winner.previous_at is not None and key[1] <= winner.previous_at)]
    known = _known(doubtful) if doubtful else frozenset()
    received = received_at.isoformat()
    lines = [
        f"{fix.unit_id}\t{fix.at.isoformat()}\t{received}\t{fix.lon!r}\t{fix.lat!r}\t{_text(fix.heading)}\t{_text(fix.speed)}\t{_text(fix.accuracy)}\n"
        for key, fix in kept.items()
        if key not in known
    ]
    if not lines:
        return
    with connection.cursor() as cursor, cursor.copy(APPEND) as copy:
        copy.write("".join(lines))


def _known(keys: Sequence[tuple[int, datetime]]) -> frozenset[tuple[int, datetime]]:
    times = [at for _unit_id, at in keys]
    with connection.cursor() as cursor:
        cursor.execute(KNOWN, [_array([unit_id for unit_id, _at in keys]), _times(times), min(times), max(times)])
        return frozenset(cursor.fetchall())


def _is_back(fix: Fix, winner: _Winner, received_at: datetime) -> bool:
    return winner.lost_at is not None and fix.at >= received_at - timedelta(seconds=LOST_AFTER_INTERVALS * winner.interval_seconds)


def _shown(fix: Fix, winner: _Winner, received_at: datetime) -> telemetry.Shown:
    is_lost = winner.lost_at is not None and not _is_back(fix, winner, received_at)
    state = state_code(winner.activity, is_in_distress=winner.is_in_distress, is_lost=is_lost)
    return telemetry.Shown(fix.unit_id, fix.lon, fix.lat, fix.heading, state, tuple(winner.department_ids), winner.region_id)


def _array(values: Iterable[float | None]) -> str:
    """A PostgreSQL array literal of numbers; adapting them one by one would take longer than storing them."""
    return "{" + ",".join("NULL" if value is None else repr(value) for value in values) + "}"


def _times(times: Iterable[datetime]) -> str:
    return "{" + ",".join(at.isoformat() for at in times) + "}"


def _text(value: float | None) -> str:
    return r"\N" if value is None else repr(value)
