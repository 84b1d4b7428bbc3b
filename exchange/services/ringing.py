"""Calls of the telephone exchange as it tells them: ringing, answered, ended; and those that nobody takes."""

import contextlib
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q

from access import policy
from access import selectors as access
from access.actors import Actor
from access.permissions import AUDITORS
from exchange import facts, permissions
from exchange import ringing as phones
from exchange.caller_location import numbers
from exchange.models import REGRET, PhoneCall, PhoneMessage
from exchange.telephony.events import CallEvent, Kind, checked
from exchange.telephony.signing import WINDOW_SECONDS, Signed, require_signed
from incidents import services as incidents
from journal import services as journal
from journal.facts import Fact
from kit.errors import Invalid

GIVE_UP_RINGING = timedelta(minutes=10)
GIVE_UP_SPEAKING = timedelta(hours=6)
MOST_AT_ONCE = 200
TELEPHONY = Actor.system("telephony")
State = PhoneCall.State


@transaction.atomic
def take_phone_message(actor: Actor, *, message: Signed, event: CallEvent, now: datetime) -> tuple[PhoneCall | None, bool]:
    """Take in an event that came through the signed door; the call, and whether anything was new.

    The same message again, sent twice or replayed, changes nothing. Raises `NotSetUp`, `NotSigned`, `Invalid`.
    """
    policy.require(actor, permissions.REPORT_PHONE_CALL, None)
    require_signed(settings.TELEPHONY_SECRETS, message, now=now)
    _once, is_new = PhoneMessage.objects.get_or_create(sender=actor.key[:80], name=message.id, defaults={"at": now})
    if not is_new:
        return PhoneCall.objects.filter(system=event.system[:40], ref=event.ref).first(), False
    return take_phone_event(actor, event=event, now=now)


@transaction.atomic
def take_phone_event(actor: Actor, *, event: CallEvent, now: datetime) -> tuple[PhoneCall, bool]:
    """Take in what happened to a call; the call, and whether anything was new. Late, doubled and disordered events do no harm.

    What is told of one caller in one instant is taken in one after the other. Raises `Invalid`.
    """
    policy.require(actor, permissions.REPORT_PHONE_CALL, None)
    event = checked(event, now=now)
    row, is_new = PhoneCall.objects.get_or_create(system=event.system, ref=event.ref, defaults={"rung_at": event.at, **_caller(event)})
    is_of_many = phones.is_shared(row.caller)
    if row.caller and not is_of_many:
        _wait_for_turn(row.caller)
    others = _locked_of_caller(row.pk)
    call = others.pop(row.pk)
    before = (call.state, call.rung_at, call.answered_at, call.ended_at)
    call.hear(event.kind, event.at)
    if not is_new and before == (call.state, call.rung_at, call.answered_at, call.ended_at):
        return call, False
    if call.state == State.ENDED and call.desk_call_id is not None:
        call.number = ""  # it stands in the form of the call, and nowhere else
    call.save()
    if is_new or call.state != before[0]:
        _announce(actor, _news(call), call, at=event.at)
        if row.caller and not is_of_many:
            _settle_who_got_through(actor, call, list(others.values()), now=now)
    if call.desk_call is not None and call.desk_call.report_id is not None:
        time_report(TELEPHONY, report_id=call.desk_call.report_id, now=now)
    return call, True


def _locked_of_caller(call_id: int) -> dict[int, PhoneCall]:
    """A call, and the other calls in vain of its caller unless many call from that number, by id; locked in the order of their ids.

    Two desks may settle two of them at once while the exchange tells of a third. Empty for a call that there is not.
    """
    caller = PhoneCall.objects.filter(pk=call_id).values_list("caller", flat=True).first() or ""
    same = Q(pk=call_id) | Q(caller=caller, state=State.ABANDONED) if caller and not phones.is_shared(caller) else Q(pk=call_id)
    return {row.pk: row for row in PhoneCall.objects.select_for_update(of=("self",), no_key=True).filter(same).order_by("pk")}


