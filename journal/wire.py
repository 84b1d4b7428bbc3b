"""What travels between processes: the poke that wakes the relay, and the lines it hands to the hubs.

Redis carries it, and Redis may be away at any moment: nothing here raises for that, nothing here is the truth.
"""

import logging
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import redis
from django.conf import settings
from django.db import connection
from redis.backoff import NoBackoff
from redis.retry import Retry

from journal import chain

logger = logging.getLogger(__name__)

PATIENCE_SECONDS = 0.25
REST_SECONDS = 1.0

_FIELD = "\x1f"
_SCOPE = "\x1e"


def channel(lane: str) -> str:
    """The pub/sub channel of this city's lane; pub/sub ignores Redis' database number, so the database's name is in it."""
    return f"city:{connection.settings_dict['NAME']}:{lane}"


def client(patience_seconds: float = PATIENCE_SECONDS) -> redis.Redis:
    """A Redis client that gives up quickly and never retries by itself."""
    return redis.Redis.from_url(
        settings.REDIS_URL,
        socket_timeout=patience_seconds,
        socket_connect_timeout=patience_seconds,
        retry=Retry(NoBackoff(), 0),
    )


class Publisher:
    """Publishes at most once. After a failure it rests a second, so that a dead Redis costs the city nothing."""

    def __init__(self, patience_seconds: float = PATIENCE_SECONDS) -> None:
        self._redis = client(patience_seconds)
        self._rests_until = 0.0

    def publish(self, lane: str, messages: Iterable[bytes]) -> bool:
        """Send the messages in order; False when they were not (all) sent."""
        if time.monotonic() < self._rests_until:
            return False
        name = channel(lane)
        try:
            with self._redis.pipeline(transaction=False) as pipe:
                for message in messages:
                    pipe.publish(name, message)
                pipe.execute()
        except (redis.RedisError, OSError) as error:
            self._rests_until = time.monotonic() + REST_SECONDS
            logger.warning("redis does not answer, %s stays quiet for %s s: %s", lane, REST_SECONDS, error)
            return False
        return True


@cache
def publisher() -> Publisher:
    """The publisher of this process; redis-py's pool makes it safe between threads."""
    return Publisher()


def poke() -> None:
    """Wake the relay. Best effort: it polls anyway."""
    publisher().publish("poke", [b"1"])


@dataclass(frozen=True, slots=True)
class Line:
    """A numbered entry as the hubs get it: `body` is the JSON object without its position, serialised once, by the relay."""

    position: int
    name: str
    scopes: frozenset[str]
    body: str

    def pack(self) -> bytes:
        head = _FIELD.join((str(self.position), self.name, _SCOPE.join(sorted(self.scopes))))
        return f"{head}\n{self.body}".encode()

    @classmethod
    def unpack(cls, message: bytes) -> "Line":
        head, body = message.decode().split("\n", 1)
        position, name, scopes = head.split(_FIELD)
        return cls(int(position), name, frozenset(scopes.split(_SCOPE)), body)

    def frame(self, previous: int) -> str:
        """The text of the frame for sockets whose last position was `previous`."""
        return f'{{"position":{self.position},"prev":{previous},{self.body[1:]}'


def line(position: int, name: str, scopes: Iterable[str], *, about: list[str], at: str, data: Mapping[str, Any], load: Any) -> Line:
    """An entry as a line; what it carries beside its own data stands under "body"."""
    body: dict[str, Any] = {"name": name, "about": about, "at": at, "data": data}
    if load is not None:
        body["body"] = load
    return Line(position, name, frozenset(scopes), chain.canonical(body).decode())
