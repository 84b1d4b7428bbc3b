"""Plays calls as life over the REST API: every step at its moment, by the person whose step it is.

The play takes an iterator of `life.Life` in the order they were received, so a file, a generated day or a live feed can be behind it.
Within an incident commands go one after another; incidents run side by side over a bounded number of connections. Every command has an
idempotency key made of the call and the step: a play that is repeated with the same ids does nothing twice.
"""

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from statistics import quantiles
from typing import Any

import httpx

from exchange.cad import wire
from exchange.cad.accounts import Tokens
from exchange.cad.life import Life, Run
from exchange.cad.moving import MOST_AT_ONCE, WAY_HOME, Fleet
from exchange.cad.wire import Caller, CityAway, CommandRefused

CONNECTIONS = 12
MOVE_SECONDS = 1.0
PATIENCE_FOR_UNIT = 120.0
TRIES_TO_SEND = 5


@dataclass
class Summary:
    """What a play did; lags in seconds from the moment a command was due to the answer that it is stored."""

    calls: int = 0
    commands: int = 0
    positions: int = 0
    stacked: int = 0
    recalled: int = 0
    retries: int = 0
    refused: list[str] = field(default_factory=list)
    lags: list[float] = field(default_factory=list)
    seconds: float = 0.0

    def lag(self, percent: int) -> float:
        """The lag that so many of a hundred commands did not exceed; 0 before the first."""
        if len(self.lags) < 2:
            return round(sum(self.lags), 3)
        return round(quantiles(self.lags, n=100, method="inclusive")[percent - 1], 3)

    def as_json(self) -> dict[str, Any]:
        """The figures by name."""
        names = ("calls", "commands", "positions", "stacked", "recalled", "retries")
        lags = {"lag_p50": self.lag(50), "lag_p95": self.lag(95), "lag_max": round(max(self.lags, default=0.0), 3)}
        return {**{name: getattr(self, name) for name in names}, "refused": len(self.refused), **lags, "seconds": round(self.seconds, 1)}


@dataclass(frozen=True, slots=True)
class Clock:
    """The clock of a play: it stood at `start` when the machine's stood at `began`, and runs `speed` times as fast."""

    start: datetime
    speed: float
    began: float

    def due(self, at: datetime) -> float:
        """When the machine's monotonic clock reaches a moment of the play."""
        return self.began + (at - self.start).total_seconds() / self.speed

    def now(self) -> datetime:
        """The moment of the play."""
        return self.start + timedelta(seconds=(time.monotonic() - self.began) * self.speed)


@dataclass(frozen=True, slots=True)
class Event:
    """Something that is to happen in a call: `at` is what is told, `due_at` when, never before what comes before it."""

    due_at: datetime
    at: datetime
    step: str
    run: Run | None


def events(life: Life) -> list[Event]:
    """All that happens in a call after its report, in the order in which it happens; a run nobody ended is recalled before the closing."""
    found: list[Event] = []
    for run in life.runs:
        due = life.received_at
        for step, at in run.times.items():
            due = max(due, at)
            found.append(Event(due, at, step, run))
        if run.times and "cleared" not in run.times:
            found.append(Event(max(due, life.closed_at), life.closed_at, "recalled", run))
    found.sort(key=lambda event: event.due_at)
    last = max([life.closed_at, *(event.due_at for event in found)])
    return [*found, Event(last, life.closed_at, "closed", None)]


@dataclass(eq=False, slots=True)
class Job:
    """A unit's part in a call that has begun: when it ends by the calls' own times (None: never told), and whether it has ended here."""

    cleared_at: datetime | None
    ended: asyncio.Event = field(default_factory=asyncio.Event)


