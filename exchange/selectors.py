"""Questions about where callers' phones are."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import QuerySet

from exchange.models import CallerLocation


def kept_for() -> timedelta:
    """For how long it is known where a caller's phone was."""
    return timedelta(minutes=settings.CALLER_LOCATION_MINUTES)


def fresh_locations(caller: str, *, now: datetime) -> QuerySet[CallerLocation]:
    """Where the phone of a caller (a key of `numbers.key_of`) was within the time that is kept, newest first."""
    since = now - kept_for()
    return CallerLocation.objects.filter(caller=caller, at__gt=since, received_at__gt=since).order_by("-at", "-id")
