"""`manage.py build_routes [FILE.osm.pbf]`: the network that travel times by road come from."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from access.actors import Actor
from gis import selectors, services
from kit.errors import Refused


class Command(BaseCommand):
    help = "Build the network for travel times by road from an OpenStreetMap extract, or from the loaded roads. A running engine changes over."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, nargs="?", help="an extract (.osm.pbf); none: the roads that are loaded")

        parser.add_argument("--once", action="store_true", help="do nothing when there is a network that is as new as the roads")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["once"] and not selectors.routes_are_stale():
            return
        try:
            tiles = services.build_routes(Actor.system("build_routes"), extract=options["file"], now=timezone.now(), progress=self._progress)
        except (Refused, OSError) as error:
            raise CommandError(getattr(error, "sentence", str(error))) from error
        if tiles.lonely:
            self.stdout.write(_("%(count)s places on roads lead nowhere: nothing is reached from them.") % {"count": tiles.lonely})
        self.stdout.write(_("The network of %(source)s is in place: version %(version)s.") % {"source": tiles.source, "version": tiles.version})

    def _progress(self, what: str, done: int, whole: int) -> None:
        self.stderr.write(f"{what} {done}/{whole}")
