"""Verbs of the telemetry lane. Facts need none: the relay hands them to the hubs."""

from collections.abc import Iterable, Mapping

from journal import wire
from live import presence, telemetry
from live.presence import EDITING as EDITING
from live.presence import GONE as GONE
from live.presence import LOOKING as LOOKING
from live.presence import Present as Present


def publish_positions(batches: Mapping[tuple[str, ...], bytes]) -> bool:
    """Show unit positions on every screen whose scopes meet the key: 16-byte records (see `live.telemetry`), longitude first, WGS-84.

    The latest wins and a lost one is replaced by the next, so nothing is kept or tried again; False when Redis did not take it.
    """
    return wire.publisher().publish("units", [telemetry.pack(scopes, records) for scopes, records in batches.items() if records])


def be_present(user_id: int, *, about: str, doing: str, scopes: Iterable[str]) -> list[Present] | None:
    """Say that a person looks at a thing ("incident:42"), edits it or has left it, to those with these scopes; gives who is there now.

    Nothing is recorded. It holds for forty seconds; None when Redis does not answer.
    """
    return presence.say(about, user_id, doing if doing in (EDITING, GONE) else LOOKING, scopes)


def mark(user_id: int, *, about: str, value: int, scopes: Iterable[str]) -> bool:
    """Tell those with these scopes how far a person has come with a thing ("room:5", up to message 12), at most once a second.

    Nothing is recorded; whoever needs it for certain asks the room that owns the thing.
    """
    return presence.mark(about, user_id, value, scopes)