def _wait_for_turn(caller: str) -> None:
    """One event of a caller at a time: of two that come at once, one hung up and one answered, each must see what the other did."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('exchange.caller'), hashtext(%s))", [caller])


def _settle_who_got_through(actor: Actor, call: PhoneCall, in_vain: list[PhoneCall], *, now: datetime) -> None:
    """Who has spoken with somebody is not called back for having rung in vain before, whichever of the two calls is told of first.

    Of two that rang in one instant the one in vain came first, as an exchange tries another line.
    """
    if call.state in (State.ANSWERED, State.ENDED):
        settled = [each for each in in_vain if each.settled_at is None and each.rung_at <= call.rung_at]
    else:
        spoke = PhoneCall.objects.filter(caller=call.caller, state__in=[State.ANSWERED, State.ENDED], rung_at__gte=call.rung_at)
        settled = [call] if call.state == State.ABANDONED and call.settled_at is None and spoke.exists() else []
    for each in settled:
        each.outcome, each.settled_at = PhoneCall.Outcome.NEEDLESS, now
        each.save(update_fields=["outcome", "settled_at"])
        _announce(actor, facts.PhoneCallSettled(phone_call_id=each.pk, outcome=each.outcome), each, at=now)


@transaction.atomic
def time_report(actor: Actor, *, report_id: int, now: datetime) -> PhoneCall | None:
    """Give a report that was taken in a claimed call the exchange's times; None when no call of ours stands behind it.

    A report that came of calling back keeps its own times: that conversation is another call.
    """
    call = PhoneCall.objects.select_for_update(of=("self",), no_key=True).filter(desk_call__report_id=report_id).first()
    if call is None or call.answered_at is None or call.attempts or call.answered_at == call.timed_as:
        return call
    incidents.time_call(
        actor,
        report_id=report_id,
        received_at=call.rung_at,
        answered_at=call.answered_at,
        exchange=call.system,
        is_answer_told=call.is_answer_told,
        now=now,
    )
    call.timed_as = call.answered_at
    call.save(update_fields=["timed_as"])
    return call


@transaction.atomic
def watch_ringing(actor: Actor, *, now: datetime) -> int:
    """Tell of calls that nobody has taken for too long, and give up those whose end the exchange never told; says how many.

    The numbers of callers who need not be called back are forgotten a minute after that was said.
    """
    PhoneCall.objects.filter(settled_at__lte=now - REGRET).exclude(number="").update(number="")
    since = now - timedelta(seconds=settings.TELEPHONY_OVERFLOW_SECONDS)
    waiting = PhoneCall.objects.filter(ended_at=None).order_by("rung_at", "id").select_for_update(of=("self",), no_key=True, skip_locked=True)
    late = list(waiting.filter(state=State.RINGING, taker=None, overflowed_at=None, rung_at__lte=since)[:MOST_AT_ONCE])
    for call in late:
        call.overflowed_at = now
        call.save(update_fields=["overflowed_at"])
        fact = facts.PhoneCallOverflowed(phone_call_id=call.pk, seconds=settings.TELEPHONY_OVERFLOW_SECONDS)
        _announce(actor, fact, call, at=now, others=access.scopes_held(permissions.VIEW_OVERFLOW, None))
    lost = waiting.filter(state=State.RINGING, rung_at__lte=now - GIVE_UP_RINGING) | waiting.filter(rung_at__lte=now - GIVE_UP_SPEAKING)
    for call in lost[:MOST_AT_ONCE]:
        call.hear(Kind.ENDED, now)
        call.save()
        _announce(actor, facts.PhoneCallGivenUp(phone_call_id=call.pk), call, at=now)
    return len(late)


@transaction.atomic
def forget_phone_calls(actor: Actor, *, now: datetime) -> int:
    """Forget the numbers of calls that rang longer ago than they may be kept, and the names of old messages; says how many numbers."""
    PhoneMessage.objects.filter(at__lt=now - 2 * timedelta(seconds=WINDOW_SECONDS)).delete()
    known = PhoneCall.objects.filter(rung_at__lt=now - timedelta(hours=settings.TELEPHONY_HOURS)).exclude(caller="", number="")
    count = known.update(number="", caller="")
    if count:
        journal.record(actor, facts.PhoneCallsForgotten(count=count), about=[], scopes=AUDITORS, at=now)
    return count


def _announce(actor: Actor, fact: Fact, call: PhoneCall, *, at: datetime, others: list[str] | None = None) -> None:
    """Record a fact about a call for every desk that may see what rings; the number is never in it."""
    scopes = access.scopes_held(permissions.VIEW_PHONE_CALLS, None) + (others or [])
    journal.record(actor, fact, about=[call], scopes=scopes, at=at)


def _news(call: PhoneCall) -> Fact:
    """What there is to tell of a call that stands so."""
    if call.state == State.RINGING:
        return facts.PhoneCallRang(phone_call_id=call.pk, line=call.line)
    if call.state == State.ANSWERED:
        return facts.PhoneCallAnswered(phone_call_id=call.pk)
    is_missed = call.state == State.ABANDONED
    return facts.PhoneCallAbandoned(phone_call_id=call.pk) if is_missed else facts.PhoneCallEnded(phone_call_id=call.pk)


def _caller(event: CallEvent) -> dict[str, str]:
    caller = ""
    with contextlib.suppress(Invalid):  # withheld, or an extension of two digits
        caller = numbers.key_of(event.number)
    return {"number": event.number, "caller": caller, "line": event.line}
