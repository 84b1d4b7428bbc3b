"""What the clock asks of this room."""

from celery import shared_task
from django.utils import timezone

from access.actors import Actor
from files import checking, services


@shared_task(name="files.tasks.check_files")
def check_files() -> int:
    """Check the files that wait, one after another."""
    checked = 0
    while checked < 50 and checking.check_next(now=timezone.now()):
        checked += 1
    return checked


@shared_task(name="files.tasks.tidy_files")
def tidy_files() -> tuple[int, int]:
    """Delete what nobody used within a day, and what was kept as long as its purpose says."""
    now, clerk = timezone.now(), Actor.system("clock")
    return services.forget_unused_files(clerk, now=now), services.expire_old_files(clerk, now=now)
