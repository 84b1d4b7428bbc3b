import signal
from typing import Any

from django.core.management.base import BaseCommand

from journal.relay import Relay


class Command(BaseCommand):
    # Checks import every page; a relay that was killed must be back before anybody notices. `./city check` runs them.
    requires_system_checks: list[str] = []
    help = "Number committed entries, chain their digests, hand them to the hubs and the reactions. A second one stands by."

    def handle(self, **options: Any) -> None:
        relay = Relay()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: relay.stop())
        relay.run()
