"""How a Chinese name is read: pinyin without tones, and its initials, as people type them to find a place."""

import json
import re
from functools import cache
from pathlib import Path

_TYPED = re.compile(r"[^a-z0-9]+")


@cache
def _with_local_readings() -> None:
    from pypinyin import load_phrases_dict  # where it is needed: its dictionary takes a tenth of a program's start

    readings = json.loads(Path(__file__).with_name("readings.json").read_text(encoding="utf-8"))
    load_phrases_dict({name: [[part] for part in reading.split()] for name, reading in readings.items() if name != "about"})


def syllables(name: str) -> list[str]:
    """The readings of the characters of a name, without tones; Latin letters and digits stay as they are."""
    from pypinyin import lazy_pinyin

    _with_local_readings()
    return [str(part) for part in lazy_pinyin(name, errors="default")]


def typed(name: str) -> tuple[str, str]:
    """(pinyin, initials) in lower case without blanks: what a person types for the name."""
    pinyin, initials = [], []
    for part in syllables(name):
        plain = _TYPED.sub("", part.lower())
        pinyin.append(plain)
        initials.append(plain if plain.isdigit() else plain[:1])
    return "".join(pinyin), "".join(initials)
