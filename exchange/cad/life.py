"""A call in our own terms, ready to be lived through: what the replay takes, from a file or from anywhere else."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from exchange.cad.calls import STEPS, Call
from exchange.cad.profiles import Profile
from exchange.cad.reference import Reference
from kit.geo import Position

ACKNOWLEDGED, EN_ROUTE, CLEARED = "acknowledged", "en_route", "cleared"


@dataclass(frozen=True, slots=True)
class Run:
    """A unit's part: our unit's id, when it reaches each step, where it comes from and where it brings patients, if known (WGS-84)."""

    unit_id: int
    times: Mapping[str, datetime]
    home: Position | None = None
    destination: Position | None = None


@dataclass(frozen=True, slots=True)
class Life:
    """One call from the report to the end. `type`, `disposition`, `department` and `region` are codes of ours; all times are aware."""

    id: str
    type: str
    disposition: str
    received_at: datetime
    closed_at: datetime
    department: str = ""
    region: str = ""
    source: str = "PHONE"
    answered_at: datetime | None = None
    position: Position | None = None
    place_words: str = ""
    address: str = ""
    words: str = ""
    caller_name: str = ""
    caller_phone: str = ""
    severity: int | None = None
    is_sample: bool = False
    runs: tuple[Run, ...] = field(default=())


def lives(calls: Iterable[Call], reference: Reference, profile: Profile, *, mark: str, shift: timedelta) -> Iterator[Life]:
    """The calls of a file as lives, moved by `shift`; `mark` tells this play from others of the same file."""
    for call in calls:
        yield Life(
            id=f"{profile.name}:{call.id}:{mark}"[:80],
            type=reference.type_of(call).code,
            disposition=reference.disposition_of(call).code,
            received_at=call.received_at + shift,
            closed_at=call.last_at() + shift,
            department=reference.department.code,
            region=reference.region.code if reference.region else "",
            position=call.position,
            place_words=call.address,
            words=call.words,
            runs=tuple(Run(reference.unit(run.unit).pk, _times(run.times, shift), reference.home_of(run.unit)) for run in call.runs),
        )


def _times(told: Mapping[str, datetime], shift: timedelta) -> dict[str, datetime]:
    """A run without a time of dispatch cannot be lived, so it is sent with the first thing known of it; crews acknowledge half-way."""
    times = {step: told[step] + shift for step in STEPS if step in told}
    if ACKNOWLEDGED not in times and EN_ROUTE in times and "dispatched" in times:
        half = (times[EN_ROUTE] - times["dispatched"]) / 2
        times[ACKNOWLEDGED] = times["dispatched"] + timedelta(seconds=int(half.total_seconds()))
    return {step: times[step] for step in STEPS if step in times}
