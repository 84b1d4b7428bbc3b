"""Celery entries: one reaction to one entry; partitions ahead of time; old receipts away."""

from celery import shared_task
from django.utils import timezone

from journal import delivery, partitions


@shared_task(name="journal.tasks.react")
def react(*, entry_id: int, handler: str) -> str:
    """Pay one receipt, once; says what became of it."""
    return delivery.deliver(entry_id=entry_id, handler=handler)


@shared_task(name="journal.tasks.make_partitions")
def make_partitions() -> int:
    """Make the partitions of this month and the next three; says how many were new."""
    return partitions.make_ahead(timezone.now())


@shared_task(name="journal.tasks.tidy_receipts")
def tidy_receipts() -> int:
    """Remove paid receipts older than thirty days; says how many."""
    return delivery.tidy(timezone.now())
