"""Incident numbers: the city's day and a running number, `20261122-0048`."""

from datetime import datetime

from django.db import connection
from django.utils import timezone


def next_number(at: datetime) -> str:
    """The next number of the day on which `at` falls in the city's zone; gaps are possible, doubles are not.

    One row per day is counted up in the caller's transaction; it is the last thing a report waits for.
    """
    day = timezone.localtime(at).date()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO incidents_daynumber (day, last) VALUES (%s, 1) ON CONFLICT (day) DO UPDATE SET last = incidents_daynumber.last + 1 RETURNING last",
            [day],
        )
        (last,) = cursor.fetchone()
    return f"{day:%Y%m%d}-{last:04d}"
