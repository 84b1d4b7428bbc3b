"""What the verbs share: how a room and a message are locked, checked, numbered and announced."""

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from access.actors import Actor
from access.sharing import verbs as sharing
from chat import membership
from chat.models import Message, Room
from journal import services as journal
from journal.facts import Fact
from kit.errors import NotFound, Refused


class RoomIsClosed(Refused):
    code = "room_closed"
    says = _("This room is closed. It can be read, but nothing more is written in it.")


class MessageIsStruck(Refused):
    code = "message_struck"
    says = _("This message has been struck.")


class MessageIsForgotten(Refused):
    code = "message_forgotten"
    says = _("The words of this message are no longer kept.")


def locked(actor: Actor, action: str, room_id: int) -> Room:
    """The room, locked, once the actor may do the action there. Raises `NotFound`, `Forbidden`."""
    return membership.require(actor, action, Room.objects.locked(room_id))


def locked_open(actor: Actor, action: str, room_id: int) -> Room:
    """As `locked`, for a room that is open. Raises `RoomIsClosed`."""
    room = locked(actor, action, room_id)
    if room.is_closed():
        raise RoomIsClosed
    return room


def locked_message(actor: Actor, action: str, room_id: int, seq: int) -> tuple[Room, Message]:
    """A message with its room, which is locked: who holds it alone changes its messages. Raises `NotFound`, `RoomIsClosed`."""
    room = locked_open(actor, action, room_id)
    message = Message.objects.filter(room=room, seq=seq).first()
    if message is None:
        raise NotFound
    message.room = room
    return room, message


def keep(actor: Actor, *, message: Message, columns: Sequence[str]) -> None:
    """Give the message, whose room is locked, its new revision, and write both."""
    message.revision = message.room.next_revision()
    message.save(update_fields=[*columns, "revision"])
    message.room.save(update_fields=["last_revision"])


def announce(actor: Actor, fact: Fact, *, room: Room, now: datetime, about: Sequence[str] = (), also: Sequence[str] = ()) -> None:
    """Record a fact about a room, and about others, for all who may read the room; `also` are further scopes."""
    journal.record(actor, fact, about=[f"room:{room.pk}", *about], scopes=[*membership.audience(room), *also], at=now)
    sharing.tell_of_change(actor, kind="room", subject_id=room.pk, now=now)
