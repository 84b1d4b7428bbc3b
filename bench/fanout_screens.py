"""Many screens in one process, as light as can be: opens websockets, counts what comes, acknowledges like `static/live/socket.js`.

Standard input: one JSON object, what to open. Standard output: one JSON object for each line on standard input after that.
"""

import asyncio
import base64
import json
import os
import random
import re
import struct
import sys
import time
from collections import Counter

ACK_EVERY = 50
SPEAK_SECONDS = 10.0
SEQUENCE = re.compile(rb'"seq":\s*(\d+)')
POSITION = re.compile(rb'"position":\s*(\d+)')
COOKIE = re.compile(rb"Cookie: [^\r]+")
HOST = re.compile(rb"Host: ([^\r]+)")
FETCHING: set["asyncio.Future[None]"] = set()


class Screen(asyncio.Protocol):
    """One websocket client: frames are split, not parsed."""

    arrivals: list[tuple[int, float]] = []
    mark = SEQUENCE
    fetches = ""

    def __init__(self, request: bytes, speaks: bool, opened: asyncio.Semaphore) -> None:
        self.request, self.speaks, self.opened = request, speaks, opened
        self.buffer, self.is_open, self.unacked, self.position, self.closed = b"", False, 0, 0, 0
        self.spoke_at = time.monotonic()

    def connection_made(self, transport) -> None:  # type: ignore[no-untyped-def,override]
        self.transport = transport
        transport.write(self.request)

    def data_received(self, data: bytes) -> None:
        now = time.monotonic()
        self.buffer += data
        if not self.is_open:
            head, found, rest = self.buffer.partition(b"\r\n\r\n")
            if not found:
                return
            assert b" 101 " in head.split(b"\r\n")[0] + b" ", head
            self.is_open, self.buffer = True, rest
            self.opened.release()
        while self._frame(now):
            pass

    def _frame(self, now: float) -> bool:
        buffer = self.buffer
        if len(buffer) < 2:
            return False
        size, start = buffer[1] & 127, 2
        if size == 126:
            if len(buffer) < 4:
                return False
            size, start = struct.unpack_from(">H", buffer, 2)[0], 4
        if len(buffer) < start + size:
            return False
        self.buffer = buffer[start + size :]
        self._read(buffer[0] & 15, buffer[start : start + size], now)
        return True

    def _read(self, opcode: int, payload: bytes, now: float) -> None:
        if opcode == 8:
            self.closed = struct.unpack(">H", payload[:2])[0] if payload else 1005
        elif opcode == 9:
            self._write(10, payload)
        elif opcode == 1:
            sequence = Screen.mark.search(payload)
            if sequence:
                number = int(next(filter(None, sequence.groups())))
                Screen.arrivals.append((number, now))
                if Screen.fetches:
                    FETCHING.add(task := asyncio.ensure_future(self._fetch(number)))
                    task.add_done_callback(FETCHING.discard)
            if self.speaks:
                self._answer(payload)

    async def _fetch(self, number: int) -> None:
        """Ask for the row as a page does: after a moment that differs from desk to desk."""
        gather, spread = 0.05, 0.12
        await asyncio.sleep(gather + random.random() * spread)
        cookie, host = COOKIE.search(self.request)[0], HOST.search(self.request)[1]  # type: ignore[index]
        reader, writer = await asyncio.open_connection("127.0.0.1", int(host.rpartition(b":")[2]))
        writer.write(b"GET %s%d HTTP/1.1\r\nHost: %s\r\n%s\r\nConnection: close\r\n\r\n" % (Screen.fetches.encode(), number, host, cookie))
        answer = await reader.read()
        assert answer.startswith(b"HTTP/1.1 200"), answer[:200]
        writer.close()

    def _answer(self, payload: bytes) -> None:
        if payload.startswith(b'{"hello"'):
            self._write(1, b'{"since":null}')
            return
        position = POSITION.search(payload)
        if position:
            self.position, self.unacked = int(position[1]), self.unacked + 1
        now = time.monotonic()
        if self.unacked >= ACK_EVERY or now - self.spoke_at > SPEAK_SECONDS:
            self.unacked, self.spoke_at = 0, now
            self._write(1, b'{"ack":%d}' % self.position)

    def _write(self, opcode: int, payload: bytes) -> None:
        self.transport.write(bytes((128 | opcode, 128 | len(payload))) + b"\0\0\0\0" + payload)


def request(host: str, cookie: str) -> bytes:
    """The opening request of a browser with this session."""
    key = base64.b64encode(os.urandom(16)).decode()
    lines = [f"GET /live/ HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nOrigin: http://{host}"]
    lines += [f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13", *([f"Cookie: sessionid={cookie}"] if cookie else [])]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


async def main() -> None:
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    wish = json.loads(await reader.readline())
    opened, screens = asyncio.Semaphore(0), []
    Screen.mark = re.compile(wish["mark"].encode()) if "mark" in wish else SEQUENCE
    Screen.fetches = wish.get("fetches", "")
    for number in range(wish["sockets"]):
        cookie = wish["cookies"][number % len(wish["cookies"])] if wish["cookies"] else ""
        host = f"127.0.0.1:{wish['port']}"
        _, screen = await loop.create_connection(
            lambda host=host, cookie=cookie: Screen(request(host, cookie), wish["speaks"], opened), "127.0.0.1", wish["port"]
        )
        screens.append(screen)
        await asyncio.wait_for(opened.acquire(), 30)
    print(json.dumps({"open": len(screens)}), flush=True)
    while await reader.readline():
        arrivals, Screen.arrivals = Screen.arrivals, []
        closed = Counter(screen.closed for screen in screens if screen.closed or screen.transport.is_closing())
        print(json.dumps({"closed": closed, "arrivals": arrivals}), flush=True)


asyncio.run(main())
