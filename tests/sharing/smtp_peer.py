"""A mail server of the standard library that says what it is told to (RFC 5321): takes mails, refuses them for now or for good, or is silent."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field


@dataclass
class Peer:
    """What it says, and what it was given. `answers` are to `RCPT`, one for each mail, the last for all that come after."""

    port: int = 0
    answers: list[str] = field(default_factory=lambda: ["250 taken"])
    mails: list[bytes] = field(default_factory=list)
    is_silent: bool = False
    forgets_to_say: bool = False
    asked: int = 0

    def next_answer(self) -> str:
        self.asked += 1
        return self.answers[min(self.asked, len(self.answers)) - 1]


@contextmanager
def running() -> Iterator[Peer]:
    """A peer on a port of its own, until the test is over."""
    peer, loop, started = Peer(), asyncio.new_event_loop(), threading.Event()

    async def serve() -> None:
        server = await asyncio.start_server(lambda reader, writer: _talk(peer, reader, writer), "127.0.0.1", 0)
        peer.port = server.sockets[0].getsockname()[1]
        started.set()
        await server.serve_forever()

    def run() -> None:
        asyncio.set_event_loop(loop)
        with suppress(asyncio.CancelledError):
            loop.run_until_complete(serve())

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    assert started.wait(30)
    yield peer
    loop.call_soon_threadsafe(lambda: [task.cancel() for task in asyncio.all_tasks(loop)])
    thread.join(30)
    loop.close()


async def _talk(peer: Peer, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    def say(line: str) -> None:
        writer.write(f"{line}\r\n".encode())

    try:
        if peer.is_silent:
            await reader.read()
            return
        say("220 peer")
        while line := await reader.readline():
            verb = line[:4].upper()
            if verb == b"RCPT":
                say(peer.next_answer())
            elif verb == b"DATA":
                say("354 go on")
                peer.mails.append(await _mail(reader))
                if peer.forgets_to_say:
                    return
                say("250 taken")
            elif verb == b"QUIT":
                say("221 bye")
                return
            else:
                say("250 peer")
    finally:
        writer.close()


async def _mail(reader: asyncio.StreamReader) -> bytes:
    lines = []
    while (part := await reader.readline()) not in (b".\r\n", b""):
        lines.append(part[1:] if part.startswith(b".") else part)
    return b"".join(lines)
