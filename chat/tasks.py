"""What the clock asks of this room."""

from celery import shared_task
from django.utils import timezone

from access.actors import Actor
from chat import services


@shared_task(name="chat.tasks.note_overdue")
def note_overdue() -> int:
    """Note which orders are still open after their time; says how many."""
    return services.note_overdue(Actor.system("chat"), now=timezone.now())


@shared_task(name="chat.tasks.forget_words")
def forget_words() -> int:
    """Forget the words of old messages; says of how many."""
    return services.forget_words(Actor.system("chat"), now=timezone.now())
