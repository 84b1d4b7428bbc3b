"""Lost contact: units at work or available whose newest fix is older than three of their reporting intervals."""

from datetime import UTC, datetime, timedelta

from django.core.cache import cache
from django.db import connection, transaction

from access.actors import Actor
from resources import facts
from resources.models import Unit
from resources.models.positions import LOST_AFTER_INTERVALS
from resources.positions import telemetry
from resources.positions.codes import state_code
from resources.positions.consequences import announce

BATCH = 500
LOOKED = "resources.contact.looked"
PAUSE = timedelta(seconds=20)
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
AT_WORK = ("ASSIGNED", "EN_ROUTE", "STAGED", "ON_SCENE", "TRANSPORTING", "AT_DESTINATION")

# A row that somebody holds is being written by a new fix just now: it is not lost, or will be found at the next look.
MARK = f"""
WITH silent AS (
    SELECT position.unit_id FROM resources_unitposition AS position
    JOIN resources_unit AS unit ON unit.id = position.unit_id
    WHERE position.lost_at IS NULL
      AND greatest(position.at, %s::timestamptz) < %s::timestamptz - {LOST_AFTER_INTERVALS} * position.interval_seconds * interval '1 second'
      AND unit.is_active AND (unit.availability <> 'NOT_AVAILABLE' OR unit.activity = ANY (%s))
    ORDER BY position.unit_id LIMIT {BATCH} FOR NO KEY UPDATE OF position SKIP LOCKED
)
UPDATE resources_unitposition AS position SET lost_at = %s FROM silent WHERE position.unit_id = silent.unit_id
RETURNING position.unit_id, position.at, position.lon, position.lat, position.heading
"""  # noqa: S608  (numbers of ours)


def watch_contact(actor: Actor, *, now: datetime) -> int:
    """One look of many, some seconds apart: as `mark_lost_units`, where a unit's silence counts from the last pause of the looks at the earliest.

    In a pause the platform stood still and heard nobody: it was deaf, they were not silent.
    """
    looked, since = cache.get(LOOKED) or (None, now)
    if looked is None or now - looked > PAUSE:
        since = now
    cache.set(LOOKED, (now, since), timeout=None)
    return _mark_all(actor, now, since)


def mark_lost_units(actor: Actor, *, now: datetime) -> int:
    """Note every unit that went silent, once each; says how many."""
    return _mark_all(actor, now, LONG_AGO)


def _mark_all(actor: Actor, now: datetime, heard_since: datetime) -> int:
    total = 0
    while True:
        marked = _mark(actor, now, heard_since)
        total += marked
        if marked < BATCH:
            return total


@transaction.atomic
def _mark(actor: Actor, now: datetime, heard_since: datetime) -> int:
    with connection.cursor() as cursor:
        cursor.execute(MARK, [heard_since, now, list(AT_WORK), now])
        rows = cursor.fetchall()
    units = Unit.objects.in_bulk([row[0] for row in rows])
    shown = []
    for unit_id, at, lon, lat, heading in sorted(rows):
        unit = units[unit_id]
        announce(actor, facts.UnitLostContact(unit_id=unit_id, last_fix_at=at.isoformat()), unit, [], at=now)
        state = state_code(unit.activity, is_in_distress=unit.distress_at is not None, is_lost=True)
        shown.append(telemetry.Shown(unit_id, lon, lat, heading, state, tuple(unit.department_ids), unit.region_id))
    transaction.on_commit(lambda: telemetry.publish(shown))
    return len(rows)
