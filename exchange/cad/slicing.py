"""Which calls of a file are played, and how far they are moved in time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from exchange.cad.calls import Call

SAFETY = timedelta(seconds=30)


class StartImpossible(Exception):
    """Times of the play would lie in the future, with a sentence that says when it may start at the latest."""


@dataclass(frozen=True, slots=True)
class Slice:
    """The calls to be played and what is added to their times."""

    calls: list[Call]
    shift: timedelta
    says: str


def choose(
    calls: Sequence[Call], *, start: datetime | None, is_latest: bool, minutes: float | None, limit: int | None, speed: float, now: datetime
) -> Slice:
    """Calls in the order they were received.

    A start within the file begins there with the file's own times; any other start moves the file so that its first call comes
    then; the latest possible one lets the play end at the present. Raises `StartImpossible` when told times would lie in the future.
    """
    ordered = sorted(calls, key=lambda call: (call.received_at, call.id))
    if not ordered:
        return Slice([], timedelta(0), "the file has no calls")
    begins_within = start is not None and ordered[0].received_at <= start <= ordered[-1].received_at
    if start is not None and begins_within:
        ordered = [call for call in ordered if call.received_at >= start]
    first = ordered[0].received_at
    if minutes is not None:
        ordered = [call for call in ordered if call.received_at < first + timedelta(minutes=minutes)]
    ordered = ordered[:limit]
    latest = _latest(ordered, speed, now)
    if is_latest:
        return Slice(ordered, latest - first, f"the file's times are moved by {latest - first}, so that the play ends at the present")
    if start is None or begins_within:
        return Slice(ordered, timedelta(0), "the file's own times are told")
    if start > latest:
        raise StartImpossible(f"At this speed the play would overtake the present: start at {latest.isoformat(timespec='seconds')} or before.")
    return Slice(ordered, start - first, f"the file's times are moved by {start - first}")


def _latest(calls: Sequence[Call], speed: float, now: datetime) -> datetime:
    """The last moment at which a play may start whose clock runs faster than the world's and must not overtake it."""
    length = max(call.last_at() for call in calls) - calls[0].received_at
    return (now - SAFETY - length * (1 - 1 / speed)).replace(microsecond=0) if speed > 1 else now - SAFETY
