"""The recommendation tried on a history: at each call of the past, which unit would it have named, and which went?

The world is played again from the assignments alone: who was free, and where. A unit that has cleared is where its last call was, and drives
home in a straight line; one that has a station and no job stands there. A unit is on duty when it had a job within half a day before or after.
The same rules weigh the units as in a live call.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from statistics import median

from access.actors import Actor
from gis import selectors as gis
from incidents import selectors
from incidents.choosing import Server, Slot, fill
from incidents.models import Weighing
from incidents.weighing import LONGEST_JOB, Known, Weight, rules, weigh
from kit.geo import Position
from resources import selectors as resources

LOOK = 12
ON_DUTY = timedelta(hours=12)
MOST_CALLS = 100_000


@dataclass(frozen=True, slots=True)
class Job:
    """A unit at a call of the past."""

    incident_id: int
    unit_id: int
    at: datetime
    until: datetime
    en_route_at: datetime | None
    on_scene_at: datetime | None
    place: Position


@dataclass(frozen=True, slots=True)
class Call:
    """A call of the past: its level, its place, and its jobs, the first that was sent first (of several at once: who was there first)."""

    incident_id: int
    type_code: str
    severity: int
    place: Position
    jobs: tuple[Job, ...]


@dataclass(slots=True)
class Vehicle:
    """A unit of the past: kind, home if known, and its jobs in order."""

    unit_id: int
    kind: str
    speed_kmh: float
    home: Position | None
    jobs: list[Job] = field(default_factory=list)
    starts: list[datetime] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Compared:
    """One call: the unit that went first, the one recommended, both modelled times to the place in seconds, and the true one if it is known."""

    went: int
    recommended: int
    is_among_sent: bool
    went_seconds: float
    recommended_seconds: float
    true_seconds: float | None
    is_rule_equal: bool


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the table: shares of calls from 0 to 1, medians in seconds."""

    kind: str
    calls: int
    equal: float
    among_sent: float
    nearest_home_equal: float
    recommended_median: float
    went_median: float
    true_median: float | None
    sooner: float


@dataclass(frozen=True, slots=True)
class Backtest:
    """What a history says: a line for all and one for each kind of unit; `read` calls of which `compared` could be, and why others could not."""

    since: datetime
    until: datetime
    read: int
    compared: int
    left_out: dict[str, int]
    lines: tuple[Line, ...]


def run(actor: Actor, *, since: datetime, until: datetime, department_id: int | None) -> Backtest:
    """Try the recommendation on the calls received in a span of time that the actor may analyse."""
    vehicles, calls = _history(actor, since, until, department_id)
    rule, left_out, found = rules(), Counter[str](), []
    for call in calls:
        outcome = _compare(call, vehicles, rule)
        if isinstance(outcome, str):
            left_out[outcome] += 1
        else:
            found.append((vehicles[call.jobs[0].unit_id].kind, outcome))
    kinds = [kind for kind, _count in Counter(kind for kind, _one in found).most_common()]
    lines = [_line("", [one for _kind, one in found])] if found else []
    lines += [_line(kind, [one for its, one in found if its == kind]) for kind in kinds]
    return Backtest(since, until, len(calls), len(found), dict(left_out), tuple(lines))


def _history(actor: Actor, since: datetime, until: datetime, department_id: int | None) -> tuple[dict[int, Vehicle], list[Call]]:
    incidents = selectors.analysable(actor).filter(call_received_at__gte=since - ON_DUTY, call_received_at__lt=until + ON_DUTY, point__isnull=False)
    if department_id is not None:
        incidents = incidents.filter(department_id=department_id)
    about = {
        pk: (code, severity, received, Position.of(point))
        for pk, code, severity, received, point in incidents.values_list("pk", "type__code", "severity", "call_received_at", "point")[:MOST_CALLS]
        if point is not None
    }
    names = "incident_id", "unit_id", "dispatched_at", "en_route_at", "on_scene_at", "cleared_at", "cancelled_at"
    rows = selectors.assignments_among(incidents).filter(dispatched_at__isnull=False).values_list(*names)
    jobs: dict[int, list[Job]] = {}
    for incident_id, unit_id, at, en_route_at, on_scene_at, cleared_at, cancelled_at in rows:
        if incident_id in about:
            end = cleared_at or cancelled_at or on_scene_at or at
            jobs.setdefault(incident_id, []).append(Job(incident_id, unit_id, at, max(end, at), en_route_at, on_scene_at, about[incident_id][3]))
    vehicles = _vehicles(job for each in jobs.values() for job in each)
    calls = [
        Call(pk, code, severity, place, tuple(sorted(jobs[pk], key=_who_was_first)))
        for pk, (code, severity, received, place) in about.items()
        if pk in jobs and since <= received < until
    ]
    return vehicles, sorted(calls, key=lambda call: (call.jobs[0].at, call.incident_id))


def _who_was_first(job: Job) -> tuple[datetime, datetime, datetime, int]:
    never = datetime.max.replace(tzinfo=job.at.tzinfo)
    return job.at, job.on_scene_at or never, job.en_route_at or never, job.unit_id


def _vehicles(jobs: Iterable[Job]) -> dict[int, Vehicle]:
    by_unit: dict[int, list[Job]] = {}
    for job in jobs:
        by_unit.setdefault(job.unit_id, []).append(job)
    made = {}
    for unit in resources.units_of_the_past(by_unit):
        its = sorted(by_unit[unit.pk], key=lambda job: (job.at, job.incident_id))
        home = Position.of(unit.station.point) if unit.station else None
        made[unit.pk] = Vehicle(unit.pk, unit.type.code, float(unit.type.speed_kmh or 40), home, its, [job.at for job in its])
    return made


