"""A call as a CAD export tells it, in codes and names of that system; nothing here knows our tables."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from kit.geo import Position

STEPS = ("dispatched", "acknowledged", "en_route", "staged", "on_scene", "patient_contact", "transporting", "at_destination", "cleared")


@dataclass(frozen=True, slots=True)
class UnitRun:
    """One unit's part in a call: its code and type there, and when it reached each step (aware times)."""

    unit: str
    unit_type: str
    times: Mapping[str, datetime]
    line: int = 0

    def first_at(self) -> datetime | None:
        """The earliest time known of it."""
        return min(self.times.values(), default=None)


@dataclass(frozen=True, slots=True)
class Call:
    """One call with the units that went to it. `position` is WGS-84, longitude first; `area` is the fire area it lies in, if told."""

    id: str
    type: str
    group: str
    received_at: datetime
    entered_at: datetime | None = None
    disposition: str = ""
    address: str = ""
    words: str = ""
    area: str = ""
    position: Position | None = None
    runs: tuple[UnitRun, ...] = field(default=())
    caller_name: str = ""
    caller_phone: str = ""

    def last_at(self) -> datetime:
        """The last time known of it."""
        return max([self.received_at, *(at for run in self.runs for at in run.times.values())])
