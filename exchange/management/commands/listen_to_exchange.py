"""`manage.py listen_to_exchange`: follow the calls of the lines in TELEPHONY_SIP_LINES; a supervisor keeps it alive."""

import asyncio
import signal
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connections

from exchange.telephony.agent import Line
from exchange.telephony.listening import Listener

OPTIONS = "-c statement_timeout=5s -c lock_timeout=2s -c idle_in_transaction_session_timeout=10s"


class Command(BaseCommand):
    requires_system_checks: list[str] = []
    help = "Follow the calls of telephone lines by SIP dialog events (RFC 6665, RFC 4235)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--seconds", type=int, default=120, help="For how long a line is asked for at a time; half of it finds a lost link.")

    def handle(self, **options: Any) -> None:
        user, _colon, password = settings.TELEPHONY_SIP_ACCOUNT.partition(":")
        lines = [Line(uri, user, password, options["seconds"]) for uri in settings.TELEPHONY_SIP_LINES]
        if not lines:
            raise CommandError("TELEPHONY_SIP_LINES names no line: there is nothing to follow.")
        for database in connections.settings.values():
            database["OPTIONS"].pop("pool", None)  # one connection is enough, and it is kept
            database["OPTIONS"]["options"] = f"{database['OPTIONS'].get('options', '')} {OPTIONS}".strip()
        asyncio.run(_listen(lines))


async def _listen(lines: list[Line]) -> None:
    work = asyncio.ensure_future(Listener(lines).run())
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, work.cancel)
    await asyncio.wait({work})
    if not work.cancelled():
        work.result()
