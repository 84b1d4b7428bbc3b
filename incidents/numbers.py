"""Incident numbers: the city's day and a running number, `20261122-0048`."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import connection
from django.utils import timezone

RESERVE = """
INSERT INTO incidents_daynumber (day, last) VALUES (%s, %s)
ON CONFLICT (day) DO UPDATE SET last = incidents_daynumber.last + %s RETURNING last
"""


def next_number(at: datetime) -> str:
    """The next number of the day on which `at` falls in the city's zone; gaps are possible, doubles are not.

    One row per day is counted up in the caller's transaction; it is the last thing a report waits for.
    """
    day = timezone.localtime(at).date()
    with connection.cursor() as cursor:
        cursor.execute(
            RESERVE,
            [day, 1, 1],
        )
        (last,) = cursor.fetchone()
    return f"{day:%Y%m%d}-{last:04d}"


def reserve_numbers(moments: Sequence[datetime]) -> list[str]:
    """A number for each moment, in the order of the moments within each day.

    Days are taken in order, so that two imports cannot wait for each other.
    """
    places: dict[date, list[int]] = {}
    for place, at in enumerate(moments):
        places.setdefault(timezone.localtime(at).date(), []).append(place)
    numbers = [""] * len(moments)
    with connection.cursor() as cursor:
        for day, wanted in sorted(places.items()):
            cursor.execute(RESERVE, [day, len(wanted), len(wanted)])
            (last,) = cursor.fetchone()
            for running, place in enumerate(sorted(wanted, key=lambda one: moments[one]), last - len(wanted) + 1):
                numbers[place] = f"{day:%Y%m%d}-{running:04d}"
    return numbers
