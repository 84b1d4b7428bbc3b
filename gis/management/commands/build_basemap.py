"""`manage.py build_basemap`: draw the basemap file from what is loaded."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone
from django.utils.translation import gettext as _

from access.actors import Actor
from gis import selectors, services


class Command(BaseCommand):
    help = "Draw the basemap file (PMTiles) from the loaded roads, areas, places and regions."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="do nothing when there is a file already")

    def handle(self, *args: Any, **options: Any) -> None:
        target = selectors.basemap_path()
        if options["once"] and target.exists():
            self.stdout.write(_("There is a basemap already: %(path)s") % {"path": target})
            return
        built = services.build_basemap(Actor.system("build_basemap"), target=target, now=timezone.now(), progress=self._progress)
        self.stdout.write(
            _("%(tiles)s tiles, %(size)s MB: %(path)s") % {"tiles": built.tiles, "size": f"{built.size_bytes / 1e6:.1f}", "path": target}
        )

    def _progress(self, what: str, done: int, whole: int) -> None:
        self.stderr.write(f"{what} {done}/{whole}")
