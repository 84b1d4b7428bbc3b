"""All that is shown of a shared room at its level: what is not named here is not shown, whatever is added to a message later.

What others say there is never carried to the other side by a frame: it is told that the room has changed, and asks here again.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Q, QuerySet
from django.utils import timezone

from access.actors import Actor
from access.models import Share
from access.sharing import reading
from access.sharing.reading import DEPTH, Seen
from chat import attached, labels, membership, permissions
from chat.carried import whole
from chat.models import Message, Room
from chat.sharing.keeping import KIND
from kit import naming
from kit.errors import NotFound

PIECE = 100
MOST_STANDING = 50
STANDING = Q(kind=Message.Kind.ORDER, order__withdrawn_at=None) | Q(pinned_at__isnull=False)
Level = Share.Level


@dataclass(frozen=True, slots=True)
class ShownRoom:
    """What the reader sees of a shared room; what its level does not show is empty.

    `files` are those of its messages, by message, as `attached.of` gives them. `before`: earlier messages begin below this number.
    """

    room: Room
    called: str
    about: str
    seen: Seen
    standing: list[Message]
    messages: list[Message]
    files: dict[int, list[dict[str, Any]]]
    before: int | None


def shown_room(actor: Actor, room_id: int, *, before: int | None = None) -> ShownRoom:
    """A shared room as its level shows it. Raises `NotFound` for what is not shared with the actor now, and for its own."""
    room = Room.objects.named().filter(pk=room_id).first()
    how = reading.seen(actor, KIND, room_id) if room is not None else None
    if room is None or how is None or membership.may(actor, permissions.VIEW, room):
        raise NotFound
    messages, further = _said(room, before) if how.depth >= DEPTH[Level.FULL] else ([], None)
    standing = _standing(room, how.depth)
    files = attached.of({each.pk: each for each in (*standing, *messages)}.values())
    return ShownRoom(room, labels.called(room), about(room), how, standing, messages, files, further)


def shows(actor: Actor, message: Message) -> bool:
    """Whether a message is shown to the actor by a share, and its files with it."""
    how = reading.seen(actor, KIND, message.room_id)
    if how is None or how.depth < DEPTH[Level.SITUATION]:
        return False
    rows = _readable(message.room).filter(pk=message.pk)
    return (rows if how.depth >= DEPTH[Level.FULL] else rows.filter(STANDING)).exists()


def is_own(actor: Actor, room_id: int) -> bool:
    """Whether somebody belongs to a room, and needs no share to read it."""
    room = Room.objects.named().filter(pk=room_id).first()
    return room is not None and membership.may(actor, permissions.VIEW, room)


def _readable(room: Room) -> QuerySet[Message]:
    return Message.objects.filter(room=room, struck_at=None)


def _standing(room: Room, depth: int) -> list[Message]:
    """Orders that are not withdrawn and what is pinned, the newest first; those still to be done before the others."""
    if depth < DEPTH[Level.SITUATION]:
        return []
    rows = _readable(room).filter(STANDING, forgotten_at=None)
    return _listed(rows.order_by(F("order__is_open").desc(nulls_last=True), "-seq")[:MOST_STANDING])


def _said(room: Room, before: int | None) -> tuple[list[Message], int | None]:
    rows = _readable(room) if before is None else _readable(room).filter(seq__lt=before)
    found = _listed(rows.order_by("-seq")[: PIECE + 1])
    shown = list(reversed(found[:PIECE]))
    return shown, shown[0].seq if len(found) > PIECE else None


def _listed(rows: QuerySet[Message]) -> list[Message]:
    found: Iterable[Message] = whole(rows)
    return list(found)


def about(room: Room) -> str:
    """What a room is about, without the place of its incident."""
    if room.incident is None:
        return str(room.get_kind_display())
    return naming.called(room.incident.type)


def now_shown(actor: Actor) -> list[Room]:
    """The rooms that others show to the actor now and to which it does not belong, the last spoken in first; at most fifty."""
    ids = reading.with_me(actor, KIND, now=timezone.now()).values("subject_id")
    foreign = Room.objects.named().filter(pk__in=ids).exclude(pk__in=membership.rooms_of(actor).values("pk"))
    return list(foreign.order_by(F("last_at").desc(nulls_last=True), "-pk")[:MOST_STANDING])
