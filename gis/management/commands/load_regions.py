"""`manage.py load_regions FILE.geojson --level DISTRICT --parent 110000 --source "..."`: official outlines in the stead of approximate ones."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from access.actors import Actor
from access.models import Region
from gis import geojson, services
from gis.coordinates import System
from kit.errors import Refused


class Command(BaseCommand):
    help = "Load regions of one level from a GeoJSON file; a known code is redrawn, a new one is added below --parent."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--level", required=True, choices=Region.Level.values)
        parser.add_argument("--parent", default="", help="code of the region that all lie in; empty for a root")
        parser.add_argument("--parent-property", default="", help="property that holds each region's parent's code, instead of --parent")
        parser.add_argument("--source", required=True, help="where the outlines come from, shown to people")
        parser.add_argument("--code-property", default="code")
        parser.add_argument("--name-property", default="name")
        parser.add_argument("--name-en-property", default="name_en")
        parser.add_argument("--system", default=System.WGS84.value, choices=[system.value for system in System], help="reference system of the file")
        parser.add_argument("--approximate", action="store_true", help="label the outlines as approximate")
        parser.add_argument("--repair", action="store_true", help="mend outlines that cross themselves instead of refusing the file")
        parser.add_argument("--dry-run", action="store_true", help="check the file and load nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        columns = geojson.Columns(options["code_property"], options["name_property"], options["name_en_property"], options["parent_property"])
        try:
            records = geojson.read_regions(
                options["file"],
                level=options["level"],
                parent=options["parent"],
                columns=columns,
                system=System(options["system"]),
                repair=options["repair"],
            )
            if options["dry_run"]:
                self.stdout.write(_("%(count)s regions can be loaded.") % {"count": len(records)})
                return
            added, redrawn = services.load_regions(
                Actor.system("load_regions"),
                records=records,
                is_approximate=options["approximate"],
                source=options["source"][:200],
                now=timezone.now(),
                progress=self._progress,
            )
        except (Refused, OSError) as error:
            raise CommandError(getattr(error, "sentence", str(error))) from error
        self.stdout.write(_("%(added)s regions added, %(redrawn)s redrawn.") % {"added": added, "redrawn": redrawn})

    def _progress(self, what: str, done: int, whole: int) -> None:
        if done == whole or done % 50 == 0:
            self.stderr.write(f"{what} {done}/{whole}")
