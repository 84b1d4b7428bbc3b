"""Celery entries: who went silent; the track's partitions."""

from celery import shared_task
from django.utils import timezone

from access.actors import Actor
from resources.positions import contact, keeping


@shared_task(name="resources.tasks.watch_contact")
def watch_contact() -> int:
    """Note the units that went silent; says how many."""
    return contact.watch_contact(Actor.system("contact"), now=timezone.now())


@shared_task(name="resources.tasks.keep_track")
def keep_track() -> tuple[int, int]:
    """Make the track's partitions ahead and drop those past their time; says how many."""
    return keeping.keep_track(now=timezone.now())
