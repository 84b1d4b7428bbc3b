"""Readers: one resumes by position like `static/live/socket.js`; the naive ones do what tutorials show."""

import asyncio
import json
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import psycopg
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidHandshake, WebSocketException

from tests.live.proof.judge import Seen

GONE = (OSError, WebSocketException, InvalidHandshake, TimeoutError, EOFError)


def seen_of(frame: dict[str, Any]) -> Seen | None:
    """The write an event tells of; None for other events."""
    data = frame.get("data") or {}
    return Seen(data["key"], data["subject"], data["n"]) if frame.get("name") in {"proof.ticked", "proof.mumbled"} else None


@dataclass
class Reader:
    """Comes, goes without a word at any moment, comes back with the last position it has seen."""

    port: int
    cookie: str
    stays: tuple[float, float] = (0.5, 4.0)
    position: int = 0
    received: list[Seen] = field(default_factory=list)
    positions: list[int] = field(default_factory=list)
    resyncs: int = 0
    doubled: int = 0
    holes: int = 0
    connections: int = 0
    closes: list[int] = field(default_factory=list)

    async def run(self, is_over: asyncio.Event) -> None:
        while not is_over.is_set():
            try:
                async with asyncio.timeout(random.uniform(*self.stays)):
                    await self.listen(is_over)
            except TimeoutError:
                continue
            except GONE:
                await asyncio.sleep(random.uniform(0.1, 0.5))

    def open(self) -> connect:
        host = f"127.0.0.1:{self.port}"
        headers = {"Cookie": f"sessionid={self.cookie}"}
        return connect(
            f"ws://{host}/live/",
            origin=f"http://{host}",
            additional_headers=headers,
            compression=None,
            open_timeout=3,
            close_timeout=0.2,
            ping_interval=None,
        )  # type: ignore[arg-type]

    async def listen(self, is_over: asyncio.Event) -> None:
        async with self.open() as socket:
            self.connections += 1
            await socket.send(json.dumps({"since": self.position}))
            unacked = 0
            async for message in socket:
                unacked += self.take(json.loads(message))
                if unacked >= 50:
                    unacked = 0
                    await socket.send(json.dumps({"ack": self.position}))
                if is_over.is_set():
                    return
        self.closes.append(socket.close_code or 0)

    def take(self, frame: dict[str, Any]) -> int:
        if "heartbeat" in frame:
            self.position = max(self.position, frame["heartbeat"])
        if "resync" in frame:
            self.resyncs += 1
        if "name" not in frame:
            return 0
        self.doubled += frame["position"] <= self.position
        self.holes += frame["prev"] > self.position
        self.position = frame["position"]
        self.positions.append(frame["position"])
        seen = seen_of(frame)
        if seen is not None:
            self.received.append(seen)
        return 1


async def replayed(reader: Reader, since: int) -> list[int]:
    """The positions a newcomer gets who was last here at `since`, up to where it is current."""
    positions: list[int] = []
    async with reader.open() as socket:
        await socket.send(json.dumps({"since": since}))
        async for message in socket:
            frame = json.loads(message)
            if "heartbeat" in frame or "resync" in frame:
                return positions
            if "name" in frame:
                positions.append(frame["position"])
                await _acknowledge(socket, positions)
    return positions


async def _acknowledge(socket: ClientConnection, positions: list[int]) -> None:
    if len(positions) % 50 == 0:
        await socket.send(json.dumps({"ack": positions[-1]}))


@dataclass
class GroupReader(Reader):
    """The textbook: whatever the group sends while it is connected."""

    async def listen(self, is_over: asyncio.Event) -> None:
        async with self.open() as socket:
            async for message in socket:
                seen = seen_of(json.loads(message))
                if seen is not None:
                    self.received.append(seen)
                if is_over.is_set():
                    return


@dataclass
class TableReader:
    """Asks the log for `id > last_seen`, two hundred times a second."""

    url: str
    last: int = 0
    received: list[Seen] = field(default_factory=list)

    def run(self, is_over: Callable[[], bool]) -> None:
        while not is_over():
            try:
                with psycopg.connect(self.url, autocommit=True, connect_timeout=2) as db:
                    while not is_over():
                        self.poll(db)
                        time.sleep(0.005)
            except psycopg.Error:
                time.sleep(0.2)

    def poll(self, db: "psycopg.Connection[Any]") -> None:
        query = "SELECT id, data FROM journal_entry WHERE name = 'proof.ticked' AND id > %s ORDER BY id"
        for entry_id, data in db.execute(query, [self.last]).fetchall():
            self.last = entry_id
            self.received.append(Seen(data["key"], data["subject"], data["n"]))