class Play:
    """One play. `tell` hears of every call that begins; `opened` gives the incident numbers by the lives' ids."""

    def __init__(self, client: httpx.AsyncClient, tokens: Tokens, *, speed: float, tell: Callable[[Summary, datetime], None]) -> None:
        gate = asyncio.Semaphore(CONNECTIONS)
        self._call_taker = Caller(client, tokens.call_taker, gate)
        self._dispatcher = Caller(client, tokens.dispatcher, gate)
        self._crews = Caller(client, tokens.crews, gate)
        # Positions must not wait behind commands, nor commands behind them.
        self._trackers = Caller(client, tokens.crews, asyncio.Semaphore(1))
        self._speed = speed
        self._tell = tell
        self._fleet = Fleet()
        self._jobs: dict[int, dict[str, Job]] = {}
        self.summary = Summary()
        self.opened: dict[str, str] = {}
        self.sent: dict[tuple[str, int], int] = {}
        self._done: dict[str, set[tuple[int, str]]] = {}

    async def run(self, lives: Iterable[Life]) -> Summary:
        """Play until every call has ended."""
        began = time.monotonic()
        mover: asyncio.Task[None] | None = None
        clock: Clock | None = None
        async with asyncio.TaskGroup() as group:
            for life in lives:
                clock = clock or Clock(life.received_at, self._speed, time.monotonic())
                mover = mover or asyncio.create_task(self._move(clock))
                await _sleep_until(clock.due(life.received_at))
                self.summary.calls += 1
                group.create_task(self._live(life, clock))
                self._tell(self.summary, clock.now())
        if mover is not None and clock is not None:
            mover.cancel()
            await self._tell_places(clock.now() + WAY_HOME)
        self.summary.seconds = time.monotonic() - began
        self.summary.retries = sum(caller.retries for caller in (self._call_taker, self._dispatcher, self._crews))
        return self.summary

    async def _live(self, life: Life, clock: Clock) -> None:
        """One call. What is refused is told and ends this call alone."""
        for run in life.runs:
            self._fleet.stand(run.unit_id, run.home)
            self._jobs.setdefault(run.unit_id, {})[life.id] = Job(run.times.get("cleared"))
        try:
            await self._timed(clock, life.received_at, self._report(life))
            for number, event in enumerate(events(life)):
                await _sleep_until(clock.due(event.due_at))
                if (event.run.unit_id if event.run else 0, event.step) not in self._done.get(life.id, ()):
                    await self._timed(clock, event.due_at, self._happen(life, event, f"{life.id}/{number}"))
        except (CommandRefused, CityAway) as error:
            self.summary.refused.append(f"{life.id}: {error}")
        finally:
            for run in life.runs:
                self._end(life, run)

    async def _timed(self, clock: Clock, due_at: datetime, command: Awaitable[None]) -> None:
        await command
        self.summary.commands += 1
        self.summary.lags.append(max(time.monotonic() - clock.due(due_at), 0.0))

    async def _report(self, life: Life) -> None:
        same = {name: getattr(life, name) for name in ("source", "type", "place_words", "address", "words", "caller_name", "caller_phone")}
        body: dict[str, Any] = {**same, "external_id": life.id, "received_at": life.received_at.isoformat()}
        if life.position:
            body["point"] = [life.position.lon, life.position.lat]
        if life.answered_at:
            body["answered_at"] = life.answered_at.isoformat()
        body |= {name: value for name in ("department", "region", "severity", "is_sample") if (value := getattr(life, name))}
        taken = await self._call_taker.post("/api/v1/reports/", body, key=_key(life.id, "report"))
        self.opened[life.id] = taken["number"]
        if not taken["is_new_incident"]:
            await self._take_up(life, taken["number"])

    async def _take_up(self, life: Life, number: str) -> None:
        """An earlier play of the same name came some way with this call: what it did is not done again."""
        incident = await self._dispatcher.get(f"/api/v1/incidents/{number}/")
        done = self._done.setdefault(life.id, {(0, "closed")} if incident["status"] == "CLOSED" else set())
        for row in await self._dispatcher.get(f"/api/v1/incidents/{number}/assignments/"):
            unit_id = row["unit"]["id"]
            self.sent[life.id, unit_id] = row["id"]
            done |= {(unit_id, step) for step, at in row["times"].items() if at is not None}
            done |= {(unit_id, "recalled")} if row["step"] == "CANCELLED" else set()

    async def _happen(self, life: Life, event: Event, key: str) -> None:
        run, at = event.run, event.at.isoformat()
        if run is None:
            path = f"/api/v1/incidents/{self.opened[life.id]}/close/"
            await self._dispatcher.post(path, {"disposition": life.disposition, "at": at}, key=_key(key))
        elif (life.id, run.unit_id) not in self.sent:
            await self._send(life, run, event.at, key)
            if event.step != "dispatched":
                await self._advance(life, run, event.step, at, key)
        elif event.step == "recalled":
            path = f"/api/v1/assignments/{self.sent[life.id, run.unit_id]}/cancel/"
            await self._dispatcher.post(path, {"reason": "the source does not say when it was free again"}, key=_key(key))
            self.summary.recalled += 1
            self._end(life, run)
        else:
            await self._advance(life, run, event.step, at, key)
        if run is not None:
            self._fleet.follow(life, run, event.step, event.due_at)

    async def _send(self, life: Life, run: Run, at: datetime, key: str) -> None:
        """Send a unit; one that is still bound gets the job behind its present one, as at a console.

        Between the two answers its crew may say that it is free, or another desk may send it: then it is asked again.
        """
        path = f"/api/v1/incidents/{self.opened[life.id]}/assignments/"
        body = {"unit": run.unit_id, "at": at.isoformat()}
        await self._wait_for_unit(life, run, at)
        for number in range(TRIES_TO_SEND):
            for address, tag, refusal in ((path, "send", "unit_busy"), (f"{path}stacked/", "stack", "nothing_to_stack_on")):
                try:
                    sent = await self._dispatcher.post(address, body, key=_key(key, f"{tag}{number}"))
                except CommandRefused as refused:
                    if refused.code != refusal or (number == TRIES_TO_SEND - 1 and tag == "stack"):
                        raise
                    continue
                self.summary.stacked += tag == "stack"
                self.sent[life.id, run.unit_id] = sent["id"]
                return

    async def _wait_for_unit(self, life: Life, run: Run, at: datetime) -> None:
        """What the unit had ended by then must have ended here too: at sixty times the pace of life a second between two jobs is very short."""
        for name, job in list(self._jobs[run.unit_id].items()):
            if name != life.id and job.cleared_at is not None and job.cleared_at <= at:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(job.ended.wait(), timeout=PATIENCE_FOR_UNIT)

    async def _advance(self, life: Life, run: Run, step: str, at: str, key: str) -> None:
        path = f"/api/v1/assignments/{self.sent[life.id, run.unit_id]}/advance/"
        await self._crews.post(path, {"step": step.upper(), "at": at, "source": "BUTTON"}, key=_key(key, step))
        if step == "cleared":
            self._end(life, run)

    def _end(self, life: Life, run: Run) -> None:
        job = self._jobs[run.unit_id].pop(life.id, None)
        if job is not None:
            job.ended.set()

    async def _move(self, clock: Clock) -> None:
        """Tell once a second where the units are."""
        while True:
            await self._tell_places(clock.now())
            await asyncio.sleep(MOVE_SECONDS)

    async def _tell_places(self, moment: datetime) -> None:
        """A batch that is lost is made good by the next."""
        fixes = self._fleet.fixes(moment, datetime.now(UTC))
        for start in range(0, len(fixes), MOST_AT_ONCE):
            try:
                told = await self._trackers.send("/api/v1/positions/", {"positions": fixes[start : start + MOST_AT_ONCE]})
                self.summary.positions += told["accepted"]
            except (CommandRefused, httpx.HTTPError) as error:
                self.summary.refused.append(f"positions: {error}")


def _key(*parts: str) -> str:
    """An idempotency key: at most a hundred printable characters without blanks."""
    text = "/".join(parts).replace(" ", "_")
    return text if text.isascii() and len(text) <= 100 else sha256(text.encode()).hexdigest()


async def _sleep_until(due: float) -> None:
    delay = due - time.monotonic()
    if delay > 0:
        await asyncio.sleep(delay)


async def play(url: str, tokens: Tokens, lives: Iterable[Life], *, speed: float, tell: Callable[[Summary, datetime], None]) -> Play:
    """Play lives against a city at an address; the play holds its summary and what it opened."""
    async with wire.client(url, CONNECTIONS + 1) as client:
        one = Play(client, tokens, speed=speed, tell=tell)
        await one.run(lives)
    return one
