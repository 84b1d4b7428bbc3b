"""Ways by which a page goes out besides the console; each is registered by name, and `PAGE_CHANNELS` says which are used.

The console needs no way of its own: a page is a row, and the person's open pages show it and sound. A way of a city (SMS, a telephone
robot, a pager) is a class with `name`, `reaches` and `send`, registered in the `ready()` of its app. `send` runs in a worker outside any
transaction; it has its own time limit, and may be asked twice for one page with the same key.
"""

from dataclasses import dataclass
from typing import Protocol

from django.conf import settings

from access.models import User


class PageFailed(Exception):
    """The page did not go. `is_final`: trying again would not help."""

    def __init__(self, why: str, *, is_final: bool = False) -> None:
        super().__init__(why)
        self.is_final = is_final


@dataclass(frozen=True, slots=True)
class OutgoingPage:
    """A page on its way. `key` is the same for every attempt, so that a gateway can tell a repetition; `text` names no caller."""

    key: str
    person: User
    text: str
    level: int


class PageChannel(Protocol):
    """One way to page people."""

    name: str

    def reaches(self, person: User) -> bool:
        """Whether it has an address for this person."""

    def send(self, page: OutgoingPage) -> str:
        """Hand the page over; gives the gateway's own reference. Raises `PageFailed`."""


_channels: dict[str, PageChannel] = {}


def register(channel: PageChannel) -> None:
    """Make a way known under its name; a second one of the name takes its place."""
    _channels[channel.name] = channel


def in_use() -> list[PageChannel]:
    """The ways the city uses, in order; a name that no app brings any more is passed over."""
    return [_channels[name] for name in settings.PAGE_CHANNELS if name in _channels]
