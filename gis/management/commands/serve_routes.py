"""`manage.py serve_routes`: run the routing engine, building its network first where there is none; a supervisor keeps it alive."""

import signal
import sys
from threading import Event
from types import FrameType
from typing import Any

from django.core.management.base import BaseCommand
from django.db import connection
from django.utils import timezone

from access.actors import Actor
from gis import selectors, services
from gis.routing import roads, serving
from kit.errors import Refused

WAIT_FOR_ROADS = 5.0


class Command(BaseCommand):
    help = "Run the routing engine on a free port of this machine; build its network from the loaded roads where there is none or an older one."

    def handle(self, *args: Any, **options: Any) -> None:
        stop = Event()

        def end(number: int, frame: FrameType | None) -> None:
            stop.set()

        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, end)
        serving.sweep(roads.folder())
        try:
            self._prepare(stop)
            connection.close()
            serving.serve(stop, self._say)
        except serving.EngineEnded as error:
            self._say(f"routing: {error}")
            sys.exit(1)

    def _prepare(self, stop: Event) -> None:
        """Wait until there is something to serve. A network of somebody's extract is never built over."""
        while selectors.routes_are_stale():
            try:
                services.build_routes(Actor.system("serve_routes"), extract=None, now=timezone.now(), progress=lambda *_: None)
                return
            except Refused as refusal:
                if roads.current() is not None:
                    self._say(f"routing: {refusal.sentence}")
                    return  # an older network is better than none
                if refusal.code != "no_roads":
                    raise serving.EngineEnded(str(refusal.sentence)) from refusal
            connection.close()
            if stop.wait(WAIT_FOR_ROADS):
                return

    def _say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()
