"""`manage.py serve_routes`: run the routing engine, building its network beside where there is none; a supervisor keeps it alive."""

import os
import sys
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from gis.routing import building, roads


class Command(BaseCommand):
    help = "Run the routing engine on a free port of this machine; its network is built from the loaded roads where there is none or an older one."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            building.program("valhalla_service")
        except building.EngineMissing as refusal:
            raise CommandError(str(refusal.sentence)) from refusal
        seat = [str(path) for path in (settings.ROUTING_PROGRAMS, settings.ROUTES_DIR, roads.address_file())]
        builder = [sys.executable, str(settings.BASE_DIR / "manage.py"), "build_routes", "--once"]
        os.chdir(settings.BASE_DIR)
        os.execv(sys.executable, [sys.executable, "-m", "gis.routing.serving", *seat, *builder])  # noqa: S606  (paths of our own settings)
