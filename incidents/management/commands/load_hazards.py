"""`manage.py load_hazards FILE.csv --source NAME`: places with a warning, in the stead of what that source gave before."""

import csv
import hashlib
import io
from argparse import ArgumentParser
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from access.actors import Actor
from incidents import services
from incidents.services.hazards import NewHazard
from kit.errors import Invalid, Refused
from kit.geo import Position

NEEDED = ("code", "name", "warning", "lon", "lat")
MOST_BYTES = 50_000_000


class Command(BaseCommand):
    help = "Load hazards (code, name, warning, lon, lat; kind, warning_en, radius_m, valid_from, valid_until) from a CSV file. Safe to run twice."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--source", required=True, help="whoever keeps the list; rows it no longer names go out of use")
        parser.add_argument("--dry-run", action="store_true", help="say what would change, and change nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        content = self._read(options["file"])
        actor = Actor.system("load_hazards")
        digest = hashlib.sha256(content).hexdigest()
        try:
            with transaction.atomic():
                rows = list(_rows(content))
                loaded = services.load_hazards(actor, hazards=rows, source=options["source"][:120], digest=digest)
                transaction.set_rollback(options["dry_run"])
        except Refused as refusal:
            why = "; ".join(f"{name}: {reason}" for name, reason in refusal.fields.items()) if isinstance(refusal, Invalid) else refusal.sentence
            raise CommandError(why) from refusal
        prefix = "would be: " if options["dry_run"] else ""
        self.stdout.write(f"{prefix}{loaded.added} added, {loaded.changed} changed, {loaded.retired} out of use, {loaded.same} as before")

    def _read(self, path: Path) -> bytes:
        if not path.is_file():
            raise CommandError(f"{path} is not a file")
        if path.stat().st_size > MOST_BYTES:
            raise CommandError(f"{path} is larger than {MOST_BYTES // 1_000_000} MB")
        return path.read_bytes()


def _rows(content: bytes) -> Iterator[NewHazard]:
    """The file's rows; UTF-8, or GB 18030 as Chinese spreadsheets write it."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("gb18030", "strict")
    reader = csv.DictReader(io.StringIO(text))
    missing = [name for name in NEEDED if name not in (reader.fieldnames or [])]
    if missing:
        raise CommandError(f"columns are missing: {', '.join(missing)}")
    for row in reader:
        try:
            yield _hazard({name: (value or "").strip() for name, value in row.items() if isinstance(name, str)})
        except (ValueError, Invalid) as error:
            why = "; ".join(map(str, error.fields.values())) if isinstance(error, Invalid) else str(error)
            raise CommandError(f"line {reader.line_num}: {why}") from error


def _hazard(row: dict[str, str]) -> NewHazard:
    def day(name: str) -> date | None:
        return date.fromisoformat(row[name]) if row.get(name) else None

    return NewHazard(
        code=row["code"], name=row["name"], warning=row["warning"], position=Position(float(row["lon"]), float(row["lat"])),
        kind=row.get("kind") or "OTHER", warning_en=row.get("warning_en", ""), radius_m=int(row.get("radius_m") or 100),
        valid_from=day("valid_from"), valid_until=day("valid_until"),
    )  # fmt: skip
