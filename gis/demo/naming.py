"""Invented names for streets and places, with their readings."""

import json
import random
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from gis.romanise import syllables


@dataclass(frozen=True, slots=True)
class Name:
    """A name in Chinese and in English."""

    local: str
    english: str


@cache
def words() -> dict[str, Any]:
    """Characters, suffixes and patterns that names are made from."""
    return dict(json.loads(Path(__file__).with_name("names.json").read_text(encoding="utf-8")))


@cache
def spoken(stem: str) -> str:
    """A Chinese stem in Latin letters with a capital: one word."""
    return "".join(syllables(stem)).capitalize()


def street(stem: str, suffix: str, stem_en: str = "") -> Name:
    """A stem with the word for the kind of road."""
    return Name(stem + suffix, f"{stem_en or spoken(stem)} {words()['suffix'][suffix]}")


class Names:
    """Deals names without repeating one while any are left."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        first, second = words()["first"], words()["second"]
        self._stems = [one + other for one in first for other in second if one != other]
        self._rng.shuffle(self._stems)
        self._given: dict[str, int] = {}

    def next(self, style: str) -> Name:
        """The next unused name of a style: street or lane."""
        suffixes = words()["core"][style]
        number = self._given.get(style, 0)
        self._given[style] = number + 1
        turn, place = divmod(number, len(self._stems))
        return street(self._stems[place], suffixes[turn % len(suffixes)])

    def stem(self) -> str:
        """A stem from the far end of the pile, for roads in two halves."""
        number = self._given.get("stem", 0)
        self._given["stem"] = number + 1
        return str(self._stems[-1 - number % len(self._stems)])

    def any_stem(self) -> str:
        """Any stem, repeats allowed."""
        return str(self._rng.choice(self._stems))
