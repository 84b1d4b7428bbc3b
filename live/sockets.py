"""One client's end: its window, its queue, and what it may still send us.

Everything here runs on the event loop and never waits: a slow client fills its own queue and nobody else's time.
"""

import asyncio
import logging
import types
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine, Generator, Iterable
from time import monotonic
from typing import Any

from live import limits
from live.admission import Admission
from live.limits import Close

logger = logging.getLogger(__name__)

Message = dict[str, Any]
Send = Callable[[Message], Awaitable[None]]


def text(frame: str) -> Message:
    """The ASGI message of a text frame; one object serves every socket that gets it."""
    return {"type": "websocket.send", "text": frame}


class Bucket:
    """A token bucket: bursts are fine, floods are not."""

    __slots__ = ("_at", "_left")

    def __init__(self) -> None:
        self._left = float(limits.BURST)
        self._at = monotonic()

    def take(self, cost: float = 1) -> bool:
        """Whether one more message is within what a client may send; a dear one counts as several."""
        now = monotonic()
        self._left = min(limits.BURST, self._left + (now - self._at) * limits.REFILL_PER_SECOND)
        self._at = now
        self._left -= cost
        return self._left >= 0


class Socket:
    """One open websocket. `held` while a replay is under way: live events wait behind it, so order never breaks."""

    __slots__ = (
        "_drain",
        "_is_writing",
        "_send",
        "_unacked",
        "admission",
        "bucket",
        "full_since",
        "heard_at",
        "held",
        "is_closed",
        "on_close",
        "queue",
        "sent",
        "unheard_telemetry",
        "wants_units",
    )

    def __init__(self, admission: Admission, send: Send, on_close: Callable[["Socket"], None]) -> None:
        self.admission = admission
        self.on_close = on_close
        self.bucket = Bucket()
        self.held = True
        self.is_closed = False
        self.queue: deque[tuple[int, Message]] = deque()
        self.sent = 0
        self.heard_at = monotonic()
        self.full_since: float | None = None
        self.wants_units = False
        self.unheard_telemetry = 0
        self._unacked: deque[int] = deque()
        self._send = send
        self._is_writing = False
        self._drain: asyncio.Task[None] | None = None

    def offer(self, position: int, message: Message) -> None:
        """Send an event, or keep it in order until the client has room."""
        if self.queue or self.held or self._is_writing or len(self._unacked) >= limits.WINDOW:
            self._keep(position, message)
            return
        self._unacked.append(position)
        self.sent = position
        self._write(message)

    def _keep(self, position: int, message: Message) -> None:
        if len(self.queue) >= limits.QUEUE + limits.REPLAY:
            self.close(Close.TOO_SLOW)
            return
        self.queue.append((position, message))
        if self.full_since is None and not self.held:
            self.full_since = monotonic()

    def pump(self) -> None:
        """Send what waits, as far as the window goes. An item at position 0 is a word of ours and is not acknowledged."""
        queue, unacked = self.queue, self._unacked
        while queue and not (self.held or self._is_writing or self.is_closed) and len(unacked) < limits.WINDOW:
            position, message = queue.popleft()
            if position:
                unacked.append(position)
                self.sent = position
            self._write(message)
        if not queue:
            self.full_since = None

    def acknowledge(self, position: int) -> None:
        """The client has handled everything up to a position."""
        unacked = self._unacked
        while unacked and unacked[0] <= position:
            unacked.popleft()
        if self.queue:
            self.full_since = monotonic()
            self.pump()

    def hold(self) -> None:
        """Begin a replay: what waited is sent again by it. What is on its way still counts, or a client that reads nothing could ask for ever."""
        self.held = True
        self.queue.clear()
        self.full_since = None

    def release(self, replay: Iterable[tuple[int, Message]]) -> None:
        """Send the replay, then what happened meanwhile."""
        self.queue.extendleft(reversed(list(replay)))
        self.held = False
        self.pump()
        if self.queue:
            self.full_since = monotonic()

    def say(self, message: Message) -> None:
        """Send a word of ours (a heartbeat) unless the client has no room: it is not worth keeping."""
        if not (self._is_writing or self.is_closed):
            self._write(message)

    def telemetry(self, message: Message) -> None:
        """Send the latest positions; a client that does not read misses them, the next ones are as good."""
        if self.unheard_telemetry < limits.TELEMETRY_UNHEARD and not self.held:
            self.unheard_telemetry += 1
            self.say(message)

    def hear(self) -> bool:
        """Count a message of the client; False when it sends more than it may."""
        self.heard_at = monotonic()
        self.unheard_telemetry = 0
        return self.bucket.take()

    def is_lost(self, now: float) -> bool:
        """Whether the client stopped acknowledging, or says nothing at all."""
        return (self.full_since is not None and now - self.full_since > limits.STALLED_SECONDS) or now - self.heard_at > limits.SILENT_SECONDS

    def close(self, code: int) -> None:
        """End it and say why. What the client missed is replayed when it comes back."""
        if self.is_closed:
            return
        self.is_closed = True
        self.queue.clear()
        self.on_close(self)
        if self._drain is not None:
            self._drain.cancel()
        self._write({"type": "websocket.close", "code": code})

    def _write(self, message: Message) -> None:
        """Start the server's send and run it as far as it goes: with daphne that is to the end, without a task for each frame.

        With uvicorn it stops when the client's buffer is full; the rest then waits in a task of this socket alone.
        """
        sending: Coroutine[Any, Any, None] = self._send(message)  # type: ignore[assignment]
        try:
            waits_for = sending.send(None)
        except StopIteration:
            return
        except Exception as error:  # noqa: BLE001  (each server has its own error for a client that is gone; the socket ends either way)
            logger.debug("send failed: %r", error)
            self._gone()
            return
        self._is_writing = True
        self._drain = asyncio.ensure_future(self._finish(sending, waits_for))

    async def _finish(self, sending: Coroutine[Any, Any, None], waits_for: Any) -> None:
        try:
            await _resume(sending, waits_for)
        except Exception as error:  # noqa: BLE001  (as above)
            logger.debug("send failed: %r", error)
            self._gone()
        self._is_writing = False
        self._drain = None
        self.pump()

    def _gone(self) -> None:
        if not self.is_closed:
            self.is_closed = True
            self.queue.clear()
            self.on_close(self)


@types.coroutine
def _resume(started: Coroutine[Any, Any, None], waits_for: Any) -> Generator[Any, Any, None]:
    """Await a coroutine that has already run up to its first wait."""
    try:
        while True:
            try:
                value = yield waits_for
            except BaseException as error:  # noqa: BLE001  (a cancellation belongs to the wait it interrupts)
                waits_for = started.throw(error)
            else:
                waits_for = started.send(value)
    except StopIteration:
        return
