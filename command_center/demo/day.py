"""A day of calls from plausible rules: pure values, the same for the same seed, start and units."""

import math
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from command_center.demo.sample import Spot, Spots, types
from gis.selectors import DETOUR, metres_between
from kit.geo import Position

CALLS_A_DAY = 420
FURTHEST_METRES = 45_000
SPEEDS_KMH = {"EMERGENCY": 38.0, "SERVICE": 26.0}


@dataclass(frozen=True, slots=True)
class Vehicle:
    """A unit as the day needs it."""

    code: str
    department: str
    can: frozenset[str]
    home: Position


@dataclass(frozen=True, slots=True)
class Run:
    """One unit's part in a call: step (a code of `incidents` in lower case) to time, in order; `metres` from its home."""

    unit: str
    times: Mapping[str, datetime]
    metres: float


@dataclass(frozen=True, slots=True)
class DayCall:
    """A call with all that follows from it; times after the present have simply not happened yet."""

    id: str
    type: str
    spot: Spot
    words: str
    caller: tuple[str, str]
    received_at: datetime
    answered_at: datetime
    entered_at: datetime
    runs: tuple[Run, ...]
    resolved_at: datetime
    closed_at: datetime
    disposition: str
    severity: int
    stops_at: str


@dataclass(frozen=True, slots=True)
class Staged:
    """A call that is put into the day by hand.

    `stops_at` NEW, TRIAGE, PENDING or HELD, "" when it takes its course; `needs` () and `scene` (0, 0) for the type's; `base` the sub-district
    in whose middle it happens, "" for anywhere.
    """

    received_at: datetime
    type: str
    stops_at: str = ""
    needs: tuple[str, ...] = ()
    scene: tuple[int, int] = (0, 0)
    base: str = ""


def calls(
    *, seed: int, start: datetime, hours: float, vehicles: Sequence[Vehicle], spots: Spots, zone: ZoneInfo, staged: Sequence[Staged]
) -> Iterator[DayCall]:
    """The calls received from `start` on, in order; each takes the nearest units that are free and can do what its type needs."""
    rng = random.Random(seed)
    pool = _Pool(vehicles)
    every = types()["types"]
    shares = [one["share"] for one in every]
    plan = [Staged(at, rng.choices(every, shares)[0]["code"]) for at in _moments(rng, start, hours, zone)]
    for number, one in enumerate(sorted([*plan, *staged], key=lambda one: one.received_at), start=1):
        yield _call(rng, f"demo-{start:%Y%m%d%H%M%S}-{seed}-{number:04d}", one, pool, spots)


def _moments(rng: random.Random, start: datetime, hours: float, zone: ZoneInfo) -> list[datetime]:
    """Times of calls, fewer at night: drawn evenly and kept by the share of their hour in the city's zone."""
    by_hour = types()["by_hour"]
    most = max(by_hour)
    wanted = round(CALLS_A_DAY * hours / 24)
    kept: list[datetime] = []
    while len(kept) < wanted:
        at = start + timedelta(seconds=rng.randrange(int(hours * 3600)))
        if rng.random() * most < by_hour[at.astimezone(zone).hour]:
            kept.append(at)
    return sorted(kept)


class _Pool:
    """Which units are free when."""

    def __init__(self, vehicles: Sequence[Vehicle]) -> None:
        self._by_capability: dict[str, list[Vehicle]] = {}
        for vehicle in vehicles:
            for capability in vehicle.can:
                self._by_capability.setdefault(capability, []).append(vehicle)
        self._free_at: dict[str, datetime] = {}

    def nearest(self, capability: str, where: Position, at: datetime, taken: set[str]) -> tuple[Vehicle, float] | None:
        """The nearest free unit with a capability that is not in `taken`, with its distance in metres."""
        best: tuple[Vehicle, float] | None = None
        for vehicle in self._by_capability.get(capability, []):
            if vehicle.code in taken or self._free_at.get(vehicle.code, at) > at:
                continue
            metres = metres_between(vehicle.home, where)
            if metres < FURTHEST_METRES and (best is None or metres < best[1]):
                best = vehicle, metres
        return best

    def busy_until(self, code: str, at: datetime) -> None:
        """The unit is out until then."""
        self._free_at[code] = at


