"""`manage.py import_cad FILE --profile sffd --as USERNAME [--dry-run]`: bring a CAD export in as history."""

import json
import sys
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone, translation

from exchange.cad import importing, options
from exchange.cad.importing import Outcome
from exchange.cad.lines import FileUnreadable
from exchange.cad.profiles import ProfileUnusable
from exchange.cad.reading import Reading
from exchange.cad.rejects import RejectsFile, path_for
from kit.errors import Forbidden, NotFound

EXAMPLES = 3


class Command(BaseCommand):
    help = "Bring a CAD export in as history: units, incidents, assignments with true times. Safe to run twice."

    def add_arguments(self, parser: ArgumentParser) -> None:
        options.add_to(parser)
        parser.add_argument("--as", dest="username", required=True, metavar="USERNAME", help="in whose name; may import histories")
        parser.add_argument("--dry-run", action="store_true", help="do everything and take it back")
        parser.add_argument("--rejects", type=Path, metavar="PATH", help="where rejected rows go; default FILE.rejected.csv")

    def handle(self, *args: Any, **given: Any) -> None:
        began = time.monotonic()
        try:
            profile = options.profile_of(given)
            actor = options.actor_of(given["username"])
            reading = Reading(given["file"], profile)
            spare = settings.CITY_VAR / "rejected"
            with translation.override("en"), RejectsFile(path_for(given["file"], given["rejects"], spare)) as rejects:
                outcome = importing.import_file(
                    actor,
                    reading=reading,
                    profile=profile,
                    reject=lambda rows: rejects.add(rows, reading.heading),
                    progress=lambda so_far, done: self._progress(so_far, done, began),
                    is_dry_run=given["dry_run"],
                    now=timezone.now(),
                )
        except (ProfileUnusable, FileUnreadable, options.ActorUnknown) as error:
            raise CommandError(str(error)) from error
        except (Forbidden, NotFound) as error:
            raise CommandError(options.refusal(given["username"])) from error
        except OSError as error:
            raise CommandError(f"{error.filename}: {error.strerror}.") from error
        self._tell(reading, outcome, rejects.path, began, given["dry_run"])

    def _progress(self, outcome: Outcome, done: float, began: float) -> None:
        end = "\r" if sys.stderr.isatty() else "\n"
        parts = f"{outcome.rows:,} rows ({done:.0%} of the file), {outcome.incidents:,} incidents, {outcome.unchanged:,} there already"
        self.stderr.write(f"{parts}, {time.monotonic() - began:.1f} s", ending=end)

    def _tell(self, reading: Reading, outcome: Outcome, rejects: Path, began: float, is_dry_run: bool) -> None:
        for kind, count in sorted(reading.told.warnings().items()):
            examples = [one for one in reading.told.warned if one.kind == kind][:EXAMPLES]
            told = "; ".join(f"line {one.line}: {one.detail}" for one in examples)
            self.stdout.write(f"warning: {kind}: {count} rows, used all the same ({told})")
        if outcome.kept:
            self.stdout.write(f"left alone, because people here took them up again: {', '.join(outcome.kept[:20])}")
        if outcome.rejected:
            self.stdout.write(f"{outcome.rejected} rows were not used; they are in {rejects} with line and reason")
        there = f"{outcome.unchanged} incidents were there already, {outcome.corrected} were corrected or added to"
        self.stdout.write(f"{'dry run, nothing was kept: ' if is_dry_run else ''}{there}; {time.monotonic() - began:.1f} s")
        counts = {name: getattr(outcome, name) for name in ("rows", "incidents", "units", "assignments", "rejected")}
        self.stdout.write(json.dumps(counts))
