"""What becomes of files of messages once they are there."""

from datetime import datetime

from django.db import transaction

from access.actors import Actor
from chat import attached, facts
from chat.models import Message, Room
from chat.services.common import announce, keep
from chat.words import of_message
from files.models import File


@transaction.atomic
def follow_file(actor: Actor, *, file_id: int, now: datetime) -> None:
    """A file was checked, refused or deleted: the message that has it is told anew, with what is known of it now."""
    file = File.objects.filter(pk=file_id).first()
    known = attached.message_of(file) if file is not None else None
    room = Room.objects.locked(known.room_id) if known is not None else None
    if known is None or room is None:
        return
    message = Message.objects.get(pk=known.pk)
    message.room = room
    keep(actor, message=message, columns=[])
    announce(actor, facts.FileSettled(**of_message(message)), room=room, now=now)