def _kind(one: Staged) -> dict[str, Any]:
    kind: dict[str, Any] = dict(next(kind for kind in types()["types"] if kind["code"] == one.type))
    if one.needs:
        kind["needs"] = list(one.needs)
    if one.scene[1]:
        kind["scene"] = list(one.scene)
    return kind


def _call(rng: random.Random, name: str, staged: Staged, pool: _Pool, spots: Spots) -> DayCall:
    kind, received_at = _kind(staged), staged.received_at
    spot = spots.beside(staged.base) if staged.base else spots.draw(rng)
    answered_at = received_at + timedelta(seconds=_skewed(rng, 3, 14))
    entered_at = answered_at + timedelta(seconds=_skewed(rng, 18, 50))
    sent_at = max(entered_at + timedelta(seconds=2), answered_at + timedelta(seconds=_skewed(rng, *kind["decide"])))
    runs: list[Run] = []
    taken: set[str] = set()
    for place, capability in enumerate([] if staged.stops_at else kind["needs"]):
        found = pool.nearest(capability, spot.position, sent_at, taken)
        if found is None:
            continue
        vehicle, metres = found
        taken.add(vehicle.code)
        run = _run(rng, kind, vehicle, metres, sent_at + timedelta(seconds=place * rng.randrange(2, 9)))
        pool.busy_until(vehicle.code, run.times["cleared"] + timedelta(minutes=4))
        runs.append(run)
    over_at = max((run.times["cleared"] for run in runs), default=entered_at + timedelta(minutes=30))
    is_emergency = kind["kind"] == "EMERGENCY"
    resolved_at = over_at + timedelta(seconds=rng.randrange(20, 120))
    closed_at = resolved_at + timedelta(seconds=rng.randrange(60, 300) if is_emergency else rng.randrange(900, 4500))
    severity = max(1, kind["severity"] - (1 if is_emergency and rng.random() < 0.06 else 0))
    caller = rng.choice(types()["callers"]), f"139{rng.randrange(10**8):08d}"
    words, ends = rng.choice(kind["words"]), rng.choice(kind["ends"])
    return DayCall(
        name,
        kind["code"],
        spot,
        words,
        caller,
        received_at,
        answered_at,
        entered_at,
        tuple(runs),
        resolved_at,
        closed_at,
        ends,
        severity,
        staged.stops_at,
    )


def _run(rng: random.Random, kind: dict[str, Any], vehicle: Vehicle, metres: float, sent_at: datetime) -> Run:
    kmh = SPEEDS_KMH[kind["kind"]] * rng.uniform(0.8, 1.2)
    road_metres = metres * DETOUR + 300
    times = {"dispatched": sent_at, "acknowledged": sent_at + timedelta(seconds=_skewed(rng, 4, 22))}
    turnout = _skewed(rng, 35, 100) if kind["kind"] == "EMERGENCY" else _skewed(rng, 90, 420)
    times["en_route"] = max(sent_at + timedelta(seconds=turnout), times["acknowledged"] + timedelta(seconds=3))
    times["on_scene"] = times["en_route"] + timedelta(seconds=round(road_metres / (kmh / 3.6)))
    leaves_at = times["on_scene"] + timedelta(seconds=_skewed(rng, *kind["scene"]))
    carries = kind.get("transport", False) or (kind["code"] == "crash-injury" and "transport" in vehicle.can)
    if carries and rng.random() < 0.8:
        times["patient_contact"] = times["on_scene"] + timedelta(seconds=_skewed(rng, 40, 160))
        leaves_at = times["transporting"] = max(leaves_at, times["patient_contact"] + timedelta(minutes=2))
        times["at_destination"] = leaves_at + timedelta(seconds=round(rng.uniform(2500, 9000) / (kmh / 3.6)))
        leaves_at = times["at_destination"] + timedelta(seconds=_skewed(rng, 500, 1300))
    times["cleared"] = leaves_at
    return Run(vehicle.code, times, metres)


def _skewed(rng: random.Random, low: float, high: float) -> int:
    """Whole seconds, most near `low`, few far beyond `high`, as durations of work are."""
    middle = low + (high - low) * 0.4
    return max(1, round(low + (middle - low) * math.exp(rng.gauss(0, 0.55))))
