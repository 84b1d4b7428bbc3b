"""Who reacts to what. `@on(UnitDispatched)` in a room's `handlers.py` subscribes a function to a fact.

A reaction runs in a Celery worker, once for each entry (its receipt row sees to that), in one transaction with the receipt.
It must call one service and no network.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from journal.facts import Fact

if TYPE_CHECKING:
    from journal.models import Entry

Handler = Callable[["Entry"], object]

QUEUE = "reactions"


@dataclass(frozen=True)
class Reaction:
    """A function subscribed to a fact; `name` is its dotted path and stays in receipts, so a move is a rename."""

    name: str
    fn: Handler
    queue: str


_by_fact: dict[str, list[Reaction]] = {}
_by_name: dict[str, Reaction] = {}


def on(*facts: type[Fact], queue: str = QUEUE) -> Callable[[Handler], Handler]:
    """Subscribe the function to these facts; its work goes to the Celery queue named."""

    def subscribe(fn: Handler) -> Handler:
        reaction = Reaction(f"{fn.__module__}.{fn.__qualname__}", fn, queue)
        _by_name[reaction.name] = reaction
        for one in facts:
            known = _by_fact.setdefault(one.name, [])
            known[:] = [other for other in known if other.name != reaction.name] + [reaction]
        return fn

    return subscribe


def of_fact(name: str) -> list[Reaction]:
    """Everything subscribed to the fact of this name."""
    return _by_fact.get(name, [])


def named(name: str) -> Reaction | None:
    """The reaction of this dotted path, None when no room has it any more."""
    return _by_name.get(name)


def all_reactions() -> list[tuple[str, Reaction]]:
    """Every (fact name, reaction), for the reference."""
    return [(fact, reaction) for fact, known in sorted(_by_fact.items()) for reaction in known]
