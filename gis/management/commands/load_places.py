"""`manage.py load_places FILE.osm.pbf|.csv|.geojson --source NAME`: places and roads of a file in the stead of what that source gave before."""

import csv
import json
import sys
import time
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from access.actors import Actor
from gis import osm_places, place_files, services
from gis.coordinates import System
from gis.models import Place
from gis.place_files import Thing
from gis.place_rows import Manner, Rejected
from kit import sheets
from kit.errors import Refused

MOST_LINES = 100_000  # of the file of rejected rows
EVERY_S = 2.0


class RejectedRows:
    """The file of what was not used; made with the first line, and emptied of what an earlier run left."""

    def __init__(self, path: Path) -> None:
        self.path, self.count = path, 0
        self._file: IO[str] | None = None

    def __enter__(self) -> Self:
        self.path.unlink(missing_ok=True)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._file is not None:
            self._file.close()

    def add(self, one: Rejected) -> None:
        """One line; cells that a spreadsheet would run are quoted."""
        self.count += 1
        if self.count > MOST_LINES:
            return
        if self._file is None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._file = self.path.open("w", newline="", encoding="utf-8", errors="replace")
            self._file.write(sheets.MARK)
            csv.writer(self._file).writerow(["line", "code", "name", "reason"])
        csv.writer(self._file).writerow([one.line, sheets.safe_cell(one.code), sheets.safe_cell(one.name), one.reason])


class Command(BaseCommand):
    help = "Load places and roads from an OpenStreetMap extract, a CSV or a GeoJSON file. Safe to run twice."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--source", default="", help="whose places these are, at most 40 characters; default the file's name")
        parser.add_argument("--kind", default="", choices=["", *Place.Kind.values], help="the kind of all places of a file that names none")
        parser.add_argument("--system", default=System.WGS84.value, choices=[system.value for system in System], help="reference system of the file")
        parser.add_argument("--encoding", default="utf-8", help="of a CSV file; gb18030 for older Chinese files")
        parser.add_argument("--rejected", type=Path, help="where rejected rows go; default VAR/rejected/FILE.rejected.csv")
        parser.add_argument(
            "--allow-rejected", type=float, default=10.0, metavar="PERCENT", help="refuse the file when more than this cannot be used"
        )
        parser.add_argument("--dry-run", action="store_true", help="do everything and take it back")

    def handle(self, *args: Any, **given: Any) -> None:
        file: Path = given["file"]
        self._began = self._told = time.monotonic()
        spare = Path(settings.CITY_VAR) / "rejected" / f"{file.name}.rejected.csv"
        try:
            with RejectedRows(given["rejected"] or spare) as rejected:
                loaded = services.load_places(
                    Actor.system("load_places"),
                    source=(given["source"] or file.name)[:40],
                    things=self._things(file, Manner(given["kind"], System(given["system"])), given["encoding"]),
                    reject=rejected.add,
                    most_rejected=given["allow_rejected"] / 100,
                    is_dry_run=given["dry_run"],
                    now=timezone.now(),
                    progress=self._progress,
                )
        except Refused as error:
            more = f" ({rejected.path})" if rejected.count else ""
            raise CommandError(f"{error.sentence}{more}") from error
        except OSError as error:
            raise CommandError(f"{error.filename}: {error.strerror}.") from error
        self._tell(loaded, rejected, given["dry_run"])

    def _things(self, file: Path, manner: Manner, encoding: str) -> Iterator[Thing]:
        name = file.name.lower()
        if name.endswith(".pbf"):
            return osm_places.from_osm(file)
        if name.endswith((".geojson", ".json")):
            return place_files.from_geojson(file, manner)
        if name.endswith((".csv", ".tsv", ".txt")):
            return place_files.from_csv(file, manner, encoding)
        raise CommandError("The file must end in .osm.pbf, .csv or .geojson.")

    def _progress(self, what: str, done: int, whole: int) -> None:
        now = time.monotonic()
        if now - self._told >= EVERY_S:
            self._told = now
            self.stderr.write(
                f"{what}: {done:,} read, {whole - done:,} rejected, {now - self._began:.0f} s", ending="\r" if sys.stderr.isatty() else "\n"
            )

    def _tell(self, loaded: services.Loaded, rejected: RejectedRows, is_dry_run: bool) -> None:
        if rejected.count:
            self.stdout.write(f"{rejected.count} were not used; they are in {rejected.path} with line and reason")
        self.stdout.write(f"{'dry run, nothing was kept; ' if is_dry_run else ''}{time.monotonic() - self._began:.1f} s")
        counts = {f"{name}_{what}": getattr(getattr(loaded, name), what) for name in ("places", "roads") for what in ("added", "changed", "removed")}
        self.stdout.write(json.dumps({**counts, "rejected": loaded.rejected}))