def _compare(call: Call, vehicles: dict[int, Vehicle], rule: Weighing) -> Compared | str:
    """The call compared, or why it cannot be."""
    first = call.jobs[0]
    went = vehicles[first.unit_id]
    ready = [(one, spot) for one in vehicles.values() if one.kind == went.kind and (spot := _free_at(one, first))]
    spots = {one.unit_id: spot for one, spot in ready}
    if went.unit_id not in spots:
        return "the unit that went was at another call, or nobody knows from where it came"
    near = sorted(ready, key=lambda each: gis.metres_between(each[1][0], call.place))[:LOOK]
    if went.unit_id not in {one.unit_id for one, _spot in near}:
        near.append((went, spots[went.unit_id]))
    travels = gis.travel_times([spot[0] for _one, spot in near], call.place, speed_kmh=[one.speed_kmh for one, _spot in near])
    weights = {
        one.unit_id: _weight(one, spot, travel.seconds, ready, first.at, call.severity, rule)
        for (one, spot), travel in zip(near, travels, strict=True)
    }
    kind = frozenset({1})
    free = [Server(unit_id, kind) for unit_id in sorted(weights)]
    [filled] = fill([Slot(1)], sent=[], free=free, cost=lambda unit_id, _beside: weights[unit_id].weighed)
    best = filled.unit_id if filled.unit_id is not None else went.unit_id
    return Compared(
        went=went.unit_id,
        recommended=best,
        is_among_sent=best in {job.unit_id for job in call.jobs},
        went_seconds=weights[went.unit_id].eta,
        recommended_seconds=weights[best].eta,
        true_seconds=(first.on_scene_at - first.at).total_seconds() if first.on_scene_at else None,
        is_rule_equal=_nearest_home(ready, call.place) == went.unit_id,
    )


def _free_at(vehicle: Vehicle, job: Job) -> tuple[Position, str] | None:
    """Where a vehicle is when a job is given and what it does, None when it is busy, off duty, or nobody knows."""
    at = job.at
    before = bisect_right(vehicle.starts, at)
    past = [one for one in vehicle.jobs[max(0, before - 4) : before] if one.incident_id != job.incident_id]
    if any(one.until > at for one in past):
        return None
    last = past[-1] if past else None
    following = next((one for one in vehicle.jobs[before : before + 2] if one.incident_id != job.incident_id), None)
    is_on_duty = vehicle.unit_id == job.unit_id or (last and at - last.until < ON_DUTY) or (following and following.at - at < ON_DUTY)
    if not is_on_duty:
        return None
    if last is None:
        return (vehicle.home, "AT_STATION") if vehicle.home else None
    if vehicle.home is None:
        return last.place, "ON_RADIO"
    way = gis.straight_line(last.place, vehicle.home, kmh=vehicle.speed_kmh).seconds
    done = (at - last.until).total_seconds() / way if way else 1.0
    if done >= 1:
        return vehicle.home, "AT_STATION"
    lon = last.place.lon + (vehicle.home.lon - last.place.lon) * done
    lat = last.place.lat + (vehicle.home.lat - last.place.lat) * done
    return Position(lon, lat), "RETURNING"


def _weight(
    one: Vehicle,
    spot: tuple[Position, str],
    travel: float,
    ready: Sequence[tuple[Vehicle, tuple[Position, str]]],
    at: datetime,
    severity: int,
    rule: Weighing,
) -> Weight:
    base = one.home or spot[0]
    behind = [gis.straight_line(place, base, kmh=other.speed_kmh).seconds for other, (place, _doing) in ready if other.unit_id != one.unit_id]
    since = at - timedelta(hours=rule.rest_window_hours)
    begin = bisect_right(one.starts, since - LONGEST_JOB)
    worked = sum(max(0.0, (min(job.until, at) - max(job.at, since)).total_seconds()) for job in one.jobs[begin : bisect_right(one.starts, at)])
    known = Known(
        activity=spot[1], travel=travel, is_conditional=False, is_lost=False, is_barred=False, worked=worked, cover=min(behind, default=None)
    )
    return weigh(rule, known, all_counts=severity >= rule.weighs_from_severity)


def _nearest_home(ready: Sequence[tuple[Vehicle, tuple[Position, str]]], place: Position) -> int | None:
    """What a plain rule would name: of the free units the one whose station is nearest, wherever it is now."""
    with_home = [(gis.metres_between(one.home or spot[0], place), one.unit_id) for one, spot in ready]
    return min(with_home, default=(0.0, None))[1]


def _line(kind: str, found: Sequence[Compared]) -> Line:
    true = [one.true_seconds for one in found if one.true_seconds is not None and 0 < one.true_seconds < 7200]
    return Line(
        kind=kind,
        calls=len(found),
        equal=sum(one.recommended == one.went for one in found) / len(found),
        among_sent=sum(one.is_among_sent for one in found) / len(found),
        nearest_home_equal=sum(one.is_rule_equal for one in found) / len(found),
        recommended_median=median(one.recommended_seconds for one in found),
        went_median=median(one.went_seconds for one in found),
        true_median=median(true) if true else None,
        sooner=sum(one.recommended_seconds < one.went_seconds - 1 for one in found) / len(found),
    )
