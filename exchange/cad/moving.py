"""Units on the move: a straight way from where a unit was to where it goes, in the time its run says."""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from exchange.cad.life import Life, Run
from kit.geo import Position

WAY_HOME = timedelta(minutes=8)
SAY_AGAIN = timedelta(seconds=8)  # of the world's time: a unit that says nothing for thirty is taken for lost
MOST_AT_ONCE = 500


@dataclass(slots=True)
class Way:
    """From one place to another, between two moments of the play."""

    start: Position
    goal: Position
    leaves_at: datetime
    arrives_at: datetime

    def at(self, moment: datetime) -> Position:
        """Where it is at a moment."""
        length = (self.arrives_at - self.leaves_at).total_seconds()
        share = 1.0 if length <= 0 else min(max((moment - self.leaves_at).total_seconds() / length, 0.0), 1.0)
        return Position(self.start.lon + (self.goal.lon - self.start.lon) * share, self.start.lat + (self.goal.lat - self.start.lat) * share)

    def heading(self) -> int | None:
        """Degrees from north, None when it goes nowhere."""
        east = (self.goal.lon - self.start.lon) * math.cos(math.radians(self.start.lat))
        north = self.goal.lat - self.start.lat
        return round(math.degrees(math.atan2(east, north))) % 360 if (east, north) != (0.0, 0.0) else None


class Fleet:
    """Where every unit of a play is. Those that move are told each time, those that stand now and then."""

    def __init__(self) -> None:
        self._ways: dict[int, Way] = {}
        self._places: dict[int, Position] = {}
        self._untold: set[int] = set()
        self._told_at: dict[int, datetime] = {}

    def stand(self, unit_id: int, place: Position | None) -> None:
        """A unit waits at home, unless it is known to be elsewhere."""
        if place is not None and unit_id not in self._places:
            self._places[unit_id] = place
            self._untold.add(unit_id)

    def follow(self, life: Life, run: Run, step: str, at: datetime) -> None:
        """A unit has reached a step: it sets out for the scene, the hospital or home, or it has arrived."""
        if step == "en_route" and life.position:
            self._set_out(run, life.position, at, run.times.get("on_scene", at + WAY_HOME))
        elif step == "on_scene" and life.position:
            self._arrive(run.unit_id, life.position)
        elif step == "transporting" and run.destination:
            self._set_out(run, run.destination, at, run.times.get("at_destination", at + WAY_HOME))
        elif step == "at_destination" and run.destination:
            self._arrive(run.unit_id, run.destination)
        elif step == "cleared" and run.home:
            self._set_out(run, run.home, at, at + WAY_HOME)

    def fixes(self, moment: datetime, told_at: datetime) -> list[dict[str, Any]]:
        """What to tell now, as the positions endpoint takes it; `told_at` is the time on the devices' clocks."""
        for unit_id, way in list(self._ways.items()):
            self._places[unit_id] = way.at(moment)
            self._untold.add(unit_id)
            if moment >= way.arrives_at:
                del self._ways[unit_id]
        self._untold |= {unit_id for unit_id, before in self._told_at.items() if told_at - before >= SAY_AGAIN}
        told = [self._fix(unit_id, told_at) for unit_id in sorted(self._untold)]
        self._told_at |= dict.fromkeys(self._untold, told_at)
        self._untold.clear()
        return told

    def _fix(self, unit_id: int, told_at: datetime) -> dict[str, Any]:
        place = self._places[unit_id]
        fix: dict[str, Any] = {"unit": unit_id, "point": [round(place.lon, 6), round(place.lat, 6)], "at": told_at.isoformat()}
        heading = self._ways[unit_id].heading() if unit_id in self._ways else None
        return fix if heading is None else fix | {"heading": heading}

    def _set_out(self, run: Run, goal: Position, leaves_at: datetime, arrives_at: datetime) -> None:
        start = self._places.get(run.unit_id) or run.home or goal
        if run.unit_id in self._ways:
            start = self._ways[run.unit_id].at(leaves_at)
        self._ways[run.unit_id] = Way(start, goal, leaves_at, max(arrives_at, leaves_at))

    def _arrive(self, unit_id: int, place: Position) -> None:
        self._ways.pop(unit_id, None)
        self._places[unit_id] = place
        self._untold.add(unit_id)
