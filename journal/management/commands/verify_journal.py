import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from journal import verification


class Command(BaseCommand):
    help = "Check the digest chain of the journal: in the database, or from an export alone."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--export", metavar="FILE", help="write the journal as JSON lines ('-': standard output) instead of checking it")
        parser.add_argument("--after", type=int, default=0, metavar="POSITION", help="with --export: only entries after this position")
        parser.add_argument("--from-export", metavar="FILE", type=Path, help="check this export; needs no database")
        parser.add_argument("--expect", metavar="POSITION:DIGEST", help="the end noted earlier elsewhere; the chain must still contain it")

    def handle(self, **options: Any) -> None:
        if options["export"]:
            self._export(options["export"], options["after"])
            return
        expect = _end(options["expect"]) if options["expect"] else None
        source = options["from_export"]
        try:
            verdict = verification.verify_export(source, expect) if source else verification.verify_database(expect)
        except (verification.NoExport, OSError) as error:
            raise CommandError(str(error)) from error
        for flaw in verdict.flaws[:50]:
            self.stderr.write(str(flaw))
        if not verdict.is_whole:
            raise CommandError(f"the journal does not hold: {len(verdict.flaws)} flaws in {verdict.entries} entries")
        self.stdout.write(f"the journal holds: {verdict.entries} entries, end {verdict.position}:{verdict.digest.hex()}")

    def _export(self, name: str, after: int) -> None:
        if name == "-":
            verification.export(sys.stdout, after=after)
            return
        with Path(name).open("w", encoding="utf-8") as target:
            count = verification.export(target, after=after)
        self.stdout.write(f"{count} entries written to {name}")


def _end(text: str) -> verification.End:
    position, _, digest = text.partition(":")
    try:
        return int(position), bytes.fromhex(digest)
    except ValueError as error:
        raise CommandError(f"--expect {text}: not POSITION:DIGEST") from error
