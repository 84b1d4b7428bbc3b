"""What can be shared. A room registers its kinds of things; this room knows nothing of what is in them."""

from collections.abc import Callable
from dataclasses import dataclass

from access.models import Scoped


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of thing: its name in the journal, and the actions of who looks at it and of who may share it."""

    name: str
    view_action: str
    share_action: str


@dataclass(frozen=True, slots=True)
class Keeper:
    """How a room keeps things of a kind for the verbs of sharing.

    `locked(id)` is the thing, locked against other writers, or None. `mark(thing, is_shared)` notes on it whether it is shared at all,
    so that its own verbs know without asking. `called(ids)` are the names of things, by id.
    """

    locked: Callable[[int], Scoped | None]
    mark: Callable[[Scoped, bool], None]
    called: Callable[[list[int]], dict[int, str]]


_known: dict[str, tuple[Kind, Keeper]] = {}


def register(kind: Kind, keeper: Keeper) -> None:
    """Let things of a kind be shared."""
    _known[kind.name] = kind, keeper


def kind_of(name: str) -> Kind:
    """The kind of this name. Raises `KeyError`."""
    return _known[name][0]


def keeper_of(kind: Kind) -> Keeper:
    """Who keeps things of a kind."""
    return _known[kind.name][1]
