"""What can be exported. A room registers its lists; this room knows nothing of what is in them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import IO

from django.utils.functional import Promise

from access.actors import Actor

# Up to this many rows a file is made while one waits; more is a job. PDF is laid out at some 90 rows a second, so it becomes one sooner.
AT_ONCE = {"csv": 5_000, "geojson": 5_000, "pdf": 200}
MOST = {"csv": 200_000, "geojson": 200_000, "pdf": 20_000}
Tell = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Kind:
    """A list: what it is called, where it stands, its media types by format, and who writes it.

    `write(actor, query, format, target, tell, now)` writes what the actor may see of the list under a filter (the query part of its
    address), tells how many rows are written as it goes, and returns how many it wrote; `tell` raises when nobody wants it any more.
    """

    name: str
    title: str | Promise
    page: str
    media_types: dict[str, str]
    write: Callable[[Actor, str, str, IO[bytes], Tell, datetime], int]


_kinds: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    """Let a list be exported."""
    _kinds[kind.name] = kind


def kind_of(name: str) -> Kind:
    """The list of this name. Raises `KeyError`."""
    return _kinds[name]
