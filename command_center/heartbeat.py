"""Workers say that they live: a key in Redis for each, gone soon after the worker is."""

from typing import Any

import redis
from celery.signals import heartbeat_sent
from django.conf import settings

PREFIX = "city:worker:"
LIVES_SECONDS = 15  # Celery beats every two seconds; a pause of a few beats is no death


def client() -> redis.Redis:
    """A connection that gives up quickly: who asks for health must hear of its absence."""
    return redis.Redis.from_url(settings.REDIS_URL, socket_timeout=2, socket_connect_timeout=2)


class Pulse:
    """Writes one worker's key through one kept connection."""

    def __init__(self) -> None:
        self._redis: redis.Redis | None = None

    def beat(self, name: str) -> None:
        """Keep the worker's key for a while longer; Redis away is told by readiness, not here."""
        if self._redis is None:
            self._redis = client()
        try:
            self._redis.set(f"{PREFIX}{name}", "1", ex=LIVES_SECONDS)
        except redis.RedisError:
            self._redis = None


_pulse = Pulse()


@heartbeat_sent.connect
def beat(sender: Any, **_: Any) -> None:
    """Celery's own heartbeat carries ours."""
    _pulse.beat(getattr(getattr(sender, "eventer", None), "hostname", None) or "worker")


def living_workers() -> list[str]:
    """Names of the workers that live, sorted."""
    return sorted(key.decode().removeprefix(PREFIX) for key in client().scan_iter(f"{PREFIX}*", count=200))
