"""Taking telephone calls: one caller, one taker; giving a call back; calling back those who hung up."""

from datetime import datetime
from uuid import UUID, uuid4

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from access import policy
from access.actors import Actor
from exchange import facts, permissions
from exchange.models import REGRET, PhoneCall
from exchange.services.ringing import _announce, _locked_of_caller
from incidents import services as incidents
from incidents.models.calls import DiscardReason
from incidents.services.calls import Heard
from kit.errors import Invalid, NotFound, Refused

State = PhoneCall.State
Outcome = PhoneCall.Outcome


class TakenByAnother(Refused):
    """One caller, one taker: the other is told who has the call."""

    code = "taken_by_another"
    says = _("%(who)s took this call at %(at)s.")

    def __init__(self, call: PhoneCall) -> None:
        at = timezone.localtime(call.claimed_at) if call.claimed_at else None
        super().__init__(who=str(call.taker), at=f"{at:%H:%M:%S}" if at else "")


class CallIsOver(Refused):
    code = "call_is_over"
    says = _("The caller hung up at %(at)s. Call back from the list of missed calls.")

    def __init__(self, call: PhoneCall) -> None:
        super().__init__(at=f"{timezone.localtime(call.ended_at or call.rung_at):%H:%M:%S}")


class CallWasAnswered(Refused):
    code = "call_was_answered"
    says = _("You have answered this call already; it cannot be given back.")


class NothingToCallBack(Refused):
    code = "nothing_to_call_back"
    says = _("There is nobody to call back: the call was answered, settled, or its number is not known.")


@transaction.atomic
def claim_phone_call(actor: Actor, *, call_id: int, now: datetime) -> PhoneCall:
    """Take a call that rings: its form is begun with the number and the times of the exchange. Of two at once one wins.

    Pressed again by the same person it is the same call. Raises `TakenByAnother`, `CallIsOver`.
    """
    call = _locked(actor, call_id)
    if call.taker_id is not None and call.taker_id == actor.user_id and not call.settled_at:
        return call
    if call.taker_id is not None:
        raise TakenByAnother(call)
    if call.is_over():
        raise CallIsOver(call)
    if call.answered_at is None:
        call.answered_at = now
    _begin(actor, call, {"answered_at": call.answered_at.isoformat()}, began_at=call.rung_at, now=now)
    assert call.desk_call_id is not None  # just begun
    _announce(actor, facts.PhoneCallClaimed(phone_call_id=call.pk, desk_call_id=call.desk_call_id), call, at=now)
    return call


@transaction.atomic
def release_phone_call(actor: Actor, *, call_id: int, now: datetime) -> tuple[PhoneCall, UUID]:
    """Give back a call that was taken by mistake: it rings at every desk again. The call, and the key of the form that is no more.

    Raises `CallWasAnswered`, `CallIsOver`.
    """
    call = _locked(actor, call_id)
    if call.taker_id != actor.user_id or call.desk_call is None:
        raise NotFound
    if call.is_over():
        raise CallIsOver(call)
    if call.is_answer_told:
        raise CallWasAnswered
    key = call.desk_call.key
    incidents.discard_call(actor, key=key, reason=DiscardReason.EMPTY, now=now)
    call.taker, call.claimed_at, call.desk_call, call.answered_at = None, None, None, None
    call.save(update_fields=["taker", "claimed_at", "desk_call", "answered_at"])
    _announce(actor, facts.PhoneCallReleased(phone_call_id=call.pk), call, at=now)
    return call, key


@transaction.atomic
def call_back_phone_call(actor: Actor, *, call_id: int, now: datetime) -> PhoneCall:
    """Call one back who hung up: its number is seen, which is recorded, and a form is begun with it. Each try counts.

    Raises `TakenByAnother` while somebody else is at it, `NothingToCallBack`.
    """
    call = _locked(actor, call_id)
    if call.state != State.ABANDONED or call.settled_at is not None or not call.number:
        raise NothingToCallBack
    if call.taker_id != actor.user_id and call.is_being_called(now):
        raise TakenByAnother(call)
    call.attempts += 1
    _begin(actor, call, {}, began_at=now, now=now)
    _announce(actor, facts.PhoneCallCalledBack(phone_call_id=call.pk, attempt=call.attempts), call, at=now)
    return call


@transaction.atomic
def settle_phone_call(actor: Actor, *, call_id: int, outcome: str, now: datetime) -> PhoneCall:
    """Say what became of calling back; when nobody answered, the call stays on the list and is free for the next to try.

    It is said of the caller: every call of theirs in vain leaves the list, unless many people call from that number.
    Of who need not be called back the number is kept for another minute, in which `unsettle_phone_call` puts them back on it.
    """
    call, others = _locked_with_others(actor, call_id)
    if outcome not in Outcome.values:
        raise Invalid({"outcome": _("There is no such outcome.")})
    if call.state != State.ABANDONED:
        raise NothingToCallBack
    if call.settled_at is not None:
        return call
    is_over = outcome != Outcome.NOBODY
    for each in (call, *(other for other in others if is_over and other.settled_at is None)):
        each.outcome = outcome
        if is_over:
            each.settled_at, each.number = now, each.number if outcome == Outcome.NEEDLESS else ""
        else:
            each.taker, each.claimed_at = None, None
        each.save(update_fields=["outcome", "taker", "claimed_at", "settled_at", "number"])
        _announce(actor, facts.PhoneCallSettled(phone_call_id=each.pk, outcome=outcome), each, at=now)
    return call


@transaction.atomic
def unsettle_phone_call(actor: Actor, *, call_id: int, now: datetime) -> PhoneCall:
    """Put a caller back on the list to call back who was taken off it by a slip, within a minute. Raises `NothingToCallBack`."""
    call, others = _locked_with_others(actor, call_id)
    if call.state != State.ABANDONED or call.settled_at is None or not call.number or now - call.settled_at > REGRET:
        raise NothingToCallBack
    for each in (call, *(other for other in others if other.settled_at == call.settled_at)):
        each.outcome, each.settled_at = "", None
        each.save(update_fields=["outcome", "settled_at"])
        _announce(actor, facts.PhoneCallUnsettled(phone_call_id=each.pk), each, at=now)
    return call


def _locked(actor: Actor, call_id: int) -> PhoneCall:
    policy.require(actor, permissions.CLAIM_PHONE_CALL, None)
    call = PhoneCall.objects.select_for_update(of=("self",), no_key=True).filter(pk=call_id).first()
    if call is None or actor.user_id is None:
        raise NotFound
    return call


def _locked_with_others(actor: Actor, call_id: int) -> tuple[PhoneCall, list[PhoneCall]]:
    """A call, and the other calls in vain of its caller."""
    policy.require(actor, permissions.CLAIM_PHONE_CALL, None)
    rows = _locked_of_caller(call_id)
    call = rows.pop(call_id, None)
    if call is None or actor.user_id is None:
        raise NotFound
    return call, list(rows.values())


def _begin(actor: Actor, call: PhoneCall, heard: dict[str, str], *, began_at: datetime, now: datetime) -> None:
    """A form of its own for the call, at the desk of whoever takes it."""
    values = {"caller_phone": call.number, **heard} if call.number else heard
    call.desk_call = incidents.save_call(actor, key=uuid4(), heard=Heard(values, 0, began_at), now=now)
    call.taker_id, call.claimed_at = actor.user_id, now
    call.save(update_fields=["desk_call", "taker", "claimed_at", "answered_at", "attempts"])
