"""How much one caller may ask. The count is kept for a token or a person, never for an address: a whole room sits behind one."""

import logging
import time
from typing import Any

from django.conf import settings
from django.core.cache import cache
from redis.exceptions import RedisError
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

WINDOW_SECONDS = 60
PAUSE_SECONDS = 5.0
logger = logging.getLogger(__name__)


def caller(request: Request) -> str:
    """One string for whoever asks: a person, or one of a person's tokens."""
    token = getattr(request.auth, "token_key", "")
    return f"{request.actor.key}#{token}" if token else str(request.actor.key)


class CallerThrottle(BaseThrottle):
    """API_RATE_PER_MINUTE requests in each minute; when Redis does not answer, nobody is held up."""

    _asleep_until = 0.0

    def allow_request(self, request: Request, view: Any) -> bool:
        if time.monotonic() < CallerThrottle._asleep_until:
            return True
        window = int(time.time()) // WINDOW_SECONDS
        key = f"rate:{caller(request)}:{window}"
        try:
            cache.add(key, 0, WINDOW_SECONDS * 2)
            return cache.incr(key) <= settings.API_RATE_PER_MINUTE
        except (RedisError, ValueError) as error:
            CallerThrottle._asleep_until = time.monotonic() + PAUSE_SECONDS
            logger.warning("requests are not counted for %s s: %s", PAUSE_SECONDS, error)
            return True

    def wait(self) -> float:
        return WINDOW_SECONDS - time.time() % WINDOW_SECONDS
