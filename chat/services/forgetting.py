"""What was said is forgotten in time: that it was said, by whom and when stays."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F

from access.actors import Actor
from chat import facts
from chat.models import Message, Room, Wording
from chat.services.common import announce

MOST_AT_ONCE = 2_000


def forget_words(actor: Actor, *, now: datetime) -> int:
    """Forget the words of messages that are older than the city keeps them; says of how many. What became a note or a task stays there."""
    if settings.ROOM_WORDS_KEEP_DAYS == 0:
        return 0
    until = now - timedelta(days=settings.ROOM_WORDS_KEEP_DAYS)
    old = Message.objects.filter(written_at__lt=until, forgotten_at=None)
    rooms = list(old.order_by("room_id").values_list("room_id", flat=True).distinct())
    return sum(_forget_all(actor, room_id, until, now) for room_id in rooms)


def _forget_all(actor: Actor, room_id: int, until: datetime, now: datetime) -> int:
    """Piece by piece, so that nobody who speaks in the room waits long for its lock."""
    total = 0
    while forgotten := _forget(actor, room_id, until, now):
        total += forgotten
    return total


@transaction.atomic
def _forget(actor: Actor, room_id: int, until: datetime, now: datetime) -> int:
    """Each takes a revision of its own, in the order of numbers, so that open screens and whoever comes back let go of the words too."""
    room = Room.objects.locked(room_id)
    if room is None:
        return 0
    old = Message.objects.filter(room=room, written_at__lt=until, forgotten_at=None).order_by("seq")
    found = list(old.values_list("pk", "seq")[:MOST_AT_ONCE])
    if not found:
        return 0
    ids, first, last = [pk for pk, _seq in found], found[0][1], found[-1][1]
    revision = F("seq") + (room.last_revision + 1 - first)
    Message.objects.filter(pk__in=ids).update(text="", pairs=[], mentions=[], marks=[], mark_words="", drawn=0, forgotten_at=now, revision=revision)
    Wording.objects.filter(message__in=ids).delete()
    room.last_revision += last + 1 - first
    room.save(update_fields=["last_revision"])
    announce(actor, facts.MessagesForgotten(room_id=room.pk, messages=len(ids), revision=room.last_revision), room=room, now=now)
    return len(ids)
