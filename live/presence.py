"""Who has something open, and who is changing it: kept in Redis for a moment, never in the journal.

A page says every fifteen seconds that somebody is there. Whoever has said nothing for forty is gone. When Redis is away, a page shows what it
knew and asks again soon; no work depends on it.
"""

import time
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

import redis
from django.db import connection

from journal import wire
from live.classes import Audience
from live.sockets import text

LANE = "presence"
GONE_SECONDS = 40.0
LOOKING, EDITING, GONE = "looking", "editing", "gone"
MOST = 50
PATIENCE_SECONDS = 1.0  # nobody waits for the answer, so a busy moment is waited for
_SCOPE = "\x1e"


@dataclass(frozen=True, slots=True)
class Present:
    """A person who has the thing open; `is_editing` when a form that changes it is."""

    user_id: int
    is_editing: bool


@cache
def _redis() -> redis.Redis:
    return wire.client(PATIENCE_SECONDS)


def _key(about: str) -> str:
    return f"city:{connection.settings_dict['NAME']}:present:{about}"


def say(about: str, user_id: int, doing: str, scopes: Iterable[str]) -> list[Present] | None:
    """Note what a person does with a thing ("incident:42"); tell those who may know, if that is new.

    Gives everybody who is there now; None when it cannot be known at present.
    """
    now, key = time.time(), _key(about)
    try:
        with _redis().pipeline(transaction=True) as pipe:
            pipe.hgetall(key)
            if doing == GONE:
                pipe.hdel(key, str(user_id))
            else:
                pipe.hset(key, str(user_id), f"{doing} {now:.1f}")
            pipe.expire(key, int(2 * GONE_SECONDS))
            pipe.hgetall(key)
            said_before, _, _, said_now = pipe.execute()
        before, after = _there(said_before, now), _there(said_now, now)
        if after != before:
            _redis().publish(wire.channel(LANE), _SCOPE.join(sorted(scopes)).encode() + b"\n" + about.encode())
    except (redis.RedisError, OSError):
        return None
    return after


def _there(said_by: dict[bytes, bytes], now: float) -> list[Present]:
    found = []
    for person, said in sorted(said_by.items())[:MOST]:
        doing, at = said.decode().split(" ")
        if now - float(at) < GONE_SECONDS:
            found.append(Present(int(person), doing == EDITING))
    return found


class News:
    """Whose presence has changed since the last beat: one word for each thing, however many came and went."""

    def __init__(self) -> None:
        self._changed: dict[str, frozenset[str]] = {}

    def take(self, message: bytes) -> None:
        scopes, about = message.split(b"\n", 1)
        self._changed[about.decode()] = frozenset(scopes.decode().split(_SCOPE))

    def flush(self, audience: Audience) -> None:
        """Tell every socket that may know of the thing; who it is, the page asks, and is told by permission."""
        changed, self._changed = self._changed, {}
        for about, scopes in changed.items():
            word = text(f'{{"presence":"{about}"}}')
            for one in audience.classes_of(scopes):
                for socket in tuple(one.sockets):
                    socket.say(word)
