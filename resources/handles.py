"""How things are found by what a dispatcher types: a code, a name, its pinyin or initials, the beginning of one of them."""

import re
import time
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from access import policy
from access.actors import Actor
from gis import romanise
from resources import permissions
from resources.models import Unit

# What a match is worth; the lower, the nearer to what was typed.
CODE, NAME, CODE_BEGINS, NAME_BEGINS, NAME_HOLDS = range(5)

LOOKED_AT = 400
FRESH_SECONDS = 5.0
# Behind every word that begins with the same letters.
LAST = "\U0010ffff"

_BLANK = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Spelled:
    """What a thing may be called by: its code and its names, each as it is typed."""

    code: str
    names: tuple[str, ...]

    def rank(self, typed: str) -> int | None:
        """How near this is to what was typed (as `plain` gives it); None when it is something else."""
        if typed == self.code:
            return CODE
        if typed in self.names:
            return NAME
        if self.code.startswith(typed):
            return CODE_BEGINS
        if any(name.startswith(typed) for name in self.names):
            return NAME_BEGINS
        return NAME_HOLDS if len(typed) > 1 and any(typed in name for name in self.names) else None


def plain(text: str) -> str:
    """Letters and digits in lower case, without blanks and dashes: "F01-1" and "f011" are one."""
    return _BLANK.sub("", text.casefold())


@lru_cache(maxsize=65536)
def ways_to_say(name: str) -> tuple[str, ...]:
    """A name as it is typed: itself, its pinyin, the initials of its syllables or of its words."""
    if not name:
        return ()
    if name.isascii():
        words = _BLANK.sub(" ", name.casefold()).split()
        return plain(name), *(["".join(word[0] for word in words)] if len(words) > 1 else [])
    pinyin, initials = romanise.typed(name)
    return plain(name), pinyin, initials


@lru_cache(maxsize=65536)
def spelled(code: str, *names: str) -> Spelled:
    """What a thing with this code and these names may be called by."""
    return Spelled(plain(code), tuple(dict.fromkeys(way for name in names for way in ways_to_say(name) if way)))


class _Index:
    """Every unit in service with what it may be called by, read again when it is some seconds old. It knows nothing of permissions.

    Codes and names stand in order, so that what is equal to a text or begins with it is found without looking at the rest.
    """

    def __init__(self) -> None:
        self._read_at = float("-inf")
        self._codes: list[tuple[str, int]] = []
        self._names: list[tuple[str, int]] = []

    def look_up(self, typed: str) -> list[int]:
        """The units that are meant, nearest first: all of this code or name, else all that begin so, else all whose name holds it."""
        self._refresh()
        codes, names = _beginning(self._codes, typed), _beginning(self._names, typed)
        for exact in ([pk for code, pk in codes if code == typed], [pk for name, pk in names if name == typed]):
            if exact:
                return list(dict.fromkeys(exact))
        begins = [pk for _word, pk in (*codes, *names)]
        if begins or len(typed) < 2:
            return list(dict.fromkeys(begins))
        return list(dict.fromkeys(pk for name, pk in self._names if typed in name))

    def family(self, typed: str) -> list[int]:
        """The units whose code begins so, by code."""
        self._refresh()
        return [pk for _code, pk in _beginning(self._codes, typed)]

    def forget(self) -> None:
        """Read again with the next question."""
        self._read_at = float("-inf")

    def _refresh(self) -> None:
        if time.monotonic() - self._read_at <= FRESH_SECONDS:
            return
        found = [(pk, spelled(code, name)) for pk, code, name in Unit.objects.in_service().order_by("code").values_list("pk", "code", "name")]
        self._codes = sorted((each.code, pk) for pk, each in found)
        self._names = sorted((name, pk) for pk, each in found for name in each.names)
        self._read_at = time.monotonic()


def _beginning(words: Sequence[tuple[str, int]], typed: str) -> Sequence[tuple[str, int]]:
    """Those of the ordered words that begin with what was typed."""
    return words[bisect_left(words, (typed, 0)) : bisect_left(words, (typed + LAST, 0))]


INDEX = _Index()


def find_units(actor: Actor, text: str, *, limit: int) -> list[Unit]:
    """The units in service that the actor may see and that `text` means, nearest first: one, or all between which it does not decide.

    A `*` at the end means every unit whose code begins so.
    """
    typed = plain(text)
    if not typed:
        return []
    ids = (INDEX.family(typed) if text.rstrip().endswith("*") else INDEX.look_up(typed))[:LOOKED_AT]
    return _seen(actor, ids, {pk: place for place, pk in enumerate(ids)}, limit)


def _seen(actor: Actor, ids: Sequence[int], order: dict[int, int], limit: int) -> list[Unit]:
    rows = policy.visible(actor, permissions.VIEW, Unit.objects.in_service().filter(pk__in=ids)).select_related("type", "station", "status_label")
    return sorted(rows, key=lambda unit: order[unit.pk])[:limit]
