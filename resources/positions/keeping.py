"""How long the track is kept: a partition for each day, made ahead; days past their time are dropped whole."""

from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db import connection

DAYS_AHEAD = 3
LEAST_DAYS = 2


def keep_track(*, now: datetime) -> tuple[int, int]:
    """Make the partitions of yesterday to three days ahead and drop those older than TRACK_RETENTION_DAYS; says (made, dropped).

    The database's own functions do it, because the running city owns no table.
    """
    today = now.astimezone(UTC).date()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FILTER (WHERE resources_make_track_day(%s + ahead)) FROM generate_series(-1, %s) AS ahead", [today, DAYS_AHEAD]
        )
        made = int(cursor.fetchone()[0])
        cursor.execute("SELECT resources_drop_track_before(%s)", [today - timedelta(days=max(LEAST_DAYS, settings.TRACK_RETENTION_DAYS))])
        dropped = int(cursor.fetchone()[0])
    return made, dropped
