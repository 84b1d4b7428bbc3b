"""Whether what the city has stored of a play is, to the second, what was played; read over the same API."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from exchange.cad import wire
from exchange.cad.life import Life
from exchange.cad.replaying import CONNECTIONS, Play
from exchange.cad.wire import Caller, CityAway, CommandRefused


@dataclass
class Verdict:
    """How many calls and times were compared, and what differs."""

    calls: int = 0
    times: int = 0
    different: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """The figures by name."""
        return {"calls": self.calls, "times": self.times, "different": len(self.different)}


async def compare(url: str, token: str, play: Play, lives: Iterable[Life]) -> Verdict:
    """Read every call of a play back and compare its times."""
    verdict = Verdict()
    async with wire.client(url, CONNECTIONS) as client:
        reader = Caller(client, token, asyncio.Semaphore(CONNECTIONS))
        for life in lives:
            number = play.opened.get(life.id)
            if number is None:
                verdict.different.append(f"{life.id}: was not opened")
                continue
            try:
                incident = await reader.get(f"/api/v1/incidents/{number}/")
                assignments = await reader.get(f"/api/v1/incidents/{number}/assignments/")
            except (CommandRefused, CityAway) as error:
                verdict.different.append(f"{life.id}: {error}")
                continue
            verdict.calls += 1
            _compare(verdict, life, incident, {row["unit"]["id"]: row for row in assignments})
    return verdict


def _compare(verdict: Verdict, life: Life, incident: dict[str, Any], rows: dict[int, dict[str, Any]]) -> None:
    _same(verdict, f"{life.id} received", life.received_at, incident["milestones"]["call_received"])
    firsts = {"first_assigned": "dispatched", "first_en_route": "en_route", "first_on_scene": "on_scene"}
    for milestone, step in firsts.items():
        expected = min((run.times[step] for run in life.runs if step in run.times), default=None)
        _same(verdict, f"{life.id} {milestone}", expected, incident["milestones"][milestone])
    for run in life.runs:
        times = rows.get(run.unit_id, {}).get("times", {})
        for step, at in run.times.items():
            _same(verdict, f"{life.id} unit {run.unit_id} {step}", at, times.get(step))
    if incident["status"] != "CLOSED":
        verdict.different.append(f"{life.id}: is {incident['status']}")


def _same(verdict: Verdict, name: str, expected: datetime | None, told: str | None) -> None:
    verdict.times += 1
    stored = datetime.fromisoformat(told) if told else None
    if stored != expected:
        verdict.different.append(f"{name}: {expected} was played, {stored} is stored")
