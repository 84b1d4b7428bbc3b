"""Numbers that stand on the street itself: stakes of a road (K23+500) and plates of lamp posts, hydrants and manholes. Pure text."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from gis.words import fold

LONGEST_PLATE = 20
MOST_STAKE_M = 6_000_000  # the longest road of the country is shorter
_NOT_PLATE = re.compile(r"[^a-z0-9]+")
_CODE = re.compile(r"(?=.*\d)[a-z0-9][a-z0-9 ._/#-]*")


@cache
def table(name: str) -> Any:
    """One table of words of `notations.json`."""
    return json.loads(Path(__file__).with_name("notations.json").read_text(encoding="utf-8"))[name]


def plate(text: str) -> str:
    """The letters and digits of a number on a plate, folded: what two people write differently is one."""
    return _NOT_PLATE.sub("", fold(text))[:LONGEST_PLATE]


@dataclass(frozen=True, slots=True)
class PlateAsked:
    """A text that names a thing by its plate: of one kind or (empty) any, a whole number or part of it, and words of its address."""

    kinds: tuple[str, ...]
    plate: str
    words: tuple[str, ...]


def plate_asked(text: str) -> PlateAsked | None:
    """The plate a text asks for, None when it does not look like one: without a kind it must be a code of four characters or more."""
    text = fold(text)
    for word, kind in _plate_words():
        if word in text:
            left, right = text.split(word, 1)
            return _with_kind(kind, f"{left} {right}")
    if _CODE.fullmatch(text) and 4 <= len(_NOT_PLATE.sub("", text)) <= LONGEST_PLATE:
        return PlateAsked(tuple(table("plates")), plate(text), ())
    return None


@cache
def _plate_words() -> list[tuple[str, str]]:
    pairs = [(word, kind) for kind, names in table("plates").items() for word in names["words"]]
    return sorted(pairs, key=lambda pair: -len(pair[0]))


def _with_kind(kind: str, rest: str) -> PlateAsked | None:
    for noise in table("plate_noise"):
        rest = re.sub(rf"\b{noise}\b\.?", " ", rest) if noise.isascii() and noise.isalpha() else rest.replace(noise, " ")
    codes = re.findall(r"[a-z0-9._/-]*\d[a-z0-9._/-]*", rest)
    words = tuple(word for word in re.split(r"[\s()]+", re.sub(r"[a-z0-9._/-]*\d[a-z0-9._/-]*", " ", rest)) if len(word) > 1)
    if len(codes) > 1 or (not codes and not words):
        return None
    return PlateAsked((kind,), plate(codes[0]) if codes else "", words[:4])


@dataclass(frozen=True, slots=True)
class StakeAsked:
    """A road as typed (folded) and how many metres of it are counted."""

    road: str
    metres: int


def stake_asked(text: str) -> StakeAsked | None:
    """The road and stake a text asks for: K23+500, 23.5 after a word for stakes, 23 km 500 m; None for anything else."""
    found = _stake_form().fullmatch(_without_tail(fold(text)))
    if found is None or not found["road"].strip(" ,:-"):
        return None
    metres = _metres(found)
    return None if metres is None else StakeAsked(found["road"].strip(" ,:-"), metres)


def stake_metres(text: str) -> int | None:
    """Metres of a stake written by itself, as a file of stakes has it; a bare number counts kilometres."""
    text = fold(text)
    if re.fullmatch(r"\d{1,4}(\.\d{1,3})?", text):
        return round(float(text) * 1000)
    found = _stake_form().fullmatch(f"= {text}")
    return None if found is None else _metres(found)


def stake_name(metres: int) -> str:
    """K23+500 for 23,500 metres."""
    return f"K{metres // 1000}+{metres % 1000:03d}"


def _metres(found: re.Match[str]) -> int | None:
    before, after = found["before"], found["after"]
    if not before and not after and found["plus"] is None:
        return None
    words = table("stake")
    unit = float(words["after"][after] if after else words["before"].get(before, 1000))
    more = float(found["plus"] or found["rest"] or 0)
    metres = round(float(found["number"]) * unit + more)
    return metres if metres <= MOST_STAKE_M and more < 1000 else None


def _either(words: Iterable[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


@cache
def _stake_form() -> re.Pattern[str]:
    words = table("stake")
    metres = _either(words["metres"])
    return re.compile(
        rf"(?P<road>.*?)\s*(?:(?P<before>{_either(words['before'])})\s*[:=]?\s*(?:k\s*)?)?(?<![\d.])(?P<number>\d{{1,4}}(?:\.\d{{1,3}})?)"
        rf"(?:\s*\+\s*(?P<plus>\d{{1,3}}(?:\.\d+)?)\s*(?:{metres})?"
        rf"|\s*(?P<after>{_either(words['after'])})(?:\s*(?P<rest>\d{{1,3}})\s*(?:{metres}))?)?"
    )


def _without_tail(text: str) -> str:
    for word in table("stake")["tail"]:
        text = text.removesuffix(word).strip()
    return text
