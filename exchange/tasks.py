"""What the clock asks of this room."""

from celery import shared_task
from django.utils import timezone

from access.actors import Actor
from exchange import services


@shared_task(name="exchange.tasks.forget_caller_locations")
def forget_caller_locations() -> int:
    """Forget where callers' phones were; says how many places."""
    return services.forget_caller_locations(Actor.system("callers"), now=timezone.now())


@shared_task(name="exchange.tasks.watch_ringing")
def watch_ringing() -> int:
    """Tell of calls that nobody takes; says how many."""
    return services.watch_ringing(Actor.system("telephony"), now=timezone.now())


@shared_task(name="exchange.tasks.forget_phone_calls")
def forget_phone_calls() -> int:
    """Forget the numbers of calls; says how many."""
    return services.forget_phone_calls(Actor.system("telephony"), now=timezone.now())
