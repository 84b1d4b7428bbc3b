"""`manage.py verify_room FILE`: whether an exported room is what this city sealed, and whether the journal knows of it."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from chat import exporting, sealing
from journal.models import Entry


class Command(BaseCommand):
    help = "Checks the seal of a room that was exported as JSON."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        body = file.read_bytes()
        told = exporting.opened(body)
        if told is None:
            raise CommandError("The seal is broken, or it is not that of this city.")
        digest = exporting.digest_in(body)
        entry = Entry.objects.filter(name="chat.room_exported", data__digest=digest).first()
        known = f"recorded at {entry.at.isoformat()}" if entry is not None else "NOT recorded in this journal"
        room = told["room"]
        self.stdout.write(f"Room {room['id']} ({room['name']}), {len(told['messages'])} messages, made by {told['made_by']} at {told['made_at']}: ")
        self.stdout.write(f"the seal holds; digest {digest}, {known}; key {sealing.public_key()}")
