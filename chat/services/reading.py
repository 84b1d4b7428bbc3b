"""Reading a room: how far somebody has come, and with it what was ordered of them there."""

from datetime import datetime

from django.db import transaction

from access.actors import Actor
from chat import membership, permissions
from chat.models import Room
from chat.services import orders
from chat.services.following import advance
from kit.errors import Forbidden


@transaction.atomic
def mark_read(actor: Actor, *, room_id: int, seq: int, now: datetime) -> Room:
    """The person has read a room up to a number; what was ordered of it there counts as read."""
    room = membership.require(actor, permissions.VIEW, Room.objects.named().filter(pk=room_id).first())
    if actor.user_id is None:
        raise Forbidden
    # The room is locked before the seat, as it is by whoever writes: the same person may do both in two windows at once.
    orders.note_seen(actor, room=room, seq=seq, now=now)
    advance(actor, room=room, seq=min(seq, room.last_seq), now=now, clears_draft=False)
    return room
