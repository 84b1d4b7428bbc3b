"""Looking at where a unit was is an act: it is permitted separately, and it is recorded."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from access import policy
from access.actors import Actor
from journal import services as journal
from kit.errors import Invalid, NotFound
from resources import facts, permissions
from resources.models import Unit

LONGEST = timedelta(days=7)
MOST_POINTS = 50_000

READ = """
SELECT DISTINCT ON (at) at, lon, lat, heading, speed, accuracy FROM resources_track
WHERE unit_id = %s AND at >= %s AND at < %s ORDER BY at LIMIT %s
"""


class TrackFix(NamedTuple):
    """One fix of a track: WGS-84 degrees, degrees from north, m/s, metres."""

    at: datetime
    lon: float
    lat: float
    heading: int | None
    speed: float | None
    accuracy: float | None


@transaction.atomic
def look_at_track(actor: Actor, *, unit_id: int, since: datetime, until: datetime, now: datetime) -> Sequence[TrackFix]:
    """Where a unit was from `since` to before `until` (at most seven days, the first 50,000 fixes), oldest first; the look is recorded."""
    unit = Unit.objects.filter(pk=unit_id).first()
    if unit is None:
        raise NotFound
    policy.require(actor, permissions.VIEW_TRACK, unit)
    if not since < until:
        raise Invalid({"to": _("The end must come after the beginning.")})
    if until - since > LONGEST:
        raise Invalid({"to": _("A track is shown for seven days at most.")})
    fact = facts.TrackViewed(unit_id=unit.pk, since=since.isoformat(), until=until.isoformat())
    journal.record(actor, fact, about=[unit], scopes=policy.audience(permissions.VIEW_TRACK, unit), at=now)
    with connection.cursor() as cursor:
        cursor.execute(READ, [unit_id, since, until, MOST_POINTS])
        return [TrackFix(*row) for row in cursor.fetchall()]
