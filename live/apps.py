import sys

from django.apps import AppConfig


class LiveConfig(AppConfig):
    name = "live"

    def ready(self) -> None:
        if "daphne.server" in sys.modules:
            from live import daphne_wire

            daphne_wire.apply()
