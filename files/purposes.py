"""What files are for. A room above registers its purposes; this room knows nothing of what they belong to.

    purposes.register(Purpose("chat.message", _("Chat"), may_open=..., concerns=..., keep_days=lambda: settings.CHAT_KEEP_DAYS))

A file is adopted for a purpose and a subject ("incident:42"). The room that adopts decides who may open, whom its news concern and how long
it is kept; each is asked anew every time.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise

from access.actors import Actor
from files.models import File
from journal.facts import Fact


@dataclass(frozen=True, slots=True)
class Concern:
    """Whom and what news of a file concern, as `journal.services.record` takes them."""

    about: Sequence[str]
    scopes: Sequence[str]


def _own_fact(file: File) -> Fact | None:
    return None


def _for_good() -> int:
    return 0


@dataclass(frozen=True, slots=True)
class Purpose:
    """What files of one room are for.

    `may_open(actor, file)` raises `NotFound` or `Forbidden`; `concerns(subject)` says whom news of its files concern;
    `opened(file)` is the room's own fact for a look, None: `files.opened`; `keep_days()` is how long its files are kept, 0: for good.
    """

    name: str
    title: str | Promise
    may_open: Callable[[Actor, File], None]
    concerns: Callable[[str], Concern]
    opened: Callable[[File], Fact | None] = _own_fact
    keep_days: Callable[[], int] = _for_good


_purposes: dict[str, Purpose] = {}


def register(purpose: Purpose) -> None:
    """Let files be adopted for a purpose."""
    _purposes[purpose.name] = purpose


def purpose_of(name: str) -> Purpose:
    """The purpose of this name. Raises `KeyError`."""
    return _purposes[name]


def every() -> list[Purpose]:
    """All of them, by name."""
    return [_purposes[name] for name in sorted(_purposes)]
