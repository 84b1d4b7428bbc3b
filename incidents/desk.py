"""Questions about calls at desks: a person's own, and those parked elsewhere that somebody may have to take over."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from access import policy
from access.actors import Actor
from incidents import permissions
from incidents.models import DeskCall, DeskWish, IncidentType
from kit.errors import NotFound

MOST_OWN = 30
MOST_OTHERS = 50
State = DeskCall.State


@dataclass(frozen=True, slots=True)
class CallLine:
    """A call in a list. What the caller said and the number stay on the form."""

    key: UUID
    began_at: datetime
    is_parked: bool
    is_mine: bool
    taker: str
    type: IncidentType | None
    place: str
    number: str


def desk_call(actor: Actor, key: UUID) -> DeskCall | None:
    """The actor's own call of this key, None when nothing was saved under it yet. Raises `NotFound` for another's."""
    found = DeskCall.objects.select_related("incident", "incident__type").filter(key=key).first()
    if found is not None and found.taker_id != actor.user_id:
        raise NotFound
    return found


def own_calls(actor: Actor) -> list[CallLine]:
    """The calls a person has not ended, the oldest first; at most thirty."""
    if actor.user_id is None or not policy.can(actor, permissions.REPORT, None):
        return []
    rows = DeskCall.objects.filter(taker_id=actor.user_id, ended_at=None).select_related("incident", "taker").order_by("began_at", "id")
    return _lines(actor, list(rows[:MOST_OWN]))


def calls_elsewhere(actor: Actor) -> list[CallLine]:
    """Calls parked at other desks, the oldest first; at most fifty."""
    if not policy.can(actor, permissions.VIEW_CALLS, None):
        return []
    rows = DeskCall.objects.filter(ended_at=None, state=State.PARKED).exclude(taker_id=actor.user_id)
    return _lines(actor, list(rows.select_related("incident", "taker").order_by("began_at", "id")[:MOST_OTHERS]))


def words_first(actor: Actor) -> bool:
    """Whether the person wants to write the caller's words before type and place."""
    return actor.user_id is not None and DeskWish.objects.filter(user_id=actor.user_id, words_first=True).exists()


def _lines(actor: Actor, calls: list[DeskCall]) -> list[CallLine]:
    wanted = {int(value) for call in calls if (value := _digits(call.heard, "type"))}
    types = {each.pk: each for each in IncidentType.objects.filter(pk__in=wanted)} if wanted else {}
    return [
        CallLine(
            key=call.key,
            began_at=call.began_at,
            is_parked=call.state == State.PARKED,
            is_mine=call.taker_id == actor.user_id,
            taker=str(call.taker),
            type=types.get(int(_digits(call.heard, "type") or 0)),
            place=call.heard.get("place", ""),
            number=call.incident.number if call.incident else "",
        )
        for call in calls
    ]


def _digits(values: Mapping[str, str], name: str) -> str:
    value = values.get(name, "")
    return value if value.isascii() and value.isdigit() and len(value) < 10 else ""
