"""Questions about what closed tablets were told: for those who look after it, without the words of anything."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Max, Q, QuerySet

from access import policy
from access.actors import Actor
from push import permissions, sealing
from push.models import Message, Subscription

DAY = timedelta(days=1)
State = Message.State


@dataclass(frozen=True, slots=True)
class Service:
    """A push service: how many tablets are told through it, what went in the last day, and when it last took something."""

    name: str
    tablets: int
    sent: int
    given_up: int
    waiting: int
    last_at: datetime | None


def is_told(actor: Actor, key: UUID | None) -> bool:
    """Whether a browser of the actor's own is told."""
    own = Subscription.objects.filter(person=actor.user_id or 0, ended_at=None)
    return key is not None and sealing.is_offered() and own.filter(key=key).exists()


def given_up(actor: Actor) -> "QuerySet[Message]":
    """Messages that were given up, the newest first."""
    policy.require(actor, permissions.VIEW, None)
    return Message.objects.filter(state=State.FAILED).select_related("subscription__person", "subscription__unit").order_by("-created_at", "-pk")


def services(actor: Actor, *, now: datetime) -> list[Service]:
    """Each push service that is used, by name."""
    policy.require(actor, permissions.VIEW, None)
    tablets = dict(Subscription.objects.filter(ended_at=None).order_by().values_list("service").annotate(n=Count("pk")))
    rows = Message.objects.filter(created_at__gt=now - DAY).order_by().values("service")
    counted = rows.annotate(
        sent=Count("pk", filter=Q(state=State.SENT)),
        given_up=Count("pk", filter=Q(state=State.FAILED)),
        waiting=Count("pk", filter=Q(state=State.QUEUED)),
        last_at=Max("ended_at", filter=Q(state=State.SENT)),
    )
    found = {row["service"]: row for row in counted}
    return [_service(each, tablets.get(each, 0), found.get(each)) for each in sorted({*tablets, *found})]


def _service(name: str, tablets: int, row: Any) -> Service:
    if row is None:
        return Service(name, tablets, 0, 0, 0, None)
    return Service(name, tablets, row["sent"], row["given_up"], row["waiting"], row["last_at"])
