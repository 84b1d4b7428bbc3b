"""Taking a room out of the house: an export is an act."""

from datetime import datetime

from django.db import transaction

from access.actors import Actor
from access.permissions import AUDITORS
from chat import facts, permissions
from chat.services.common import announce, locked


@transaction.atomic
def note_export(actor: Actor, *, room_id: int, format: str, messages: int, digest: str, now: datetime) -> None:
    """Record that somebody took a whole room out, and the digest of what they got."""
    room = locked(actor, permissions.EXPORT, room_id)
    fact = facts.RoomExported(room_id=room.pk, format=format, messages=messages, digest=digest)
    announce(actor, fact, room=room, also=AUDITORS, now=now)
