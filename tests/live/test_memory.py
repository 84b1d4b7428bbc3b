"""Ten screens that never read and five that flood: the web process stays small, and everybody else is served."""

import asyncio
import json
import socket
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosedError

from tests.live.proof.readers import Reader
from tests.live.proof.stage import Stage
from tests.live.test_nothing_is_lost import Story, writers

pytestmark = pytest.mark.patient

ALLOWED_BYTES = 150 * 1024 * 1024
SECONDS = 20


def rss(pid: int) -> int:
    """Resident memory in bytes."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * 4096


def open_socket(stage: Stage, cookie: str) -> socket.socket:
    """A websocket by hand, with a receive buffer as small as the system allows."""
    plain = socket.socket()
    plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
    plain.settimeout(5)
    plain.connect(("127.0.0.1", stage.port))
    host = f"127.0.0.1:{stage.port}"
    lines = [
        "GET /live/ HTTP/1.1",
        f"Host: {host}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        f"Origin: http://{host}",
        f"Cookie: sessionid={cookie}",
    ]
    lines += ["Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Version: 13", "", ""]
    plain.sendall("\r\n".join(lines).encode())
    plain.recv(512)
    return plain


def frame(word: bytes) -> bytes:
    return bytes((0x81, 0x80 | len(word))) + b"\0\0\0\0" + word


def never_read(stage: Stage, is_over: threading.Event) -> None:
    """Ask for everything and read nothing; come back when thrown out."""
    while not is_over.is_set():
        try:
            with open_socket(stage, stage.cookies[0]) as plain:
                plain.sendall(frame(b'{"since":null}') + frame(b'{"subscribe":["units"]}'))
                while not is_over.wait(0.5):
                    plain.send(frame(b'{"ping":1}'))
        except OSError:
            is_over.wait(0.2)


def flood(stage: Stage, is_over: threading.Event) -> None:
    """Send as much as the socket takes, whatever the other end says."""
    burst = frame(b'{"since":0}') * 500
    while not is_over.is_set():
        try:
            with open_socket(stage, stage.cookies[1]) as plain:
                while not is_over.is_set():
                    plain.sendall(burst)
        except OSError:
            is_over.wait(0.2)


async def serve_somebody(reader: Reader, seconds: float) -> None:
    """A screen that behaves."""
    is_over = asyncio.Event()
    task = asyncio.ensure_future(reader.run(is_over))
    await asyncio.sleep(seconds)
    is_over.set()
    task.cancel()


@pytest.mark.timeout(170)
def test_ten_that_never_read_and_five_that_flood_leave_the_web_process_small(stage: Stage) -> None:
    story, is_over = Story(), threading.Event()
    reader = Reader(stage.port, stage.cookies[4], stays=(600, 601))
    web = stage.pid("web")
    asyncio.run(serve_somebody(reader, 3))
    base, worst = rss(web), 0
    hostile = [threading.Thread(target=never_read, args=(stage, is_over)) for _ in range(10)]
    hostile += [threading.Thread(target=flood, args=(stage, is_over)) for _ in range(5)]

    with writers(stage, story, pause=0.03, padding=2000, reacts=False):
        for thread in hostile:
            thread.start()
        good = threading.Thread(target=lambda: asyncio.run(serve_somebody(reader, SECONDS)))
        good.start()
        until = time.monotonic() + SECONDS
        while time.monotonic() < until:
            worst = max(worst, rss(web))
            time.sleep(0.1)
        is_over.set()
        good.join()
    for thread in hostile:
        thread.join()

    print(f"base {base / 2**20:.0f} MB, worst {worst / 2**20:.0f} MB, {len(story.acknowledged)} events of 2 KB, {len(reader.received)} read")
    assert stage.pid("web") == web
    assert worst - base <= ALLOWED_BYTES
    assert len(reader.received) >= 0.9 * len(story.acknowledged)
    assert reader.doubled == 0


def test_a_frame_of_a_gigabyte_is_refused_before_it_is_read(stage: Stage) -> None:
    web = stage.pid("web")
    base = rss(web)

    with open_socket(stage, stage.cookies[0]) as plain:
        plain.sendall(bytes((0x81, 0xFF)) + (1 << 30).to_bytes(8, "big") + b"\0\0\0\0")
        with pytest.raises(OSError):
            plain.sendall(b"x" * 65536 * 200)

    assert rss(web) - base < 20 * 1024 * 1024


async def _read_all(socket: ClientConnection, frames: list[Any]) -> None:
    async for message in socket:
        frames.append(json.loads(message))


@pytest.mark.asyncio
async def test_a_client_that_does_not_acknowledge_is_closed_and_gets_the_rest_when_it_comes_back(stage: Stage) -> None:
    story = Story()
    reader = Reader(stage.port, stage.cookies[5])
    with writers(stage, story, pause=0.02, reacts=False):
        async with reader.open() as deaf:
            await deaf.send('{"since":null}')
            frames: list[Any] = []
            async with asyncio.timeout(60):
                with pytest.raises(ConnectionClosedError):
                    await _read_all(deaf, frames)
    events = [one for one in frames if "name" in one]

    assert deaf.close_code == 4408
    assert len(events) == 200
    reader.position = events[-1]["position"]
    async with asyncio.timeout(20):
        async with reader.open() as back:
            await back.send(json.dumps({"since": reader.position}))
            async for message in back:
                said = json.loads(message)
                reader.take(said)
                if "heartbeat" in said:
                    break
    assert reader.received or reader.resyncs
    assert (reader.doubled, reader.holes) == (0, 0)
