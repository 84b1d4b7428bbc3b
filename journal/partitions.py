"""Monthly partitions of the entry table, made ahead of time by the relay and by a daily task."""

from datetime import date, datetime

from django.db import connection

MONTHS_AHEAD = 3
MAKE = "SELECT to_regclass(%s) IS NULL AND journal_make_partition(%s) AS is_made"


def months(now: datetime) -> list[date]:
    """The first days of this month and of the next ones to be made."""
    start = now.year * 12 + now.month - 1
    return [date(one // 12, one % 12 + 1, 1) for one in range(start, start + MONTHS_AHEAD + 1)]


def make_ahead(now: datetime) -> int:
    """Make what is missing; says how many were made. The database's own function does it, so that the running city owns no table."""
    made = 0
    for month in months(now):
        with connection.cursor() as cursor:
            cursor.execute(MAKE, [f"journal_entry_{month:%Y_%m}", month])
            made += bool(cursor.fetchone()[0])
    return made
