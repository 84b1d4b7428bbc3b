"""How things are called in a sentence. Rooms above register a function for each kind of subject they own."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format

AUTOMATION = "automation"
"""The kind under which whatever works by itself is named: its ids are those of such authors."""
Labeller = Callable[[list[str]], dict[str, str]]

_labellers: dict[str, Labeller] = {}


def register(kind: str, fn: Labeller) -> None:
    """Name subjects of this kind: `fn(ids)` gives the label of each id it knows, in the reader's language."""
    _labellers[kind] = fn


def is_known(kind: str) -> bool:
    """Whether some room names subjects of this kind."""
    return kind in _labellers


def resolve(wanted: Mapping[str, Iterable[str]]) -> dict[tuple[str, str], str]:
    """The labels of all wanted (kind, id), one call for each kind; an unknown one is called "kind id"."""
    found: dict[tuple[str, str], str] = {}
    for kind, ids in wanted.items():
        unique = sorted(set(ids))
        known = _labellers[kind](unique) if kind in _labellers and unique else {}
        found |= {(kind, one): str(known.get(one, f"{kind} {one}")) for one in unique}
    return found


def _times(ids: list[str]) -> dict[str, str]:
    named: dict[str, str] = {}
    for text in ids:
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            continue
        local = timezone.localtime(moment) if timezone.is_aware(moment) else moment
        named[text] = date_format(local, "Y-m-d H:i:s")
    return named


register("time", _times)
