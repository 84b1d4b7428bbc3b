"""Requests that go to their end though their reader has left.

A server cancels the application of a reader who has left when it takes too long. A thread that waits for the database cannot be cancelled: it
goes on, and with nobody there to give its connection back the pool has one less, for good. Twelve impatient readers and the city stood still.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

logger = logging.getLogger(__name__)

Application = Callable[[Any, Any, Any], Awaitable[None]]


class ToTheEnd:
    """An application whose work is not cut off with the server's wait for it: it ends by itself, within the time a statement may take."""

    def __init__(self, application: Application) -> None:
        self.application = application
        self.left: set[asyncio.Future[None]] = set()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        work = asyncio.ensure_future(self.application(scope, receive, send))
        try:
            await asyncio.shield(work)
        except asyncio.CancelledError:
            if not work.done():
                self.left.add(work)  # a task that nobody holds may vanish before it has ended
                work.add_done_callback(self._ended)
            raise

    def _ended(self, work: asyncio.Future[None]) -> None:
        self.left.discard(work)
        if not work.cancelled() and (error := work.exception()) is not None:
            logger.error("a request whose reader had left failed", exc_info=error)
