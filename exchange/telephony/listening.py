"""What the process that listens to telephone exchanges does: one follower for each line; what it hears is kept in order by one thread."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any

import django.db
import psycopg
from django.db import connections
from django.utils import timezone

from access.actors import Actor
from exchange import ringing, services
from exchange.telephony.agent import Follower, Line
from exchange.telephony.dialogs import Dialog, DialogInfo, Legs
from exchange.telephony.events import CallEvent, Kind
from kit.errors import Refused

logger = logging.getLogger(__name__)

TELEPHONY = Actor.system("telephony")
PULSE_SECONDS = 10.0


class Listener:
    """Follows lines until it is stopped. A database that is away loses nothing: what could not be kept is told again by the exchange."""

    def __init__(self, lines: Sequence[Line]) -> None:
        self.lines = lines
        self.thread = ThreadPoolExecutor(1, thread_name_prefix="telephony")  # one, so that events of one call are kept in their order

    async def run(self) -> None:
        """Follow every line; ends when it is cancelled."""
        try:
            async with asyncio.TaskGroup() as group:
                for line in self.lines:
                    group.create_task(self._follow(line))
        finally:
            self.thread.shutdown(wait=True)

    async def _follow(self, line: Line) -> None:
        stood, legs = ["ASKING", ""], Legs()

        async def stands(state: str, says: str) -> None:
            stood[:] = [state, says]
            await self._note(line, state, says)

        async def pulse() -> None:
            while True:
                await self._note(line, stood[0], stood[1])
                await asyncio.sleep(PULSE_SECONDS)

        async with asyncio.TaskGroup() as group:
            group.create_task(pulse())
            group.create_task(Follower(line, lambda info: self._keep(line, legs.fold(info)), stands).run())

    async def _note(self, line: Line, state: str, says: str) -> None:
        try:
            await self._in_thread(lambda: services.note_phone_link(TELEPHONY, uri=line.uri, state=state, says=says, now=timezone.now()))
        except OSError as error:
            logger.warning("the state of the line could not be kept: %s", error)

    async def _keep(self, line: Line, info: DialogInfo) -> None:
        await self._in_thread(lambda: keep(line, info, now=timezone.now()))

    async def _in_thread(self, work: Callable[[], Any]) -> None:
        """Run it in the thread that alone talks to the database. Raises `OSError` when the database is away."""
        await asyncio.get_running_loop().run_in_executor(self.thread, _guarded, work)


def _guarded(work: Callable[[], Any]) -> None:
    try:
        work()
    except (django.db.Error, psycopg.Error) as error:
        connections.close_all()
        raise OSError(str(error).strip()) from error


def keep(line: Line, info: DialogInfo, *, now: datetime) -> None:
    """Keep what a document tells, each call of it once. A full one ends the calls of its line that it does not name any more.

    Many exchanges do not say how a call ended; but they tell every answer, so one that ended without was abandoned.
    """
    system, dialled = line.address[0], line.uri.partition(":")[2].partition("@")[0]
    for dialog in info.dialogs:
        if _is_news(system, dialog):
            kind = Kind.ABANDONED if dialog.kind is Kind.ENDED else dialog.kind
            _take(CallEvent(system, dialog.ref, kind, now, dialog.number, dialled), now)
    if info.is_full:
        named = {dialog.ref for dialog in info.dialogs}
        for ref in ringing.going_on(TELEPHONY, system=system, line=dialled):
            if ref not in named:
                _take(CallEvent(system, ref, Kind.ABANDONED, now, line=dialled), now)


def _take(event: CallEvent, now: datetime) -> None:
    try:
        services.take_phone_event(TELEPHONY, event=event, now=now)
    except Refused as refusal:
        logger.warning("an event of the telephone exchange was refused: %s", refusal.code)


def _is_news(system: str, dialog: Dialog) -> bool:
    """A call that ended before we listened tells nothing, unless it ended unanswered: then somebody waits to be called back."""
    return dialog.kind is not Kind.ENDED or ringing.is_known(TELEPHONY, system=system, ref=dialog.ref)
