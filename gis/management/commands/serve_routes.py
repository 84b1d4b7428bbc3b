"""`manage.py serve_routes`: run the routing engine, building its network first where there is none; a supervisor keeps it alive."""

import os
import sys
import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.utils import timezone

from access.actors import Actor
from gis import selectors, services
from gis.routing import building, roads
from kit.errors import Refused

WAIT_FOR_ROADS = 5.0


class Command(BaseCommand):
    help = "Run the routing engine on a free port of this machine; build its network from the loaded roads where there is none or an older one."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            building.program("valhalla_service")
        except building.EngineMissing as refusal:
            raise CommandError(str(refusal.sentence)) from refusal
        self._prepare()
        seat = [str(path) for path in (settings.ROUTING_PROGRAMS, settings.ROUTES_DIR, roads.address_file())]
        os.chdir(settings.BASE_DIR)
        os.execv(sys.executable, [sys.executable, "-m", "gis.routing.serving", *seat])  # noqa: S606  (paths of our own settings)

    def _prepare(self) -> None:
        """Wait until there is something to serve. A network of somebody's extract is never built over."""
        while selectors.routes_are_stale():
            try:
                services.build_routes(Actor.system("serve_routes"), extract=None, now=timezone.now(), progress=lambda *_: None)
                return
            except Refused as refusal:
                if roads.current() is not None:
                    self.stdout.write(f"routing: {refusal.sentence}")
                    return  # an older network is better than none
                if refusal.code != "no_roads":
                    raise CommandError(str(refusal.sentence)) from refusal
            connection.close()
            time.sleep(WAIT_FOR_ROADS)
