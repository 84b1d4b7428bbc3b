"""What can be shared. A room registers its kinds of things with who keeps them; this room knows nothing of what is in them."""

from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

from django.db.models import QuerySet
from django.utils.functional import Promise

from access import policy, regions
from access.actors import Actor
from access.models import Share
from kit.errors import Forbidden, NotFound


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of thing: its name in the journal, and the actions of who looks at it and of who may share it."""

    name: str
    view_action: str
    share_action: str


class Thing(Protocol):
    """Something that can be shared: whose it is and where."""

    @property
    def pk(self) -> Any: ...

    @property
    def department_ids(self) -> Sequence[int]: ...

    @property
    def region_id(self) -> int | None: ...


@dataclass(frozen=True, slots=True)
class Depth:
    """How much a level shows of things of a kind: its name, and a sentence for who chooses it."""

    label: str | Promise
    says: str | Promise


class Keeper(ABC):
    """How a room keeps things of a kind for the verbs of sharing.

    What is said here of `Scoped` things (who may, who hears, whose they are) a room overrides for things that belong otherwise.
    """

    name: ClassVar[str | Promise]
    """What one thing of this kind is called: an incident."""
    levels: ClassVar[Mapping[str, Depth]]

    @abstractmethod
    def locked(self, thing_id: int) -> Thing | None:
        """The thing, locked against other writers, or None."""

    @abstractmethod
    def found(self, ids: Collection[int]) -> dict[int, Any]:
        """The things that there are of these, by id, unlocked."""

    @abstractmethod
    def among(self, actor: Actor, action: str) -> QuerySet[Any]:
        """The ids of things to which the actor may do the action, for a condition `IN (...)`; `may` narrows what it gives too many of."""

    @abstractmethod
    def called(self, ids: Collection[int]) -> dict[int, str]:
        """The names of things, by id, in the reader's language: what an outline may tell."""

    @abstractmethod
    def address(self, thing_id: int, called: str) -> str:
        """The page on which a thing is looked at, by its owners and by those it is shared with."""

    def mark(self, thing: Any, is_shared: bool) -> None:
        """Note on a thing whether it is shared at all, where its own verbs want to know that without asking."""
        return None

    def may(self, actor: Actor, action: str, thing: Any) -> bool:
        """Whether the actor may do an action to a thing by itself, no share counted."""
        return policy.can(actor, action, thing)

    def knows(self, actor: Actor, action: str, thing: Any) -> bool:
        """Whether the actor may know that there is such a thing, who lacks the action to look at it."""
        return self.may(actor, action, thing)

    def audience(self, action: str, thing: Any) -> list[str]:
        """The scopes of those who may do the action to the thing."""
        return policy.audience(action, thing)

    def is_theirs(self, thing: Thing, department_id: int | None, region_id: int | None) -> bool:
        """Whether these people see the thing anyway: it is their department's, and lies in their region or none was named."""
        is_there = region_id is None or regions.lineage(thing.region_id).path.startswith(regions.lineage(region_id).path)
        return department_id in thing.department_ids and is_there


_known: dict[str, tuple[Kind, Keeper]] = {}


def register(kind: Kind, keeper: Keeper) -> None:
    """Let things of a kind be shared."""
    _known[kind.name] = kind, keeper


def every() -> list[tuple[Kind, Keeper]]:
    """Every kind that can be shared, in the order of names."""
    return [_known[name] for name in sorted(_known)]


def kind_of(name: str) -> Kind:
    """The kind of this name. Raises `KeyError`."""
    return _known[name][0]


def keeper_of(kind: Kind) -> Keeper:
    """Who keeps things of a kind."""
    return _known[kind.name][1]


def require(actor: Actor, kind: Kind, action: str, thing: Thing) -> None:
    """Refuse unless the actor may do the action to the thing by itself: `NotFound` for one it may not know of, else `Forbidden`."""
    keeper = keeper_of(kind)
    if not keeper.may(actor, action, thing):
        raise Forbidden if keeper.knows(actor, kind.view_action, thing) else NotFound


def shareable(actor: Actor, kind: Kind, thing_id: int) -> Thing:
    """The thing of this id, for who sees it and may share it. Raises `NotFound`, `Forbidden`."""
    thing: Thing | None = keeper_of(kind).found([thing_id]).get(thing_id)
    if thing is None:
        raise NotFound
    for action in (kind.view_action, kind.share_action):
        require(actor, kind, action, thing)
    return thing


def level_label(kind: str, level: str) -> str:
    """What a level is called for things of a kind."""
    known = _known.get(kind)
    return str(known[1].levels[level].label if known is not None else Share.Level(level).label)
