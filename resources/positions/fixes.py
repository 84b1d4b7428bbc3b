"""A fix as it comes in at the edge: checked number by number, in WGS-84, before anything else sees it.

The checks run for every item of a batch, so they are plain comparisons. A refused item names its reason; the others are kept.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gis.coordinates import Coordinate, System

FUTURE = timedelta(minutes=5)
OLDEST = datetime(2000, 1, 1, tzinfo=UTC)
MOST_IN_BATCH = 1000
FASTEST = 500.0  # m/s: nothing a city sends is faster
COARSEST = 1_000_000.0  # m
BIGGEST_ID = 2**31 - 1  # what a telemetry record holds and more than any city has


class Fix(NamedTuple):
    """Where a unit was: degrees WGS-84, degrees from north, m/s, metres; None is unknown."""

    unit_id: int
    at: datetime
    lon: float
    lat: float
    heading: int | None = None
    speed: float | None = None
    accuracy: float | None = None


class Rejection(NamedTuple):
    """Why an item of a batch was not kept: `place` is where it stood in what was sent, from 0."""

    place: int
    unit_id: int | None
    status: int
    code: str
    reason: str | Promise


class Unusable(Exception):
    """An item that is no fix; carries (code, reason)."""

    def __init__(self, code: str, reason: str | Promise) -> None:
        self.code = code
        self.reason = reason
        super().__init__(code)


NOT_A_POINT = ("bad_point", _("A point is [longitude, latitude] in degrees."))
OUT_OF_RANGE = ("out_of_range", _("Longitude must be within 180 degrees and latitude within 90."))
NO_TIME = ("bad_time", _("A time is written like 2026-11-22T20:15:00+08:00, with its offset from UTC."))
IN_FUTURE = ("in_future", _("This time lies more than five minutes in the future."))
TOO_OLD = ("too_old", _("This time lies before the year 2000."))
BAD_NUMBER = ("bad_number", _("Heading is 0 to 360 degrees, speed 0 to 500 m/s, accuracy in metres."))
NO_SYSTEM = ("bad_crs", _("Known reference systems are WGS84, CGCS2000, GCJ02 and BD09."))
NO_UNIT = ("bad_unit", _("A unit is named by its number."))
NO_OBJECT = ("bad_item", _("Each position is an object with unit, point and at."))
NOT_PERMITTED = ("forbidden", _("You do not report for a unit of this number."))


def read_batch(items: Sequence[Any], system: System, received_at: datetime) -> tuple[list[tuple[int, Fix]], list[Rejection]]:
    """The usable fixes of a batch with their places in it, and why the others are not."""
    usable: list[tuple[int, Fix]] = []
    rejected: list[Rejection] = []
    latest = received_at + FUTURE
    for index, item in enumerate(items):
        try:
            usable.append((index, read_fix(item, system, latest)))
        except Unusable as why:
            unit = item.get("unit") if isinstance(item, dict) else None
            rejected.append(Rejection(index, unit if _is_id(unit) else None, 422, why.code, why.reason))
    return usable, rejected


def read_fix(item: Any, system: System, latest: datetime) -> Fix:
    """One item {"unit", "point": [lon, lat], "at", "heading", "speed", "accuracy", "crs"}. Raises `Unusable`."""
    if not isinstance(item, dict):
        raise Unusable(*NO_OBJECT)
    unit_id: Any = item.get("unit")
    if not _is_id(unit_id):
        raise Unusable(*NO_UNIT)
    point = item.get("point")
    if not isinstance(point, list) or len(point) != 2:
        raise Unusable(*NOT_A_POINT)
    lon, lat = placed(point[0], point[1], system_of(item["crs"]) if "crs" in item else system)
    return Fix(unit_id, moment(item.get("at"), latest), lon, lat, *motion(item))


def placed(lon: Any, lat: Any, system: System) -> tuple[float, float]:
    """Longitude and latitude in WGS-84. Raises `Unusable` for what is no place on earth."""
    if type(lon) not in (float, int) or type(lat) not in (float, int):
        raise Unusable(*NOT_A_POINT)
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):  # NaN and infinities fail here too
        raise Unusable(*OUT_OF_RANGE)
    if system in (System.WGS84, System.CGCS2000):
        return float(lon), float(lat)
    here = Coordinate(lon, lat, system).position
    return here.lon, here.lat


def moment(text: Any, latest: datetime) -> datetime:
    """A time with its offset, not after `latest`. Raises `Unusable`."""
    if not isinstance(text, str):
        raise Unusable(*NO_TIME)
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise Unusable(*NO_TIME) from None
    if at.tzinfo is None:
        raise Unusable(*NO_TIME)
    return timely(at, latest)


def timely(at: datetime, latest: datetime) -> datetime:
    """The time itself when it is neither in the future nor before satellites were of use. Raises `Unusable`."""
    try:
        at = at.astimezone(UTC)
    except OverflowError:
        raise Unusable(*TOO_OLD) from None
    if at > latest:
        raise Unusable(*IN_FUTURE)
    if at < OLDEST:
        raise Unusable(*TOO_OLD)
    return at


def motion(item: Mapping[str, Any]) -> tuple[int | None, float | None, float | None]:
    """Heading in whole degrees, speed in m/s and accuracy in metres, None where unknown. Raises `Unusable`."""
    heading = bounded(item.get("heading"), 360.0)
    return (
        None if heading is None else round(heading) % 360,
        bounded(item.get("speed"), FASTEST),
        bounded(item.get("accuracy"), COARSEST),
    )


def bounded(value: Any, most: float) -> float | None:
    """A number from 0 to `most`, None for none. Raises `Unusable`."""
    if value is None:
        return None
    if type(value) not in (float, int) or not 0 <= value <= most:
        raise Unusable(*BAD_NUMBER)
    return float(value)


def system_of(name: Any) -> System:
    """The reference system of this name. Raises `Unusable`."""
    try:
        return System(str(name).upper())
    except ValueError:
        raise Unusable(*NO_SYSTEM) from None


def _is_id(value: Any) -> bool:
    return type(value) is int and 0 < value <= BIGGEST_ID
