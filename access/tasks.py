"""What the clock asks of this room."""

from celery import shared_task
from django.utils import timezone

from access import idempotency
from access.actors import Actor
from access.exports import making, verbs
from access.sharing import verbs as sharing


@shared_task(name="access.tasks.forget_idempotency_keys")
def forget_idempotency_keys() -> int:
    """Drop answers to retried commands that are older than a day."""
    return idempotency.forget(now=timezone.now())


@shared_task(name="access.tasks.end_due_shares")
def end_due_shares() -> int:
    """End the shares whose time is over."""
    return sharing.end_due_shares(Actor.system("clock"), now=timezone.now())


@shared_task(name="access.tasks.make_exports", time_limit=3900, soft_time_limit=3600)
def make_exports() -> int:
    """Make the exports that wait, one after another."""
    made = 0
    while making.make_next(now=timezone.now()):
        made += 1
    return made


@shared_task(name="access.tasks.delete_old_exports")
def delete_old_exports() -> int:
    """Delete exported files whose day is over."""
    return verbs.delete_old_exports(Actor.system("clock"), now=timezone.now())
