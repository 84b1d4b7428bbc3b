"""Who has something open, who is changing it, and how far each has come with it: kept for a moment, never in the journal.

A page says every fifteen seconds that somebody is there. Whoever has said nothing for forty is gone. When Redis is away, a page shows what it
knew and asks again soon; no work depends on it. What is told carries people's ids, so that five hundred who look at one thing need not ask.
"""

import time
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

import orjson
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
            _redis().publish(wire.channel(LANE), _pack(about, scopes, {"there": [[each.user_id, each.is_editing] for each in after]}))
    except (redis.RedisError, OSError):
        return None
    return after


def mark(about: str, user_id: int, value: int, scopes: Iterable[str]) -> bool:
    """Tell those who may know how far a person has come with a thing; False when Redis does not answer."""
    try:
        _redis().publish(wire.channel(LANE), _pack(about, scopes, {"marks": {str(user_id): value}}))
    except (redis.RedisError, OSError):
        return False
    return True


def _pack(about: str, scopes: Iterable[str], told: dict[str, Any]) -> bytes:
    return b"\n".join((_SCOPE.join(sorted(scopes)).encode(), orjson.dumps(told), about.encode()))


def _there(said_by: dict[bytes, bytes], now: float) -> list[Present]:
    found = []
    for person, said in sorted(said_by.items()):
        doing, at = said.decode().split(" ")
        if now - float(at) < GONE_SECONDS:
            found.append(Present(int(person), doing == EDITING))
    return sorted(found, key=lambda each: not each.is_editing)[:MOST]


class News:
    """What has changed since the last beat: one word for each thing, however many came, went or read on."""

    def __init__(self) -> None:
        self._changed: dict[str, frozenset[str]] = {}
        self._told: dict[str, dict[str, Any]] = {}

    def take(self, message: bytes) -> None:
        """Keep what a message says: who is there replaces who was, marks of several people add up."""
        scopes, said, about = message.split(b"\n", 2)
        name, told = about.decode(), orjson.loads(said)
        self._changed[name] = frozenset(scopes.decode().split(_SCOPE))
        known = self._told.setdefault(name, {})
        if "there" in told:
            known["there"] = told["there"]
        if "marks" in told:
            known.setdefault("marks", {}).update(told["marks"])

    def flush(self, audience: Audience) -> None:
        """Tell every socket that may know of the thing, by people's ids; what they are called, a page asks, and is told by permission."""
        changed, self._changed = self._changed, {}
        told, self._told = self._told, {}
        for about, scopes in changed.items():
            word = text(orjson.dumps({"presence": about, **told[about]}).decode())
            for one in audience.classes_of(scopes):
                for socket in tuple(one.sockets):
                    socket.say(word)
