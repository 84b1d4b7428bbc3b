"""Which incident, unit or department a word of the line means."""

import re
from collections.abc import Sequence
from functools import cache

from django.db.models import Q

from access import selectors as access
from access.actors import Actor
from access.models import Department
from incidents import selectors
from incidents.models import Incident
from resources import selectors as resources
from resources.handles import NAME_HOLDS, plain, spelled
from resources.models import LocalStatus, Unit

MOST = 8
LOOKED_AT = 500
NUMBER = re.compile(r"^#?(?:(\d{8})-)?(\d{1,6})$")


def incidents(actor: Actor, word: str) -> list[Incident]:
    """The open incidents a word means: by number or its end ("48"), else by type, pinyin of the type, or place; the nearest only."""
    numbered = NUMBER.match(word)
    if numbered:
        return _by_number(actor, numbered.group(1), int(numbered.group(2)))
    typed = plain(word)
    if len(typed) < 2:
        return []
    rows = selectors.open_incidents(actor).filter(_words(word))[:MOST] if not word.isascii() else ()
    return list(rows) or [row for row in selectors.open_incidents(actor)[:LOOKED_AT] if _is_called(row, typed)][:MOST]


def _by_number(actor: Actor, day: str | None, sequence: int) -> list[Incident]:
    """The newest of this number: a day's numbers begin again at 1, and yesterday's 48 is rarely meant."""
    found = selectors.open_incidents(actor).filter(number__regex=rf"^{day or '[0-9]+'}-0*{sequence}$").order_by("-number")
    return list(found[:1])


def _words(word: str) -> Q:
    return Q(type__name__icontains=word) | Q(address__icontains=word) | Q(summary__icontains=word)


def _is_called(row: Incident, typed: str) -> bool:
    return spelled(row.type.code, row.type.name, row.type.name_en).rank(typed) is not None


def closed_incident(actor: Actor, word: str) -> Incident | None:
    """An incident that is over, for whoever wants to look at it: its whole number, or today's last of that number."""
    numbered = NUMBER.match(word)
    if not numbered:
        return None
    day, sequence = numbered.group(1), int(numbered.group(2))
    return selectors.incidents(actor).filter(number__regex=rf"^{day or '[0-9]+'}-0*{sequence}$").order_by("-number").first()


def units(actor: Actor, word: str) -> list[Unit]:
    """The units a word means; a `*` at its end takes every one whose code begins so."""
    return resources.find_units(actor, word, limit=50 if word.endswith("*") else MOST)


def departments(word: str) -> list[Department]:
    """The departments a word means: code, name, pinyin, initials, or characters of the name in their order."""
    typed = plain(word)
    if not typed:
        return []
    rows = list(access.departments().filter(is_active=True))
    ranked = sorted((rank, place) for place, row in enumerate(rows) if (rank := _rank(row, typed)) is not None)
    return [rows[place] for rank, place in ranked if rank == ranked[0][0]][:MOST]


def _rank(row: Department, typed: str) -> int | None:
    found = spelled(row.code, row.name, row.name_en).rank(typed)
    if found is None and len(typed) > 1 and _in_order(typed).search(row.name):
        return NAME_HOLDS + 1
    return found


@cache
def _in_order(typed: str) -> "re.Pattern[str]":
    """People shorten names: the characters of what was typed, with others between them."""
    return re.compile(".*".join(map(re.escape, typed)))


def words_of_departments(found: Sequence[Unit]) -> list[LocalStatus]:
    """The words that the departments of these units have for states, and the city's."""
    wanted = {unit.department_id for unit in found}
    return [row for row in resources.all_local_statuses() if row.department_id is None or row.department_id in wanted]
