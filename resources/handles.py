"""How things are found by what a dispatcher types: a code, a name, its pinyin or initials, the beginning of one of them."""

import re
import time
from collections.abc import Iterable, Sequence
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


def nearest_ranked(ranked: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Those (rank, id) that are meant: all of the same code or name where there is one, else every one that begins or holds it."""
    found = sorted(ranked)
    exact = [each for each in found if each[0] <= NAME and each[0] == found[0][0]]
    return exact or found


class _Index:
    """Every unit in service with what it may be called by, read again when it is some seconds old. It knows nothing of permissions."""

    def __init__(self) -> None:
        self._read_at = float("-inf")
        self._rows: list[tuple[int, Spelled]] = []

    def rows(self) -> list[tuple[int, Spelled]]:
        if time.monotonic() - self._read_at > FRESH_SECONDS:
            found = Unit.objects.in_service().order_by("code").values_list("pk", "code", "name")
            self._rows = [(pk, spelled(code, name)) for pk, code, name in found.iterator(5000)]
            self._read_at = time.monotonic()
        return self._rows

    def forget(self) -> None:
        self._read_at = float("-inf")


INDEX = _Index()


def find_units(actor: Actor, text: str, *, limit: int) -> list[Unit]:
    """The units in service that the actor may see and that `text` means, nearest first: one, or all between which it does not decide.

    A `*` at the end means every unit whose code begins so.
    """
    typed = plain(text)
    if not typed:
        return []
    is_family = text.rstrip().endswith("*")
    ranks = ((spelt.rank(typed), pk) for pk, spelt in INDEX.rows())
    ranked = [(rank, pk) for rank, pk in ranks if rank is not None and (not is_family or rank in (CODE, CODE_BEGINS))]
    order = {pk: place for place, (_rank, pk) in enumerate(ranked if is_family else nearest_ranked(ranked))}
    return _seen(actor, list(order)[:LOOKED_AT], order, limit)


def _seen(actor: Actor, ids: Sequence[int], order: dict[int, int], limit: int) -> list[Unit]:
    rows = policy.visible(actor, permissions.VIEW, Unit.objects.in_service().filter(pk__in=ids)).select_related("type", "station", "status_label")
    return sorted(rows, key=lambda unit: order[unit.pk])[:limit]
