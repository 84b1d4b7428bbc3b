"""Where units are now."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from access import policy
from access.actors import Actor
from kit import paging
from kit.paging import Page
from resources import permissions
from resources.models import Unit, UnitPosition
from resources.positions.codes import state_code

MOST_POSITIONS = 5000


@dataclass(frozen=True, slots=True)
class PositionLine:
    """The newest fix of a unit: [longitude, latitude] WGS-84, degrees from north, m/s, metres, seconds."""

    unit: int
    code: str
    point: tuple[float, float]
    at: datetime
    age_seconds: int
    heading: int | None
    speed: float | None
    accuracy: float | None
    is_lost: bool
    state: int


def last_positions(unit_ids: Collection[int]) -> dict[int, UnitPosition]:
    """The newest fix of each of these units that ever sent one; the caller has already asked which units may be seen."""
    return UnitPosition.objects.in_bulk(list(unit_ids))


def position_page(actor: Actor, *, cursor: str | None, limit: int | None, now: datetime) -> Page[PositionLine]:
    """The newest fixes of the units in service that the actor may see, by unit; at most 5,000 a page, all of them unless asked."""
    units = policy.visible(actor, permissions.VIEW, Unit.objects.in_service()).filter(last_position__isnull=False)
    if cursor is not None:
        units = units.filter(pk__gt=paging.decode(cursor, int)[0])
    size = MOST_POSITIONS if limit is None else max(1, min(limit, MOST_POSITIONS))
    columns = ("pk", "code", "activity", "distress_at", *(f"last_position__{name}" for name in _FIX))
    rows = list(units.order_by("pk").values_list(*columns)[: size + 1])
    lines = [_line(row[:4], row[4:], now) for row in rows[:size]]
    return Page(lines, paging.encode([lines[-1].unit]) if len(rows) > size else None)


_FIX = ("at", "lon", "lat", "heading", "speed", "accuracy", "lost_at")


def _line(unit: tuple[int, str, str, datetime | None], fix: tuple[object, ...], now: datetime) -> PositionLine:
    pk, code, activity, distress_at = unit
    known = UnitPosition(**dict(zip(_FIX, fix, strict=True)))
    is_lost = known.lost_at is not None
    state = state_code(activity, is_in_distress=distress_at is not None, is_lost=is_lost)
    return PositionLine(
        unit=pk,
        code=code,
        point=(known.lon, known.lat),
        at=known.at,
        age_seconds=int(known.age_seconds(now)),
        heading=known.heading,
        speed=known.speed,
        accuracy=known.accuracy,
        is_lost=is_lost,
        state=state,
    )
