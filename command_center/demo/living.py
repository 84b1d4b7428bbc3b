"""The day of the demo city lived through: what is over comes in as history, what is not runs through the same verbs that operators use."""

import math
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from access.actors import Actor
from command_center.demo.day import DayCall, Run, Vehicle
from command_center.demo.sample import types
from incidents import services as incidents
from incidents.models.assignments import Source, Step
from incidents.past import PastAssignment, PastCall
from incidents.services.common import Moment
from incidents.services.reporting import NewReport
from incidents.services.work import NewTask
from kit.geo import Position
from resources.positions.fixes import Fix


@dataclass(frozen=True, slots=True)
class Stage:
    """Who acts, and the ids behind the day's codes."""

    actors: dict[str, Actor]
    units: dict[str, int]
    departments: dict[str, int]
    regions: dict[str, int]
    types: dict[str, int]
    dispositions: dict[str, int]


def is_over(call: DayCall, now: datetime) -> bool:
    """Whether nothing of it is left to be done."""
    return not call.stops_at and call.closed_at <= now


def as_past(call: DayCall, stage: Stage) -> PastCall:
    """A call that is over, for the bulk import."""
    kind = _kind(call)
    return PastCall(
        external_id=call.id,
        department_id=stage.departments[kind["department"]],
        region_id=stage.regions.get(call.spot.region),
        type_id=stage.types[call.type],
        kind=str(kind["kind"]),
        severity=call.severity,
        disposition_id=stage.dispositions[call.disposition],
        received_at=call.received_at,
        entered_at=call.entered_at,
        answered_at=call.answered_at,
        position=call.spot.position,
        address=call.spot.address,
        place_words=call.spot.address,
        words=call.words,
        assignments=tuple(PastAssignment(stage.units[run.unit], {Step(step.upper()): at for step, at in run.times.items()}) for run in call.runs),
        is_sample=True,
    )


def _kind(call: DayCall) -> dict[str, str]:
    return next(kind for kind in types()["types"] if kind["code"] == call.type)


Act = Callable[[datetime], object]
Event = tuple[datetime, int, Act]


