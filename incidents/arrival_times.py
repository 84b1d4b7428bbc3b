"""How long units on their way still take to their incidents: by road where the engine answers in time, else from the straight line, and said so."""

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from gis import selectors as gis
from incidents.models import Assignment, Incident
from kit.geo import Position
from resources.models import Unit

SPEED_KMH = 40.0
MOST_ASKED = 40  # incidents of one look whose ways the engine is asked for; a board is not worth a queue at the engine
WITHIN_SECONDS = 0.5  # after that the rest of this look are estimates; the next look goes on where this one stopped
KEPT_SECONDS = 60
MOST_KEPT = 5000


@dataclass(frozen=True, slots=True)
class Left:
    """Whole minutes left, at least one; `is_estimate`: no road was looked at."""

    minutes: int
    is_estimate: bool


# In the process's own memory and not in the shared cache: a board is drawn though Redis is away.
_kept: dict[str, tuple[float, Left]] = {}


def minutes_left(moving: Iterable[tuple[Incident, Sequence[Assignment]]]) -> dict[int, Left]:
    """By assignment, for units of these incidents that have a position; one question to the engine for each incident, kept for a minute.

    The engine is asked for the first incidents given and no longer than half a second in all.
    """
    found: dict[int, Left] = {}
    began, asked = time.monotonic(), 0
    for incident, assignments in moving:
        there = Position.of(incident.point) if incident.point else None
        known = [(each, position) for each in assignments if (position := _position(each.unit)) is not None]
        if there is None or not known:
            continue
        wanted = []
        for assignment, position in known:
            until, kept = _kept.get(_key(assignment, position), (0.0, None))
            if kept is not None and until > began:
                found[assignment.pk] = kept
            else:
                wanted.append((assignment, position))
        is_allowed = asked < MOST_ASKED and time.monotonic() - began < WITHIN_SECONDS
        asked += bool(wanted) and is_allowed
        found |= _looked_up(wanted, there, by_road=is_allowed)
    return found


def _looked_up(wanted: Sequence[tuple[Assignment, Position]], there: Position, *, by_road: bool) -> dict[int, Left]:
    speeds = [float(assignment.unit.type.speed_kmh or SPEED_KMH) for assignment, _position in wanted]
    origins = [position for _assignment, position in wanted]
    if by_road and wanted:
        travels = gis.travel_times(origins, there, speed_kmh=speeds)
    else:
        travels = [gis.straight_line(origin, there, kmh=kmh) for origin, kmh in zip(origins, speeds, strict=True)]
    found = {}
    for (assignment, position), travel in zip(wanted, travels, strict=True):
        found[assignment.pk] = Left(max(1, round(travel.seconds / 60)), travel.is_estimate)
        if not travel.is_estimate:
            if len(_kept) >= MOST_KEPT:
                _kept.clear()
            _kept[_key(assignment, position)] = (time.monotonic() + KEPT_SECONDS, found[assignment.pk])
    return found


def _key(assignment: Assignment, position: Position) -> str:
    """The same while the unit has not moved by more than some hundred metres."""
    return f"left:{assignment.pk}:{position.lon:.3f}:{position.lat:.3f}"


def _position(unit: Unit) -> Position | None:
    fix = getattr(unit, "last_position", None)
    return Position(fix.lon, fix.lat) if fix is not None else None
