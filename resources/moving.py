"""Who could move up to a station that stands empty: the arithmetic, on rows over the cells of addresses. Used by `coverage` only."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gis import selectors as gis
from kit.geo import Position

MOST_MOVES = 3
LOOK_POSTS = 12  # the emptiest ones
LOOK_DONORS = 40  # the nearest ones
LOOK_TRAVELS = 8
LEAST_GAIN = 25  # addresses: nobody is sent across the city for fewer
NEARLY_AS_GOOD = 0.8
FURTHEST_M = 20_000.0
LEAST_DRIVE_M = 600.0

Cells = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Standing:
    """A unit that may be sent, and where it would start from (WGS-84)."""

    unit_id: int
    code: str
    position: Position
    speed_kmh: float
    station_id: int | None


@dataclass(frozen=True, slots=True, eq=False)
class Board:
    """The addresses of each cell, the units with the cells each reaches in time, the stations (spots) and the cells reached from them (seats)."""

    weights: NDArray[np.int64]
    units: Sequence[Standing]
    rows: Sequence[Cells]
    spots: Sequence[Position]
    seats: Sequence[Cells]

    def soonest_first(self, here: Position) -> list[int]:
        """The units in the order in which they would be there on a flat map; thousands of them cost a millisecond."""
        if not self.units:
            return []
        lon, lat, kmh = np.array([(unit.position.lon, unit.position.lat, unit.speed_kmh) for unit in self.units]).T
        flat = np.hypot((lon - here.lon) * math.cos(math.radians(here.lat)), lat - here.lat)
        return [int(place) for place in np.argsort(flat / kmh, kind="stable")]


@dataclass(frozen=True, slots=True)
class Step:
    """A unit to the place of a station in the board: addresses that come back in time, and that fall out."""

    place: int
    unit: Standing
    seat: int
    gained: int
    lost: int
    travel: gis.Travel

    @property
    def net(self) -> int:
        """What it brings in all."""
        return self.gained - self.lost


def moves(board: Board) -> list[Step]:
    """The best moves one after another, each counting on those before it; each must bring back at least twice what it takes away.

    Among moves that bring nearly as much as the best, the shortest drive wins.
    """
    count = np.zeros(len(board.weights), dtype=np.int32)
    for row in board.rows:
        count += row
    chosen: list[Step] = []
    for _round in range(MOST_MOVES):
        taken = {step.place for step in chosen}
        steps = [step for seat in _emptiest(board, count) for step in _steps(board, count, seat, taken)]
        best = _soonest(board, steps)
        if best is None:
            break
        chosen.append(best)
        count = count - board.rows[best.place] + board.seats[best.seat]
    return chosen


def _emptiest(board: Board, count: NDArray[np.int32]) -> list[int]:
    """The stations from which most of what nobody reaches could be reached."""
    gain = [int(board.weights[(count == 0) & seat].sum()) for seat in board.seats]
    order = sorted(range(len(gain)), key=lambda seat: -gain[seat])
    return [seat for seat in order[:LOOK_POSTS] if gain[seat] >= LEAST_GAIN]


def _steps(board: Board, count: NDArray[np.int32], seat: int, taken: set[int]) -> Iterator[Step]:
    here, there = board.spots[seat], board.seats[seat]
    near = [place for place in board.soonest_first(here)[: LOOK_DONORS + MOST_MOVES] if place not in taken]
    guesses = {place: gis.straight_line(board.units[place].position, here, kmh=board.units[place].speed_kmh) for place in near[:LOOK_DONORS]}
    for place in guesses:
        if not LEAST_DRIVE_M <= guesses[place].metres <= FURTHEST_M:
            continue  # it stands there, or it is another town's
        after = count - board.rows[place] + there
        gained = int(board.weights[(after > 0) & (count == 0)].sum())
        lost = int(board.weights[(after == 0) & (count > 0)].sum())
        if gained - lost >= LEAST_GAIN and gained >= 2 * lost:
            yield Step(place, board.units[place], seat, gained, lost, guesses[place])


def _soonest(board: Board, steps: Sequence[Step]) -> Step | None:
    """Of the moves that bring nearly as much as the best, the one with the shortest drive, by road where that is known."""
    if not steps:
        return None
    enough = NEARLY_AS_GOOD * max(step.net for step in steps)
    good = sorted((step for step in steps if step.net >= enough), key=lambda step: (step.travel.seconds, step.unit.code))[:LOOK_TRAVELS]
    timed = []
    for seat in {step.seat for step in good}:
        here = [step for step in good if step.seat == seat]
        travels = gis.travel_times([step.unit.position for step in here], board.spots[seat], speed_kmh=[step.unit.speed_kmh for step in here])
        timed += [Step(step.place, step.unit, seat, step.gained, step.lost, travel) for step, travel in zip(here, travels, strict=True)]
    return min(timed, key=lambda step: (step.travel.seconds, step.unit.code))
