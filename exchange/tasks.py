"""What the clock asks of this room."""

from celery import shared_task
from django.utils import timezone

from access.actors import Actor
from exchange import services


@shared_task(name="exchange.tasks.forget_caller_locations")
def forget_caller_locations() -> int:
    """Forget where callers' phones were; says how many places."""
    return services.forget_caller_locations(Actor.system("callers"), now=timezone.now())
