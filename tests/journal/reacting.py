"""A reaction for tests: notes in the database what it did, then behaves as it is told."""

from collections.abc import Callable

from django.db import connection

from journal.models import Entry

done: list[str] = []


def works(entry: Entry) -> None:
    """Nothing more."""


behaviour: Callable[[Entry], None] = works


def count(entry: Entry) -> None:
    """Insert a row (a person's phone would ring), then behave."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO django_session (session_key, session_data, expire_date) VALUES (gen_random_uuid()::text, %s, now())", [str(entry.id)]
        )
    behaviour(entry)
    done.append(entry.data["text"])