class Life:
    """Incidents that are still open: every step up to now, in the order of time over all of them."""

    def __init__(self, stage: Stage, seed: int) -> None:
        self._stage = stage
        self._rng = random.Random(seed)
        self._incidents: dict[str, int] = {}
        self._assignments: dict[tuple[str, str], int] = {}

    def live(self, calls: Sequence[DayCall], now: datetime) -> int:
        """Take each call to where it stands now; gives how many are open."""
        events = [event for call in calls for event in self._events(call, now)]
        for at, _order, act in sorted(events, key=lambda event: event[:2]):
            if at <= now:
                act(at)
        return len(calls)

    def _events(self, call: DayCall, now: datetime) -> Iterator[Event]:
        yield call.entered_at, 0, lambda at: self._report(call, at)
        if call.stops_at != "NEW":
            yield call.entered_at + timedelta(seconds=4), 1, lambda at: self._on(call, "calltaker", incidents.start_triage, at)
        if call.stops_at in ("PENDING", "HELD") or (not call.runs and not call.stops_at):
            yield call.entered_at + timedelta(seconds=25), 2, lambda at: self._on(call, "dispatcher", incidents.validate_incident, at)
        if call.stops_at == "HELD":
            yield call.entered_at + timedelta(minutes=20), 3, lambda at: self._hold(call, at, now)
        for run in call.runs:
            yield from self._run_events(call, run)
        if not call.stops_at and call.resolved_at <= now:
            yield call.resolved_at, 8, lambda at: self._on(call, "dispatcher", incidents.resolve_incident, at)
        if len(call.runs) >= 5:
            yield from self._great_events(call)

    def _run_events(self, call: DayCall, run: Run) -> Iterator[Event]:
        for order, (step, at) in enumerate(run.times.items(), start=4):
            if step == "dispatched":
                yield at, order, lambda at, run=run: self._dispatch(call, run, at)  # type: ignore[misc]
            else:
                yield at, order, lambda at, run=run, step=step: self._advance(call, run, step, at)  # type: ignore[misc]

    def _great_events(self, call: DayCall) -> Iterator[Event]:
        """What only a great incident has: a response level, tasks for others, notes, more callers."""
        words = types()
        start = call.entered_at
        yield start + timedelta(seconds=70), 9, lambda at: self._again(call, words["duplicate"][0], at)
        yield start + timedelta(seconds=130), 9, lambda at: self._again(call, words["duplicate"][1], at)
        yield start + timedelta(minutes=3), 9, lambda at: self._raise(call, at)
        for place, (title, department) in enumerate(words["tasks"]):
            code = f"office-{call.spot.district}" if department == "office" else department
            yield start + timedelta(minutes=5 + 2 * place), 9, lambda at, title=title, code=code: self._task(call, title, code, at)  # type: ignore[misc]
        for place, note in enumerate(words["notes"][:2]):
            yield start + timedelta(minutes=8 + 5 * place), 9, lambda at, note=note: self._note(call, note, at)  # type: ignore[misc]

    def _report(self, call: DayCall, at: datetime) -> None:
        report = self._new_report(call, call.words, call.received_at, call.answered_at, call.id)
        self._incidents[call.id] = incidents.report_incident(self._stage.actors["calltaker"], report=report, now=at).pk

    def _new_report(self, call: DayCall, words: str, received_at: datetime, answered_at: datetime | None, external_id: str) -> NewReport:
        return NewReport(
            source="PHONE",
            type_id=self._stage.types[call.type],
            place_words=call.spot.address,
            address=call.spot.address,
            received_at=received_at,
            answered_at=answered_at,
            position=call.spot.position,
            words=words,
            caller_name=call.caller[0],
            caller_phone=call.caller[1],
            severity=call.severity,
            external_id=external_id,
            is_sample=True,
        )

    def _on(self, call: DayCall, who: str, verb: Callable[..., object], at: datetime) -> None:
        verb(self._stage.actors[who], incident_id=self._incidents[call.id], now=at)

    def _dispatch(self, call: DayCall, run: Run, at: datetime) -> None:
        assignment = incidents.dispatch_unit(
            self._stage.actors["dispatcher"],
            incident_id=self._incidents[call.id],
            unit_id=self._stage.units[run.unit],
            moment=Moment(at),
            now=at,
        )
        self._assignments[call.id, run.unit] = assignment.pk

    def _advance(self, call: DayCall, run: Run, step: str, at: datetime) -> None:
        """Fire crews press their buttons; the others tell the room by radio."""
        is_fire = run.unit.startswith("F")
        incidents.advance_assignment(
            self._stage.actors["crew" if is_fire else "dispatcher"],
            assignment_id=self._assignments[call.id, run.unit],
            step=step.upper(),
            moment=Moment(at, Source.BUTTON if is_fire else Source.RADIO),
            now=at,
        )

    def _hold(self, call: DayCall, at: datetime, now: datetime) -> None:
        reason, review_on = types()["hold"], (now + timedelta(days=1)).date()
        incidents.hold_incident(self._stage.actors["dispatcher"], incident_id=self._incidents[call.id], reason=reason, review_on=review_on, now=at)

    def _again(self, call: DayCall, words: str, at: datetime) -> None:
        report = self._new_report(call, words, at, None, "")
        incidents.attach_report(self._stage.actors["calltaker"], incident_id=self._incidents[call.id], report=report, now=at)

    def _raise(self, call: DayCall, at: datetime) -> None:
        commander, incident_id = self._stage.actors["commander"], self._incidents[call.id]
        incidents.raise_incident(commander, incident_id=incident_id, kind="EMERGENCY", severity=2, now=at)
        incidents.set_response_level(commander, incident_id=incident_id, level="IV", reason=call.words, now=at)

    def _task(self, call: DayCall, title: str, department: str, at: datetime) -> None:
        task = NewTask(title=title, department_id=self._stage.departments[department], due_at=at + timedelta(minutes=20))
        incidents.issue_task(self._stage.actors["commander"], incident_id=self._incidents[call.id], task=task, now=at)

    def _note(self, call: DayCall, words: str, at: datetime) -> None:
        incidents.write_note(self._stage.actors["supervisor"], incident_id=self._incidents[call.id], words=words, now=at)


def fixes(vehicles: Sequence[Vehicle], units: dict[str, int], calls: Sequence[DayCall], now: datetime, seed: int) -> list[Fix]:
    """Where every unit at work is now: on its way, or at its incident. One that waits at its station reports nothing, as with its engine off."""
    rng = random.Random(seed)
    running = {run.unit: (run, call) for call in calls for run in call.runs if run.times["dispatched"] <= now < run.times["cleared"]}
    made = []
    for vehicle in vehicles:
        if vehicle.code not in running:
            continue
        run, call = running[vehicle.code]
        at = now - timedelta(seconds=rng.randrange(2, 20))
        jitter = (rng.uniform(-0.0004, 0.0004), rng.uniform(-0.0003, 0.0003))
        where, heading, speed = _on_the_way(vehicle.home, call.spot.position, run, now)
        made.append(Fix(units[vehicle.code], at, where.lon + jitter[0], where.lat + jitter[1], heading, speed, 8.0))
    return made


def _on_the_way(home: Position, goal: Position, run: Run, now: datetime) -> tuple[Position, int | None, float]:
    leaves, arrives = run.times["en_route"], run.times["on_scene"]
    share = min(1.0, max(0.0, (now - leaves) / (arrives - leaves)))
    where = Position(home.lon + (goal.lon - home.lon) * share, home.lat + (goal.lat - home.lat) * share)
    if not 0 < share < 1:
        return where, None, 0.0
    heading = round(math.degrees(math.atan2((goal.lon - home.lon) * math.cos(math.radians(home.lat)), goal.lat - home.lat))) % 360
    return where, heading, round(run.metres / (arrives - leaves).total_seconds(), 1)
