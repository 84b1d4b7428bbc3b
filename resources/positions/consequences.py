"""What follows from fixes and is a fact: a unit entered or left a watched area, or is heard again.

Looked at once more under the lock of the unit's latest position, so it is true of the newest fix and recorded exactly once, whatever order
batches came in. A death between the fixes and this leaves the next fix to find the same.
"""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from django.db import connection, transaction

from access import policy
from access.actors import Actor
from access.sharing import verbs as sharing
from journal import services as journal
from journal.facts import Fact
from resources import facts, permissions
from resources.models import GeofencePresence, Unit, UnitPosition
from resources.models.positions import LOST_AFTER_INTERVALS

INSIDE = """
SELECT position.unit_id, area.id FROM resources_unitposition AS position
JOIN resources_geofence AS area ON area.is_active AND ST_Covers(area.area, ST_SetSRID(ST_MakePoint(position.lon, position.lat), 4326))
WHERE position.unit_id = ANY (%s)
"""


@transaction.atomic(durable=True)
def settle(unit_ids: Collection[int], *, now: datetime) -> int:
    """Record what the newest fixes of these units changed; says how many facts that made."""
    rows = UnitPosition.objects.filter(pk__in=unit_ids).order_by("pk").select_for_update(of=("self",), no_key=True)
    positions = {row.pk: row for row in rows}
    units = Unit.objects.in_bulk(list(positions))
    return _cross(positions, units, now) + _hear_again(positions, units, now)


def _cross(positions: dict[int, UnitPosition], units: dict[int, Unit], now: datetime) -> int:
    with connection.cursor() as cursor:
        cursor.execute(INSIDE, [list(positions)])
        inside = set(cursor.fetchall())
    presences = GeofencePresence.objects.filter(unit_id__in=positions)
    known = set(presences.values_list("unit_id", "geofence_id"))
    entered, left = sorted(inside - known), sorted(known - inside)
    GeofencePresence.objects.bulk_create(GeofencePresence(unit_id=unit, geofence_id=area, since=positions[unit].at) for unit, area in entered)
    for unit, area in left:
        presences.filter(unit_id=unit, geofence_id=area).delete()
    actor = Actor.system("areas")
    for unit, area in entered:
        at = positions[unit].at
        fact = facts.UnitEnteredArea(unit_id=unit, geofence_id=area, occurred_at=at.isoformat())
        announce(actor, fact, units[unit], [f"geofence:{area}"], at=at)
    for unit, area in left:
        at = positions[unit].at
        fact_left = facts.UnitLeftArea(unit_id=unit, geofence_id=area, occurred_at=at.isoformat())
        announce(actor, fact_left, units[unit], [f"geofence:{area}"], at=at)
    for area in sorted({area for _unit, area in (*entered, *left)}):
        sharing.tell_of_change(actor, kind="geofence", subject_id=area, now=now)
    return len(entered) + len(left)


def _hear_again(positions: dict[int, UnitPosition], units: dict[int, Unit], now: datetime) -> int:
    heard = [(row, row.lost_at) for row in positions.values() if row.lost_at is not None and is_fresh(row, now)]
    for row, lost_at in heard:
        row.lost_at = None
        row.save(update_fields=["lost_at"])
        fact = facts.UnitContactRegained(unit_id=row.pk, lost_at=lost_at.isoformat(), seconds=round((now - lost_at).total_seconds()))
        announce(Actor.system("contact"), fact, units[row.pk], [], at=now)
    return len(heard)


def is_fresh(position: UnitPosition, now: datetime) -> bool:
    """Whether a fix is no older than three of its unit's intervals."""
    return position.at >= now - timedelta(seconds=LOST_AFTER_INTERVALS * position.interval_seconds)


def announce(actor: Actor, fact: Fact, unit: Unit, others: Iterable[str], *, at: datetime) -> None:
    """Record a fact about a unit for all who may see it."""
    journal.record(actor, fact, about=[unit, *others], scopes=policy.audience(permissions.VIEW, unit), at=at)
