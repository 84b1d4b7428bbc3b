"""Cursor pages: a list is bounded, and a page that is being read does not shift when rows are added."""

import base64
import binascii
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

import orjson
from django.utils.translation import gettext_lazy as _

from kit.errors import Invalid

DEFAULT_SIZE = 50
MAX_SIZE = 200

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some rows and the cursor of the next ones, None at the end."""

    rows: list[T]
    next_cursor: str | None


def encode(values: list[Any]) -> str:
    """A cursor that says nothing to its bearer."""
    return base64.urlsafe_b64encode(orjson.dumps(values)).decode().rstrip("=")


def decode(cursor: str, *kinds: type) -> list[Any]:
    """Read a cursor back: as many values as `kinds`, each of its kind. Raises `Invalid` when it was not made here."""
    try:
        values = orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (binascii.Error, ValueError) as error:
        raise _foreign() from error
    if not isinstance(values, list) or len(values) != len(kinds):
        raise _foreign()
    if not all(_is_sound(value, kind) for value, kind in zip(values, kinds, strict=True)):
        raise _foreign()
    return [datetime.fromisoformat(value) if kind is datetime else value for value, kind in zip(values, kinds, strict=True)]


def _foreign() -> Invalid:
    return Invalid({"cursor": _("This cursor was not issued by this list.")})


def _is_sound(value: Any, kind: type) -> bool:
    if kind is datetime:
        try:
            return isinstance(value, str) and datetime.fromisoformat(value).tzinfo is not None
        except ValueError:
            return False
    if kind is str:
        return isinstance(value, str) and "\0" not in value
    if kind is int:
        return type(value) is int and -(2**63) <= value < 2**63
    return type(value) is kind


def bounded(size: int | None) -> int:
    """A page size between 1 and 200, 50 unless asked."""
    return DEFAULT_SIZE if size is None else max(1, min(size, MAX_SIZE))
