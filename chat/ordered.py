"""Questions about orders: what is open in a room, what waits for somebody, what is late."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F

from access import policy
from access.actors import Actor
from chat import addressing, carried, permissions
from chat.models import Addressee, Message, Order, Room
from chat.models.orders import Addressee as To

MOST = 100
OVER = (To.Step.DONE, To.Step.REFUSED)


def open_in(room: Room) -> list[dict[str, object]]:
    """The orders of a room that somebody has still to do, the first due first; whoever asks has entered the room."""
    rows = Message.objects.filter(room=room, order__is_open=True).order_by(F("order__due_at").asc(nulls_last=True), "seq")[:MOST]
    return carried.sent(rows)


def waiting_for(actor: Actor, *, unit_id: int | None, now: datetime) -> list[Addressee]:
    """What was ordered of the actor, of a department or post of theirs or of a unit they speak for, and is still to be done, the first due first."""
    if actor.user_id is None or not policy.can(actor, permissions.VIEW, None):
        return []
    rows = Addressee.objects.filter(addressing.own(actor, unit_id=unit_id, now=now), order__withdrawn_at=None).exclude(step__in=OVER)
    rows = rows.select_related("order__message__room__incident__type", "order__message__room__department", "order__message__room__post")
    return list(rows.order_by(F("order__due_at").asc(nulls_last=True), "pk")[:MOST])


@dataclass(frozen=True, slots=True)
class Late:
    """An order whose time has passed, with what an alarm about it needs: whose it is, where, and for whom it still is."""

    order_id: int
    given_at: datetime
    due_at: datetime
    incident_id: int | None
    department_id: int
    department_ids: tuple[int, ...]
    region_id: int | None
    words: str


def late(now: datetime) -> Iterator[Late]:
    """Orders that are still open after their time. One of a room without an incident belongs to the department of who gave it."""
    rows = Order.objects.filter(is_open=True, due_at__lte=now).select_related("message__room__incident", "message__author")
    for order in rows.prefetch_related("addressees").order_by("due_at", "pk")[:MOST]:
        incident, author = order.message.room.incident, order.message.author
        to = [each for each in order.addressees.all() if each.step not in OVER]
        own = incident.department_id if incident is not None else author.department_id if author is not None else None
        department_id = own or next((each.department_id for each in to if each.department_id is not None), None)
        if department_id is None or order.due_at is None:
            continue
        departments = tuple(incident.department_ids) if incident is not None else (department_id,)
        region_id = incident.region_id if incident is not None else None
        words = ", ".join(each.name for each in to)[:80]
        incident_id = order.message.room.incident_id
        yield Late(order.pk, order.message.written_at, order.due_at, incident_id, department_id, departments, region_id, words)
