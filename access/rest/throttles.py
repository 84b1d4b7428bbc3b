"""How much one caller may ask. The count is kept for a token or a person, never for an address: a whole room sits behind one."""

import time
from typing import Any, ClassVar

from django.conf import settings
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

WINDOW_SECONDS = 60


def caller(request: Request) -> str:
    """One string for whoever asks: a person, or one of a person's tokens."""
    token = getattr(request.auth, "token_key", "")
    return f"{request.actor.key}#{token}" if token else str(request.actor.key)


class CallerThrottle(BaseThrottle):
    """API_RATE_PER_MINUTE requests in each minute, counted in this process: no other part has to answer for a request to be served."""

    _counts: ClassVar[dict[str, int]] = {}
    _window: ClassVar[int] = 0

    def allow_request(self, request: Request, view: Any) -> bool:
        window = int(time.time()) // WINDOW_SECONDS
        if window != CallerThrottle._window:
            CallerThrottle._window, CallerThrottle._counts = window, {}
        who = caller(request)
        asked = CallerThrottle._counts.get(who, 0) + 1
        CallerThrottle._counts[who] = asked
        return asked <= int(settings.API_RATE_PER_MINUTE)

    def wait(self) -> float:
        return WINDOW_SECONDS - time.time() % WINDOW_SECONDS
