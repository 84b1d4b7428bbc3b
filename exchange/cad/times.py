"""Local times of a CAD export made absolute: zone, midnight, and the hour that comes twice."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

HALF_A_DAY = timedelta(hours=12)
EPOCH = datetime(1900, 1, 1)  # noqa: DTZ001  (what strptime fills in when a format has no date)
FIRST, LAST = 1900, 2200


class TimeUnreadable(Exception):
    """A cell that should be a time is none."""


@dataclass(frozen=True, slots=True)
class Told:
    """A time as told: with its own offset, as local wall time, or as a time of day alone."""

    wall: datetime
    has_date: bool


def read(text: str, formats: tuple[str, ...]) -> Told | None:
    """What a cell says, None for an empty one. Raises `TimeUnreadable`."""
    text = text.strip()
    if not text:
        return None
    for pattern in formats:
        try:
            wall = datetime.strptime(text, pattern)  # noqa: DTZ007  (the zone is the profile's)
        except ValueError:
            continue
        has_date = wall.date() != EPOCH.date()
        if has_date and not FIRST <= wall.year <= LAST:
            break
        return Told(wall, has_date)
    raise TimeUnreadable(text[:40])


def read_day(text: str, formats: tuple[str, ...]) -> date | None:
    """The date a cell says, None for an empty one; a time behind it does not matter. Raises `TimeUnreadable`."""
    text = text.strip()
    if not text:
        return None
    days = {pattern.replace("T", " ").split(" ")[0] for pattern in formats if "%H" not in pattern.replace("T", " ").split(" ")[0]}
    told = read(text, (*formats, *sorted(days)))
    return told.wall.date() if told and told.has_date else None


def absolute(told: Mapping[str, Told], zone: ZoneInfo, day: date | None) -> tuple[dict[str, datetime], list[str]]:
    """Every told time in UTC, in the order told, and what was odd about them.

    A time of day alone falls on `day`, or on the next one when it lies more than half a day before the first. Of an hour that
    comes twice the first is meant, unless the time before it in the row says otherwise.
    """
    found: dict[str, datetime] = {}
    oddities: list[str] = []
    start: datetime | None = None
    before: datetime | None = None
    for name, one in told.items():
        wall = one.wall
        if not one.has_date:
            if day is None:
                raise TimeUnreadable(f"{wall:%H:%M:%S} without a date")
            wall = datetime.combine(day, wall.time())
            if start is not None and start - wall > HALF_A_DAY:
                wall += timedelta(days=1)
        start = start or wall.replace(tzinfo=None)
        at, oddity = _placed(wall, zone, before)
        if oddity:
            oddities.append(f"{name}: {oddity}")
        found[name] = before = at
    return found, oddities


def _placed(wall: datetime, zone: ZoneInfo, before: datetime | None) -> tuple[datetime, str]:
    if wall.tzinfo is not None:
        return wall.astimezone(UTC), ""
    first = wall.replace(tzinfo=zone, fold=0)
    second = wall.replace(tzinfo=zone, fold=1)
    early, late = first.astimezone(UTC), second.astimezone(UTC)
    if early == late:
        return early, ""
    if late < early:  # a gap: the clock was put forward over it
        return early, f"{wall:%Y-%m-%d %H:%M:%S} did not exist, the clock was put forward"
    meant = late if before is not None and early < before <= late else early
    return meant, f"{wall:%Y-%m-%d %H:%M:%S} came twice, the {'second' if meant == late else 'first'} was taken"
