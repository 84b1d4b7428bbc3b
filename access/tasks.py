"""What the clock asks of this room."""

from celery import shared_task
from django.utils import timezone

from access import idempotency


@shared_task(name="access.tasks.forget_idempotency_keys")
def forget_idempotency_keys() -> int:
    """Drop answers to retried commands that are older than a day."""
    return idempotency.forget(now=timezone.now())
