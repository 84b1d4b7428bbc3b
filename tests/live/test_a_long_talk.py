"""Five hundred screens in one room for half an hour, which go without a word and come back: in the end each shows what the city has."""

import asyncio
import http.client
import json
import os
import random
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.live.proof.readers import Reader
from tests.live.proof.stage import Stage
from tests.live.test_memory import rss

MINUTES = float(os.environ.get("CITY_SOAK_MINUTES", "30"))
SCREENS, PEOPLE, PER_SECOND = 500, 125, 4.0
STAYS = (5.0, 115.0)
PIECE = 200
AGAIN_SECONDS = 3.0
MEGABYTE = 2**20


def asked(port: int, cookie: str, address: str) -> Any:
    """What the city answers somebody who is signed in."""
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        line.request("GET", address, headers={"Cookie": f"sessionid={cookie}", "Accept": "application/json"})
        answer = line.getresponse()
        said = answer.read()
        if answer.status != 200:
            raise OSError(f"{answer.status}: {said[:200]!r}")
        return json.loads(said)
    finally:
        line.close()


def changes(port: int, cookie: str, room: int, since: int) -> tuple[int, list[dict[str, Any]]]:
    """Every message that changed after a revision, and the revision they bring one to."""
    found: list[dict[str, Any]] = []
    while True:
        page = asked(port, cookie, f"/api/v1/rooms/{room}/messages/?since={since}&limit={PIECE}")
        found += page["items"]
        since = max([since, *(each["revision"] for each in page["items"])])
        if len(page["items"]) < PIECE:
            return max(since, page["last_revision"]), found


@dataclass
class Screen(Reader):
    """What `static/js/chat-room.js` does: frames in step are taken, and everything else is asked for."""

    room: int = 0
    revision: int = 0
    messages: dict[int, dict[str, Any]] = field(default_factory=dict)
    by_frame: int = 0
    questions: int = 0
    unanswered: int = 0
    asking: "asyncio.Task[None] | None" = None
    is_asked_again: bool = False

    async def listen(self, is_over: asyncio.Event) -> None:
        self.catch_up()
        await super().listen(is_over)

    def take(self, frame: dict[str, Any]) -> int:
        taken = super().take(frame)
        data = frame.get("data") or {}
        if "resync" in frame:
            self.catch_up()
        if data.get("room_id") == self.room and data.get("revision", 0) > self.revision:
            body = frame.get("body") or {}
            if data["revision"] == self.revision + 1 and body.get("seq") == data["seq"]:
                self.revision = data["revision"]
                self.by_frame += 1
                self.keep([body])
            else:
                self.catch_up()
        return taken

    def keep(self, came: list[dict[str, Any]]) -> None:
        for each in came:
            known = self.messages.get(each["seq"])
            if known is None or known["revision"] < each["revision"]:
                self.messages[each["seq"]] = each

    def catch_up(self) -> None:
        if self.asking is not None and not self.asking.done():
            self.is_asked_again = True
        else:
            self.asking = asyncio.ensure_future(self.ask())

    async def ask(self) -> None:
        while True:
            self.is_asked_again = False
            self.questions += 1
            try:
                revision, came = await asyncio.to_thread(changes, self.port, self.cookie, self.room, self.revision)
            except (OSError, http.client.HTTPException):
                self.unanswered += 1
                await asyncio.sleep(AGAIN_SECONDS)
                continue
            self.revision = max(self.revision, revision)
            self.keep(came)
            if not self.is_asked_again:
                return


@contextmanager
def talk(stage: Stage) -> Iterator[tuple[dict[str, Any], Counter[str]]]:
    """People who talk in a room, in a program of their own; what they did is known when they have ended."""
    did = Counter[str]()
    with stage.program("-m", "tests.live.proof.talker") as program:
        assert program.stdin
        assert program.stdout
        program.stdin.write(json.dumps({"people": PEOPLE, "per_second": PER_SECOND}) + "\n")
        program.stdin.flush()
        yield json.loads(program.stdout.readline()), did
        program.stdin.close()
        did.update(json.loads(program.stdout.readline())["did"])


async def watch(stage: Stage, there: dict[str, Any], is_silent: threading.Event) -> tuple[list[Screen], list[dict[str, Any]]]:
    """Everybody comes and goes until nobody speaks any more and each is in step; gives them, and what the city has."""
    is_over = asyncio.Event()
    cookies, room = there["cookies"], there["room"]
    screens = [Screen(stage.port, cookies[number % PEOPLE], STAYS, room=room) for number in range(SCREENS)]

    async def come(screen: Screen) -> None:
        await asyncio.sleep(random.uniform(0, 15))
        await screen.run(is_over)

    tasks = [asyncio.ensure_future(come(screen)) for screen in screens]
    await asyncio.to_thread(is_silent.wait)
    last, truth = await asyncio.to_thread(changes, stage.port, cookies[0], room, 0)
    until = time.monotonic() + 180
    while any(screen.revision < last for screen in screens) and time.monotonic() < until:
        await asyncio.sleep(0.5)
    is_over.set()
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks, timeout=30)
    return screens, truth


@pytest.mark.soak
@pytest.mark.timeout(7200)
def test_whoever_comes_and_goes_for_half_an_hour_ends_with_what_the_city_has(stage: Stage) -> None:
    is_silent, web = threading.Event(), stage.pid("web")
    found: list[tuple[list[Screen], list[dict[str, Any]]]] = []
    with talk(stage) as (there, did):
        crowd = threading.Thread(target=lambda: found.append(asyncio.run(watch(stage, there, is_silent))))
        crowd.start()
        time.sleep(min(60.0, MINUTES * 30))
        base = rss(web)
        time.sleep(max(0.0, MINUTES * 60 - 60))
        grown = rss(web) - base
    is_silent.set()
    crowd.join()
    screens, rows = found[0]
    truth = {each["seq"]: each for each in rows}

    print(f"{SCREENS} screens, {MINUTES:g} min: {dict(did)}; {len(truth)} messages at revision {max(each['revision'] for each in rows)}")
    print(f"{sum(each.connections for each in screens)} connections, {sum(each.by_frame for each in screens)} changes by frame,")
    print(f"{sum(each.questions for each in screens)} questions, {sum(each.unanswered for each in screens)} of them unanswered,")
    print(f"{sum(each.resyncs for each in screens)} resyncs; web {base / MEGABYTE:.0f} MB {grown / MEGABYTE:+.0f} MB")
    wrong = [number for number, screen in enumerate(screens) if screen.messages != truth]
    assert not wrong, f"{len(wrong)} screens show something else than the city has"
    assert sum(screen.doubled for screen in screens) == 0
    assert min(screen.connections for screen in screens) > 1, "a screen that never left proves nothing"
    assert stage.pid("web") == web
