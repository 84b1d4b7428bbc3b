from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from journal import reference


class Command(BaseCommand):
    help = "Write the generated pages of docs/reference/."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="write nothing; fail when a page is not up to date")

    def handle(self, **options: Any) -> None:
        folder = Path(settings.BASE_DIR) / "docs" / "reference"
        if options["check"]:
            stale = [
                name
                for name, text in reference.build().items()
                if not (folder / name).exists() or (folder / name).read_text(encoding="utf-8") != text
            ]
            if stale:
                raise CommandError(f"not up to date, run ./city docs: {', '.join(stale)}")
            return
        self.stdout.write(f"written: {', '.join(reference.write(folder)) or 'nothing new'}")
