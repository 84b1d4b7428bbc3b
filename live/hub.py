"""The hub of a web process: one subscription, the positions checked, every entry fanned out in the process.

Positions are consecutive over the whole city, so the hub itself sees a gap, whatever the pub/sub channel lost, and heals it from the
table; a poll heals what was lost at the end. The database is asked only then, and when somebody comes in.
"""

import asyncio
import logging
from collections import Counter, deque
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from time import monotonic
from typing import TypeVar
from weakref import WeakKeyDictionary

import redis.asyncio
from django.conf import settings
from django.db import Error as DatabaseError
from django.db import connections
from django.utils import timezone
from redis.exceptions import RedisError

from journal import selectors as journal
from journal import wire
from journal.wire import Line
from live import admission, limits, presence
from live.classes import Audience
from live.limits import Close
from live.sockets import Socket, text
from live.telemetry import Coalescer

logger = logging.getLogger(__name__)

Answer = TypeVar("Answer")
FAR = 2**62
BATCH = 500
AUTHORITY_FACT = "access.authority_changed"


def _asking(fn: Callable[[], Answer]) -> Answer:
    try:
        return fn()
    finally:
        connections.close_all()


class Hub:
    """All open sockets of this process and what keeps them true."""

    def __init__(self) -> None:
        self.head = 0
        self.is_ready = asyncio.Event()
        self.audience = Audience()
        self.sockets: set[Socket] = set()
        self.people: Counter[int] = Counter()
        self.remembered: deque[Line] = deque(maxlen=limits.REMEMBERED_LINES)
        self._positions = Coalescer()
        self._presence = presence.News()
        self._healing = asyncio.Lock()
        self._truth = ThreadPoolExecutor(1, "live-truth")
        self._door = ThreadPoolExecutor(limits.DOORS, "live-door")
        self._waiting_at_door = 0
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Begin; called once, before anything is awaited."""
        beats = [
            (self.catch_up, limits.POLL_SECONDS),
            (self._check_authority, limits.AUTHORITY_SECONDS),
            (self._send_telemetry, limits.TELEMETRY_SECONDS),
            (self._send_heartbeat, limits.HEARTBEAT_SECONDS),
        ]
        self._tasks = [asyncio.ensure_future(self._beat(work, seconds)) for work, seconds in beats]
        self._tasks.append(asyncio.ensure_future(self._beat(self._listen, 0.5)))

    async def _beat(self, work: Callable[[], Awaitable[None]], seconds: float) -> None:
        """Do the work again and again; an engine that is away is tried again, a fault of ours is logged and does not stop the others."""
        while True:
            try:
                await work()
            except (DatabaseError, RedisError, OSError) as error:
                logger.warning("%s waits: %s", getattr(work, "__name__", work), str(error).strip())
            except Exception:
                logger.exception("%s failed", getattr(work, "__name__", work))
            await asyncio.sleep(seconds)

    # --- what happened ---------------------------------------------------------------------------------------------

    async def _listen(self) -> None:
        client = redis.asyncio.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=2, health_check_interval=5)
        facts, units, present = wire.channel("facts"), wire.channel("units"), wire.channel(presence.LANE)
        try:
            async with client.pubsub(ignore_subscribe_messages=True) as pubsub:
                await pubsub.subscribe(facts, units, present)
                await self.catch_up()
                async for message in pubsub.listen():
                    if message["channel"] == facts.encode():
                        await self._receive(Line.unpack(message["data"]))
                    elif message["channel"] == units.encode():
                        self._positions.take(message["data"])
                    else:
                        self._presence.take(message["data"])
        finally:
            await client.aclose()

    async def _receive(self, line: Line) -> None:
        if self.is_ready.is_set() and line.position == self.head + 1:
            self._tell(line)
        elif line.position > self.head:
            await self.catch_up()

    def _tell(self, line: Line) -> None:
        self.head = line.position
        self.remembered.append(line)
        self.audience.tell(line)
        if line.name == AUTHORITY_FACT:
            for scope in line.scopes:
                for socket in self.audience.of_person(scope):
                    socket.close(Close.AUTHORITY_CHANGED)

    async def catch_up(self) -> None:
        """Read from the table what the channel did not bring."""
        async with self._healing:
            if not self.is_ready.is_set():
                await self._begin()
            while True:
                lines = await self.ask(partial(journal.lines_between, self.head, FAR, BATCH))
                for line in lines:
                    if line.position == self.head + 1:
                        self._tell(line)
                if len(lines) < BATCH:
                    return

    async def _begin(self) -> None:
        """Start at the head, remembering the last entries, so that a restarted process replays to everybody without the table."""
        head = await self.ask(journal.head_position)
        begin = max(0, head - limits.REMEMBERED_LINES)
        self.remembered.extend(await self.ask(partial(journal.lines_between, begin, head, limits.REMEMBERED_LINES)))
        self.head = head
        self.is_ready.set()

    # --- who listens -----------------------------------------------------------------------------------------------

    async def admit(self, handshake: admission.Handshake) -> admission.Admission | None:
        """Ask at the door who this is. Raises `Crowded` when too many wait there already."""
        if self._waiting_at_door >= limits.WAITING_AT_DOOR:
            raise Crowded
        self._waiting_at_door += 1
        try:
            return await self.ask(partial(admission.admit, handshake), self._door)
        finally:
            self._waiting_at_door -= 1

    def enter(self, socket: Socket) -> int:
        """Count a socket in; says why not (a close code), or 0."""
        person = socket.admission.user_id
        if len(self.sockets) >= limits.SOCKETS_PER_PROCESS:
            return Close.AGAIN_LATER
        if self.people[person] >= limits.SOCKETS_PER_PERSON:
            return Close.TOO_MANY_SOCKETS
        self.sockets.add(socket)
        self.people[person] += 1
        return 0

    def leave(self, socket: Socket) -> None:
        """Forget a socket; harmless twice."""
        if socket in self.sockets:
            self.sockets.discard(socket)
            self.audience.leave(socket)
            person = socket.admission.user_id
            self.people[person] -= 1
            if not self.people[person]:
                del self.people[person]

    async def replay(self, socket: Socket, since: int | None) -> None:
        """Bring a socket from a position to now (None: it starts now), then let it listen. Events of meanwhile wait behind the replay."""
        socket.hold()
        self.audience.join(socket, self.head)
        head = self.head
        lines: list[Line] | None = [] if since in (None, head) else None
        if since is not None and lines is None and 0 <= since < head:
            lines = await self._missed(socket, since, head)
        if socket.is_closed:
            return
        items: list[tuple[int, dict[str, object]]] = []
        if lines is None or len(lines) > limits.REPLAY:
            items.append((0, text('{"resync":"too_far"}')))
        else:
            previous = since or 0
            for line in lines:
                items.append((line.position, text(line.frame(previous))))
                previous = line.position
        items.append((0, text(f'{{"heartbeat":{head}}}')))
        socket.release(items)

    async def _missed(self, socket: Socket, since: int, head: int) -> list[Line]:
        scopes = socket.admission.scopes
        known = [line for line in self.remembered if since < line.position <= head and not line.scopes.isdisjoint(scopes)]
        if len(known) > limits.REPLAY or (self.remembered and self.remembered[0].position <= since + 1):
            return known
        return await self.ask(partial(journal.lines_since, since, head, scopes, limits.REPLAY + 1), self._door)

    # --- beats -----------------------------------------------------------------------------------------------------

    async def _send_telemetry(self) -> None:
        self._positions.flush(self.audience)
        self._presence.flush(self.audience)

    async def _send_heartbeat(self) -> None:
        """Tell those who heard nothing lately that this is because nothing happened; let go those who are lost."""
        now = monotonic()
        for socket in tuple(self.sockets):
            if socket.is_lost(now):
                socket.close(Close.TOO_SLOW)
        beat = text(f'{{"heartbeat":{self.head}}}')
        for one in self.audience:
            is_quiet, one.at_last_beat = one.previous == one.at_last_beat, one.previous
            for socket in tuple(one.sockets) if is_quiet else ():
                if not (socket.queue or socket.held):
                    socket.say(beat)

    async def _check_authority(self) -> None:
        """Everybody is looked at again: has the authority changed, has a membership run out, is the session or the token gone?"""
        admissions = [socket.admission for socket in self.sockets]
        if not admissions:
            return
        people = list({one.user_id for one in admissions})
        sessions = list({one.session_key for one in admissions if one.session_key})
        tokens = list({one.token_digest for one in admissions if one.token_digest})
        standing = await self.ask(partial(admission.standing, people, sessions, tokens))
        now = timezone.now()
        asked = set(map(id, admissions))
        for socket in tuple(self.sockets):
            if id(socket.admission) in asked:
                code = admission.verdict(socket.admission, standing, now)
                if code:
                    socket.close(code)

    async def ask(self, fn: Callable[[], Answer], executor: ThreadPoolExecutor | None = None) -> Answer:
        """Ask the database in a thread of our own: requests of pages share none of them, and a slow query delays no event."""
        return await asyncio.get_running_loop().run_in_executor(executor or self._truth, partial(_asking, fn))

    async def stop(self) -> None:
        """End all work (tests; a server's process simply ends). A library may swallow one cancellation while it connects, so we ask again."""
        working = set(self._tasks)
        while working:
            for task in working:
                task.cancel()
            _, working = await asyncio.wait(working, timeout=0.2)
        self._truth.shutdown(wait=False)
        self._door.shutdown(wait=False)


class Crowded(Exception):
    """Too many wait to be let in; come back in a moment."""


_hubs: "WeakKeyDictionary[asyncio.AbstractEventLoop, Hub]" = WeakKeyDictionary()


def of_this_process() -> Hub:
    """The hub of this process (of its event loop), started by whoever comes first; nothing is awaited in between, so there is one."""
    loop = asyncio.get_running_loop()
    hub = _hubs.get(loop)
    if hub is None:
        hub = _hubs[loop] = Hub()
        hub.start()
    return hub
