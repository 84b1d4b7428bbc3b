"""Statements that are worded by hand: writes that one room words and another carries out, and statements whose plan is kept.

So a verb across rooms is one statement, and each room still writes its own tables.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Self

import psycopg
from django.db import connection
from django.db.backends.utils import CursorWrapper


@dataclass(frozen=True, slots=True)
class Write:
    """A data-modifying statement with `%s` placeholders, and their values. As part of a larger statement it is called `name`."""

    name: str
    text: str
    values: tuple[Any, ...]

    def as_part(self) -> str:
        """The statement as one of several that are carried out together."""
        return f"{self.name} AS ({self.text})"


@dataclass(frozen=True, slots=True)
class Held:
    """A `SELECT ... FOR NO KEY UPDATE` of the rows a verb has read, as they were read; nothing of the statement happens once they differ.

    Each `Write` carried out with it must hang on it: `WHERE EXISTS (SELECT FROM held)`.
    """

    text: str
    values: tuple[Any, ...]

    def as_part(self) -> str:
        """The statement as the first of several that are carried out together."""
        return f"held AS MATERIALIZED ({self.text})"


class Overtaken(Exception):
    """What a verb had read was changed by another before it could write; nothing was written. Read again."""


class _PlannedCursor(psycopg.Cursor[tuple[Any, ...]]):
    """Binds values on the server and lets it keep the plan."""

    def execute(self, query: Any, params: Any = None, **options: Any) -> Self:
        return super().execute(query, params, prepare=True)


@contextmanager
def planned_cursor() -> Iterator[CursorWrapper]:
    """A cursor for a statement that every connection sends again and again: the server plans it once for each connection.

    Planning is about half of what a short statement of several parts costs. The text must be one of few; what varies goes into the values.
    """
    connection.ensure_connection()
    link = connection.connection
    if link.prepare_threshold is None:
        link.prepare_threshold = 5
    raw: Any = _PlannedCursor(link)
    cursor = connection.make_debug_cursor(raw) if connection.queries_logged else connection.make_cursor(raw)
    with cursor:
        yield cursor
