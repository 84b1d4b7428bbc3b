"""What a line of text says: an order that is ready, or what is missing and what could be meant."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SayOfUnits:
    """Say of these units what they do; `labels` are the departments' own words for it, by unit."""

    unit_ids: tuple[int, ...]
    state: str
    labels: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class SendUnits:
    """Send these units to an incident."""

    incident_id: int
    number: str
    unit_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Recommend:
    """Show which units to send to an incident."""

    number: str


@dataclass(frozen=True, slots=True)
class GiveTask:
    """Give a department a task; `minutes` until it is due, None for no deadline."""

    incident_id: int
    number: str
    department_id: int
    title: str
    minutes: int | None


@dataclass(frozen=True, slots=True)
class OpenIncident:
    """Show an incident."""

    number: str


@dataclass(frozen=True, slots=True)
class OpenUnit:
    """Show a unit."""

    unit_id: int


Order = SayOfUnits | SendUnits | Recommend | GiveTask | OpenIncident | OpenUnit


@dataclass(frozen=True, slots=True)
class Choice:
    """One way to go on: how it is called, what it adds, and the line as it would be."""

    name: str
    note: str
    line: str


@dataclass(frozen=True, slots=True)
class Reading:
    """What a line was understood as: `says` it in words; `order` None means that something is missing or not decided."""

    says: str
    order: Order | None = None
    choices: tuple[Choice, ...] = ()
