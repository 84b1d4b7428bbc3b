"""Scopes that come from elsewhere than memberships. Rooms above register a function that knows what it has let a person into.

The call goes down at start-up, as with `journal.labels`; this room asks whoever registered. Who lets a person in or out calls
`access.services.renew_authority`, so that open sockets come back with the new scopes.
"""

from collections.abc import Callable, Iterable
from datetime import datetime

from access.actors import Actor

Holding = tuple[str, datetime | None]
Source = Callable[[Actor], Iterable[Holding]]

_sources: list[Source] = []


def register(source: Source) -> None:
    """Ask this function too: `source(actor)` gives the scopes a signed-in person holds by it, each until a time (None: until further notice)."""
    if source not in _sources:
        _sources.append(source)


def held(actor: Actor) -> list[Holding]:
    """Everything the actor holds beside its memberships."""
    if actor.user_id is None:
        return []
    return [holding for source in _sources for holding in source(actor)]
