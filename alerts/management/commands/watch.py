import signal
from typing import Any

from django.core.management.base import BaseCommand
from django.db import connections

from alerts.watchman import Watchman

# A watch that hangs is worse than one that dies: every wait for PostgreSQL ends by itself.
OPTIONS = "-c statement_timeout=5s -c lock_timeout=2s -c idle_in_transaction_session_timeout=10s"


class Command(BaseCommand):
    # Checks import every page; a watch that was killed must be back before an alarm is late. `./city check` runs them.
    requires_system_checks: list[str] = []
    help = "Look once a second for what is due, raise and end alarms. A second one stands by."

    def handle(self, **options: Any) -> None:
        for database in connections.settings.values():
            database["OPTIONS"].pop("pool", None)  # one connection is enough, and it is kept
            database["OPTIONS"]["options"] = f"{database['OPTIONS'].get('options', '')} {OPTIONS}".strip()
        watchman = Watchman()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: watchman.stop())
        watchman.run()
