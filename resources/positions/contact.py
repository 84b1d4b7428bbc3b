"""Lost contact: units at work or available whose newest fix is older than three of their reporting intervals."""

from datetime import datetime

from django.db import connection, transaction

from access.actors import Actor
from resources import facts
from resources.models import Unit
from resources.models.positions import LOST_AFTER_INTERVALS
from resources.positions import telemetry
from resources.positions.codes import state_code
from resources.positions.consequences import announce

BATCH = 500
AT_WORK = ("ASSIGNED", "EN_ROUTE", "STAGED", "ON_SCENE", "TRANSPORTING", "AT_DESTINATION")

# A row that somebody holds is being written by a new fix just now: it is not lost, or will be found at the next look.
MARK = f"""
WITH silent AS (
    SELECT position.unit_id FROM resources_unitposition AS position
    JOIN resources_unit AS unit ON unit.id = position.unit_id
    WHERE position.lost_at IS NULL AND position.at < %s::timestamptz - {LOST_AFTER_INTERVALS} * position.interval_seconds * interval '1 second'
      AND unit.is_active AND (unit.availability <> 'NOT_AVAILABLE' OR unit.activity = ANY (%s))
    ORDER BY position.unit_id LIMIT {BATCH} FOR NO KEY UPDATE OF position SKIP LOCKED
)
UPDATE resources_unitposition AS position SET lost_at = %s FROM silent WHERE position.unit_id = silent.unit_id
RETURNING position.unit_id, position.at, position.lon, position.lat, position.heading
"""  # noqa: S608  (numbers of ours)


def mark_lost_units(actor: Actor, *, now: datetime) -> int:
    """Note every unit that went silent, once each; says how many."""
    total = 0
    while True:
        marked = _mark(actor, now)
        total += marked
        if marked < BATCH:
            return total


@transaction.atomic
def _mark(actor: Actor, now: datetime) -> int:
    with connection.cursor() as cursor:
        cursor.execute(MARK, [now, list(AT_WORK), now])
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
