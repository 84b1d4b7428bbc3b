"""What a person leaves in a room: how far it was read, and what was begun to be written. It is no news: others are told by telemetry."""

from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Greatest
from django.utils.translation import gettext_lazy as _

from access.actors import Actor
from chat import membership, permissions
from chat.models import Room, Seat
from chat.words import LONGEST
from kit.errors import Forbidden, Invalid


def advance(actor: Actor, *, room: Room, seq: int, now: datetime, clears_draft: bool) -> None:
    """Note that a person has read a room up to a number; it never goes back. Whoever has written has no draft any more."""
    if actor.user_id is None:
        return
    first = {"read_seq": seq, "read_at": now}
    seat, is_new = Seat.objects.get_or_create(room=room, person_id=actor.user_id, defaults=first)
    if not is_new:
        changed = {"draft": ""} if clears_draft else {}
        Seat.objects.filter(pk=seat.pk).update(read_seq=Greatest(F("read_seq"), seq), read_at=now, **changed)


@transaction.atomic
def keep_draft(actor: Actor, *, room_id: int, text: str) -> None:
    """Keep what a person has begun to write in a room, so that it is there at the next desk; empty: nothing is begun."""
    room = membership.require(actor, permissions.POST, Room.objects.named().filter(pk=room_id).first())
    if actor.user_id is None:
        raise Forbidden
    if len(text) > LONGEST:
        raise Invalid({"text": _("At most 4,000 characters.")})
    Seat.objects.update_or_create(room=room, person_id=actor.user_id, defaults={"draft": text}, create_defaults={"draft": text, "read_seq": 0})
