"""How a reporter is reached: each way is a channel, registered by name; `REPORTER_CHANNELS` says which are tried, in order.

A channel of a city (an SMS gateway, a mini-program) is a class with `name`, `reaches` and `send`, registered in the `ready()` of
its app. `send` runs in a worker outside any transaction; it has its own time limit, and may be asked twice for one message.
"""

from dataclasses import dataclass
from typing import Protocol

import structlog
from django.conf import settings

from incidents.models import Report, ReporterMessage

log = structlog.get_logger(__name__)


class ChannelFailed(Exception):
    """The message did not go. `is_final`: trying again would not help."""

    def __init__(self, why: str, *, is_final: bool = False) -> None:
        super().__init__(why)
        self.is_final = is_final


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message on its way. `key` is the same for every attempt, so that a gateway can tell a repetition."""

    key: str
    message_id: int
    number: str
    text: str
    channel: str
    language: str = ""


class Channel(Protocol):
    """One way to reach reporters."""

    name: str

    def reaches(self, report: Report) -> bool:
        """Whether it has an address for this reporter."""

    def send(self, message: Outgoing) -> str:
        """Hand the message over; gives the gateway's own reference. Raises `ChannelFailed`."""


class Console:
    """Writes what would be sent into the log, with the number masked: for demonstrations, and until a gateway is connected."""

    name = "console"

    def reaches(self, report: Report) -> bool:
        return bool(report.caller_phone.strip())

    def send(self, message: Outgoing) -> str:
        log.info("reporter_told", key=message.key, number=masked(message.number), text=message.text)
        return f"console:{message.key}"


def masked(number: str) -> str:
    """A number as logs and screens may show it: the first three and the last four."""
    return f"{number[:3]}****{number[-4:]}" if len(number) >= 8 else "****"


_channels: dict[str, Channel] = {}


def register(channel: Channel) -> None:
    """Make a channel known under its name; a second one of the name takes its place."""
    _channels[channel.name] = channel


def named(name: str) -> Channel | None:
    """The channel of this name, None when no app brings it any more."""
    return _channels.get(name)


def channel_for(report: Report) -> Channel | None:
    """The first of the city's channels that reaches the reporter."""
    wanted = (_channels.get(name) for name in settings.REPORTER_CHANNELS)
    return next((each for each in wanted if each is not None and each.reaches(report)), None)


def channel_after(report: Report, name: str) -> Channel | None:
    """The next of the city's channels that reaches the reporter, when this one failed; None after the last. The log reaches nobody."""
    known = settings.REPORTER_CHANNELS
    later = known[known.index(name) + 1 :] if name in known else []
    return next((each for each in map(named, later) if each is not None and each.name != Console.name and each.reaches(report)), None)


def key_of(message: ReporterMessage) -> str:
    """What a gateway knows a message by, the same for all its attempts; a channel that took over from another has a key of its own."""
    first = channel_for(message.report)
    return f"city-{message.pk}" if first is None or first.name == message.channel else f"city-{message.pk}-{message.channel}"


register(Console())
