"""The words of the grammar: verbs, states and minutes, from a data file, spelled as they may be typed."""

import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.utils.translation import get_language

from incidents.unit_states import BY_CODE, STATES, UnitState
from resources.handles import Spelled, plain, spelled
from resources.models import LocalStatus

KEY_CAPS = {state.code: state.key for state in STATES}


@dataclass(frozen=True, slots=True)
class StatusWord:
    """A word for what a unit does: the city's, or a department's own (`label` is its code, `department_id` None: the city's)."""

    state: UnitState
    name: str
    spelled: Spelled
    label: str = ""
    department_id: int | None = None


@cache
def _data() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(Path(__file__).with_name("words.json").read_text(encoding="utf-8"))
    return found


@cache
def verbs() -> dict[str, str]:
    """Each word for a verb, as it is typed, with the verb."""
    return {word: verb for verb, words in _data()["verbs"].items() for word in words}


def status_words(own: list[LocalStatus]) -> list[StatusWord]:
    """Every word for a state: the departments' own first, because a local word is what its crews mean."""
    return [word for status in own if (word := _local(status)) is not None] + [_common(state) for state in STATES]


def _common(state: UnitState) -> StatusWord:
    return StatusWord(state, str(state.label), spelled(state.key or state.code, state.code, str(state.label), *_data()["states"].get(state.code, ())))


def _local(status: LocalStatus) -> StatusWord | None:
    state = BY_CODE.get(status.activity)
    if state is None:
        return None
    english = (get_language() or "").startswith("en")
    name = status.name_en if english and status.name_en else status.name
    names = [status.code, status.name, status.name_en]
    return StatusWord(state, name, spelled(status.key or status.code, *names), status.code, status.department_id)


@cache
def _minutes() -> "re.Pattern[str]":
    words = sorted(_data()["minutes"], key=len, reverse=True)
    return re.compile(rf"^(\d{{1,4}})({'|'.join(map(re.escape, words))})$", re.IGNORECASE)


def minutes(token: str) -> int | None:
    """The minutes that a token such as "30min" says; None when it says none."""
    found = _minutes().match(token)
    return int(found.group(1)) if found and int(found.group(1)) > 0 else None


def best(words: list[StatusWord], text: str) -> list[StatusWord]:
    """The words that `text` means: one, or all between which it does not decide. Words for the same state count as one."""
    typed = plain(text)
    ranked = [(rank, place) for place, word in enumerate(words) if typed and (rank := word.spelled.rank(typed)) is not None]
    if not ranked:
        return []
    nearest = min(ranked)[0]
    found = [words[place] for rank, place in sorted(ranked) if rank == nearest]
    return list({(word.state.code if not word.label else word.label, word.department_id): word for word in found}.values())
