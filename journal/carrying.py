"""What a frame carries beside ids. Rooms above register a function for a fact whose words many people must read at once.

An entry holds ids and codes, so that what they name can be corrected, struck and forgotten. A page fetches the rest, and permission is applied
again at that read. Where five hundred people watch the same thing change twenty times a second that would be ten thousand reads a
second; so the relay reads once, when it publishes or when a hub heals a gap, and the frame carries what was read. It reaches exactly those
who meet the entry's scopes: a room that registers here answers for scopes that are as narrow as its own reads.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.db import Error, connection

from journal.facts import Fact

logger = logging.getLogger(__name__)

Data = Mapping[str, Any]
Carrier = Callable[[Sequence[Data]], Sequence[Any]]

_carriers: dict[str, Carrier] = {}


def register(*facts: type[Fact], carrier: Carrier) -> None:
    """Let the frames of these facts carry something: `carrier(datas)` gives what belongs to each entry's data, None for nothing (any more)."""
    for one in facts:
        _carriers[one.name] = carrier


def loads(entries: Sequence[tuple[str, Data]]) -> list[Any]:
    """What each entry (name, data) carries, None for nothing; one call for each carrier.

    When the database does not answer, the frames go out with nothing, and the page asks for what it misses.
    """
    found: list[Any] = [None] * len(entries)
    wanted: dict[Carrier, list[int]] = {}
    for at, (name, _data) in enumerate(entries):
        if name in _carriers:
            wanted.setdefault(_carriers[name], []).append(at)
    for carrier, places in wanted.items():
        try:
            for at, load in zip(places, carrier([entries[at][1] for at in places]), strict=True):
                found[at] = load
        except Error as error:
            logger.warning("%s frames go out empty: %s", len(places), str(error).strip())
            if not connection.in_atomic_block:
                connection.close_if_unusable_or_obsolete()
    return found
