"""Orders: given to people, departments, posts and units by a time; each addressee says how far it has come."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from access.actors import Actor
from chat import addressing, facts, membership, permissions
from chat.models import Addressee, Message, Order, Room
from chat.services import rooms
from chat.services.common import announce, keep, locked_open
from chat.services.messages import NewMessage, add
from chat.words import of_message
from incidents.services.common import FUTURE_SECONDS, PAST, Moment
from kit.errors import Forbidden, Invalid, NotFound, Refused

MOST_ADDRESSEES = 50
MOST_AT_ONCE = 200
LATEST = timedelta(days=31)
Step = Addressee.Step
COLUMNS = {Step.DELIVERED: "delivered_at", Step.READ: "read_at", Step.ACCEPTED: "accepted_at", Step.DONE: "done_at", Step.REFUSED: "refused_at"}
WAY = (Step.SENT, Step.DELIVERED, Step.READ, Step.ACCEPTED, Step.DONE)


class OrderIsOver(Refused):
    code = "order_over"
    says = _("This order was withdrawn, or is done already.")


class OrderReasonMissing(Refused):
    code = "order_reason_missing"
    status = 422
    says = _("Say why it cannot be done.")


@dataclass(frozen=True, slots=True)
class NewOrder:
    """What is ordered, of whom ("user:5", "department:3", "post:2", "unit:7"), and by when (None: no time is set)."""

    message: NewMessage
    addressees: Sequence[str] = field(default_factory=tuple)
    due_at: datetime | None = None


@transaction.atomic
def give_order(actor: Actor, *, room_id: int, order: NewOrder, now: datetime) -> Message:
    """Order something in a room. People, departments and the watches of posts that are not of the room are let into it. Raises `RoomIsClosed`."""
    room = locked_open(actor, permissions.ORDER, room_id)
    found = addressing.found(order.addressees[: MOST_ADDRESSEES + 1])
    if not found:
        raise Invalid({"addressees": _("Name who is to do it.")})
    if len(found) > MOST_ADDRESSEES:
        raise Invalid({"addressees": _("At most 50 addressees.")})
    if order.due_at is not None and not now < order.due_at <= now + LATEST:
        raise Invalid({"due_at": _("The time lies in the past, or more than 31 days ahead.")})
    row = add(actor, room=room, message=order.message, kind=Message.Kind.ORDER, now=now)
    made = Order.objects.create(message=row, due_at=order.due_at)
    to = Addressee.objects.bulk_create([Addressee(order=made, **each.columns()) for each in found])
    meant = addressing.people_meant(to, now)
    _let_in(actor, room, to, now)
    fact = facts.OrderGiven(**of_message(row), addressee_ids=tuple(each.pk for each in to))
    announce(actor, fact, room=room, about=[*_incident(room), *(f"user:{pk}" for pk in meant)], now=now)
    return row


@transaction.atomic
def advance_order(actor: Actor, *, addressee_id: int, step: str, reason: str, moment: Moment, now: datetime) -> Addressee:
    """Say for an addressee how far an order has come. A step behind the one it has changes nothing. Raises `OrderIsOver`, `OrderReasonMissing`."""
    known = Addressee.objects.select_related("order__message").filter(pk=addressee_id).first()
    if known is None or not addressing.speaks_for(actor, known, now):
        raise NotFound if known is None or not membership.sees(actor, known.order.message.room_id) else Forbidden
    if step not in COLUMNS:
        raise Invalid({"step": _("There is no such step.")})
    if step == Step.REFUSED and not reason.strip():
        raise OrderReasonMissing
    if moment.at > now + timedelta(seconds=FUTURE_SECONDS) or moment.at < now - PAST:
        raise Invalid({"at": _("This time lies in the future, or more than a day back.")})
    room = Room.objects.locked(known.order.message.room_id)
    addressee = Addressee.objects.select_related("order__message").get(pk=addressee_id)
    if room is None or not _moves(addressee, step):
        return addressee
    if addressee.order.withdrawn_at is not None or addressee.step == Step.DONE:
        raise OrderIsOver
    _take(addressee, step, by=actor.label[:80], reason=" ".join(reason.split())[:300], at=moment.at)
    addressee.order.message.room = room
    _tell(actor, addressee.order, [addressee], step, now)
    return addressee


@transaction.atomic
def withdraw_order(actor: Actor, *, room_id: int, seq: int, now: datetime) -> Message:
    """Take an order back: who gave it may, and who moderates. Again changes nothing."""
    room = membership.require(actor, permissions.VIEW, Room.objects.locked(room_id))
    message = Message.objects.select_related("order").filter(room=room, seq=seq, kind=Message.Kind.ORDER).first()
    if message is None:
        raise NotFound
    if message.author_key != actor.key and not membership.may(actor, permissions.MODERATE, room):
        raise Forbidden
    order, message.room = message.order, room
    if order.withdrawn_at is None:
        order.withdrawn_at, order.withdrawn_by, order.is_open = now, actor.label[:80], False
        order.save(update_fields=["withdrawn_at", "withdrawn_by", "is_open"])
        keep(actor, message=message, columns=[])
        announce(actor, facts.OrderWithdrawn(**of_message(message)), room=room, about=_incident(room), now=now)
        _watches_may_have_changed(actor, list(order.addressees.all()), now)
    return message


def note_seen(actor: Actor, *, room: Room, seq: int, now: datetime) -> None:
    """Whoever has read a room up to a number has read what was ordered of them there; a unit says so itself. Locks only when something was."""
    waiting = Addressee.objects.filter(order__message__room=room, order__message__seq__lte=seq, order__is_open=True, step__in=WAY[:2])
    own = list(waiting.filter(addressing.own(actor, unit_id=None, now=now)).values_list("pk", flat=True)[:MOST_AT_ONCE])
    if not own:
        return
    locked = Room.objects.locked(room.pk)
    for each in Addressee.objects.select_related("order__message").filter(pk__in=own, step__in=WAY[:2]):
        if locked is not None:
            each.order.message.room = locked
            _take(each, Step.READ, by=actor.label[:80], reason="", at=now)
            _tell(actor, each.order, [each], Step.READ, now)


def note_overdue(actor: Actor, *, now: datetime) -> int:
    """Note which orders are still open after their time; says how many were noticed now."""
    late = Order.objects.filter(is_open=True, due_at__lte=now, overdue_at=None).order_by("due_at").values_list("pk", "message__room_id")
    return sum(_overdue(actor, pk, room_id, now) for pk, room_id in late[:MOST_AT_ONCE])


@transaction.atomic
def _overdue(actor: Actor, order_id: int, room_id: int, now: datetime) -> bool:
    room = Room.objects.locked(room_id)
    order = Order.objects.select_related("message").filter(pk=order_id, is_open=True, overdue_at=None).first()
    if room is None or order is None:
        return False
    order.message.room, order.overdue_at = room, now
    order.save(update_fields=["overdue_at"])
    keep(actor, message=order.message, columns=[])
    late = tuple(order.addressees.exclude(step__in=(Step.DONE, Step.REFUSED)).values_list("pk", flat=True))
    announce(actor, facts.OrderOverdue(**of_message(order.message), addressee_ids=late), room=room, about=_incident(room), now=now)
    return True


def _moves(addressee: Addressee, step: str) -> bool:
    """Whether a step leads on from where the addressee is: never back, and out of a refusal only by accepting or doing it after all."""
    now = addressee.step
    if now == Step.REFUSED:
        return step in (Step.ACCEPTED, Step.DONE)
    return step == Step.REFUSED or WAY.index(Step(step)) > WAY.index(Step(now))


def _take(addressee: Addressee, step: str, *, by: str, reason: str, at: datetime) -> None:
    """The step with its time; what must have come before it happened then at the latest."""
    behind = WAY[1 : WAY.index(Step(step))] if step in WAY else WAY[1:3]
    for each in (*behind, Step(step)):
        if getattr(addressee, COLUMNS[each]) is None:
            setattr(addressee, COLUMNS[each], at)
    addressee.step, addressee.by, addressee.reason = step, by, reason
    addressee.save(update_fields=["step", "by", "reason", *COLUMNS.values()])


def _tell(actor: Actor, order: Order, moved: Sequence[Addressee], step: str, now: datetime) -> None:
    is_open = order.addressees.exclude(step__in=(Step.DONE, Step.REFUSED)).exists()
    if is_open != order.is_open:
        order.is_open = is_open
        order.save(update_fields=["is_open"])
    keep(actor, message=order.message, columns=[])
    fact = facts.OrderAdvanced(**of_message(order.message), addressee_ids=tuple(each.pk for each in moved), step=step)
    told = _incident(order.message.room) if step in (Step.ACCEPTED, Step.DONE, Step.REFUSED) else []
    announce(actor, fact, room=order.message.room, about=told, now=now)


def _let_in(actor: Actor, room: Room, to: Sequence[Addressee], now: datetime) -> None:
    """Whoever is to do it reads what it is about; those who are of the room already are not invited anew.

    Nobody is invited for a post: the order itself lets its watches in, this one and the next.
    """
    for each in to:
        if each.person_id is not None and not membership.is_of(room, each.person_id):
            rooms.let_in(actor, room=room, person_id=each.person_id, department_id=None, until=None, now=now)
        if each.department_id is not None and each.department_id != room.department_id:
            rooms.let_in(actor, room=room, person_id=None, department_id=each.department_id, until=None, now=now)
    _watches_may_have_changed(actor, to, now)


def _watches_may_have_changed(actor: Actor, to: Sequence[Addressee], now: datetime) -> None:
    """Open screens of the watches of posts come back with the rooms that are theirs now."""
    posts = [each.post_id for each in to if each.post_id is not None]
    if posts:
        rooms.renew_duty_rooms(actor, person_ids=sorted(membership.around(posts, now)))


def _incident(room: Room) -> list[str]:
    return [f"incident:{room.incident_id}"] if room.incident_id is not None else []
