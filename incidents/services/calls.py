"""A call while it is taken: saved with every pause, parked and taken up again, never lost and never doubled."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from access import policy
from access.actors import Actor
from incidents import facts, permissions
from incidents.models import CityMode, DeskCall, DeskWish
from incidents.models.calls import DiscardReason
from incidents.services.confiding import FIELDS, _hand_on
from journal import services as journal
from journal.facts import Fact
from kit.errors import Invalid, NotFound, Refused

MOST_FIELDS = 60
MOST_CHARACTERS = 12_000
KEEP_ENDED = timedelta(hours=24)
State = DeskCall.State


class CallEnded(Refused):
    code = "call_ended"
    says = _("This call has ended already.")


class CallChanged(Refused):
    """Another window saved the call meanwhile; `.call` is what stands."""

    code = "call_changed"
    says = _("This call was saved in another window meanwhile.")

    def __init__(self, call: DeskCall) -> None:
        super().__init__()
        self.call = call


class CallOnBoard(Refused):
    code = "call_on_board"
    says = _("This call is on the board as %(number)s. Cancel the incident there.")


@dataclass(frozen=True, slots=True)
class Heard:
    """The form as far as it is filled in; `base` is the revision it builds on, `began_at` when the form was opened."""

    values: Mapping[str, str]
    base: int
    began_at: datetime


@transaction.atomic
def save_call(actor: Actor, *, key: UUID, heard: Heard, now: datetime) -> DeskCall:
    """Keep what has been heard so far. The first save begins the call, under a key made with its form.

    Saving the same again changes nothing, so that a save whose answer was lost may be sent twice.
    Raises `CallChanged` when another window saved meanwhile, `CallEnded` after the end.
    """
    values = _checked_values(heard.values)
    call = _begun(actor, key, heard.began_at, now)
    if call.is_ended():
        raise CallEnded
    if call.heard == values:
        return call
    if call.revision != heard.base:
        raise CallChanged(call)
    call.heard = values
    call.revision += 1
    call.saved_at = now
    call.save(update_fields=["heard", "revision", "saved_at"])
    return call


@transaction.atomic
def park_call(actor: Actor, *, key: UUID, now: datetime) -> DeskCall:
    """Put a call aside; its clock goes on. One on which nothing was heard is discarded."""
    call = _lock_call(actor, key=key)
    if call.is_ended() or call.state == State.PARKED:
        return call
    if not _says_something(call) and call.incident_id is None:
        return _discard(actor, call, DiscardReason.EMPTY, now)
    call.state, call.parked_at = State.PARKED, now
    call.save(update_fields=["state", "parked_at"])
    _tell(actor, facts.CallParked(call_id=call.pk), call, now=now)
    return call


@transaction.atomic
def resume_call(actor: Actor, *, key: UUID, now: datetime) -> DeskCall:
    """Go on with a parked call; the call of another desk is taken over by it. Raises `CallEnded`."""
    call = DeskCall.objects.select_for_update(of=("self",), no_key=True).filter(key=key).first()
    if call is None:
        raise NotFound
    is_mine = call.taker_id == actor.user_id
    if not is_mine and not policy.can(actor, permissions.VIEW_CALLS, None):
        raise NotFound
    policy.require(actor, permissions.REPORT, None)
    if call.is_ended():
        raise CallEnded
    if is_mine and call.state == State.TAKING:
        return call
    before = call.taker_id
    if not is_mine:
        _hand_on(actor, call, now=now)
    assert actor.user_id is not None  # no face lets anybody in who is not a person
    call.taker_id, call.state, call.parked_at = actor.user_id, State.TAKING, None
    call.save(update_fields=["taker", "state", "parked_at", *FIELDS])
    fact = facts.CallResumed(call_id=call.pk) if is_mine else facts.CallTakenOver(call_id=call.pk, from_user_id=before)
    _tell(actor, fact, call, f"user:{before}", now=now)
    return call


@transaction.atomic
def discard_call(actor: Actor, *, key: UUID, reason: str, now: datetime) -> DeskCall:
    """End a call that is no report, and say why. Raises `CallOnBoard` once it is an incident."""
    call = _lock_call(actor, key=key)
    if call.is_ended():
        return call
    if call.incident is not None:
        raise CallOnBoard(number=call.incident.number)
    if reason not in DiscardReason.values:
        raise Invalid({"reason": _("There is no such reason.")})
    return _discard(actor, call, reason, now)


@transaction.atomic
def restore_call(actor: Actor, *, key: UUID, now: datetime) -> DeskCall:
    """Take up a discarded call again, with everything that was heard."""
    call = _lock_call(actor, key=key)
    if call.state != State.DISCARDED:
        return call
    call.state, call.ended_at, call.reason, call.parked_at = State.PARKED, None, "", now
    call.save(update_fields=["state", "ended_at", "reason", "parked_at"])
    _tell(actor, facts.CallRestored(call_id=call.pk), call, now=now)
    return call


@transaction.atomic
def wish_words_first(actor: Actor, *, words_first: bool) -> DeskWish:
    """The form for calls of this person begins with the caller's words, or with type and place; it follows them to every desk."""
    policy.require(actor, permissions.REPORT, None)
    if actor.user_id is None:
        raise NotFound
    wish, _is_new = DeskWish.objects.update_or_create(user_id=actor.user_id, defaults={"words_first": words_first})
    fact = facts.CallFormWished(user_id=actor.user_id, words_first=words_first)
    journal.record(actor, fact, about=[f"user:{actor.user_id}"], scopes=[f"user:{actor.user_id}"], at=None)
    return wish


@transaction.atomic
def forget_ended_calls(actor: Actor, *, now: datetime) -> int:
    """Empty what discarded calls held a day after their end; says how many. What became a report stands there.

    While an emergency holds anywhere nothing is forgotten: a silent or a wrong call may be asked for afterwards.
    """
    policy.require(actor, permissions.IMPORT, None)
    if CityMode.objects.filter(ended_at=None).exists():
        return 0
    kept = DeskCall.objects.filter(ended_at__lt=now - KEEP_ENDED).exclude(heard={}, confided={})
    count = kept.update(heard={}, confided={})
    if count:
        scopes = [f"{permissions.VIEW_CALLS}@*:*"]
        journal.record(actor, facts.CallsForgotten(calls=count), about=[], scopes=scopes, at=now)
    return count


def _lock_call(actor: Actor, *, key: UUID) -> DeskCall:
    """The actor's own call, locked. Raises `NotFound` for another's."""
    policy.require(actor, permissions.REPORT, None)
    call = DeskCall.objects.select_for_update(of=("self",), no_key=True).filter(key=key, taker_id=actor.user_id).first()
    if call is None:
        raise NotFound
    return call


def _tell(actor: Actor, fact: Fact, call: DeskCall, *others: str, now: datetime) -> None:
    """Record a fact about a call for its taker and for those who watch the desks."""
    about = [call] if call.incident is None else [call, call.incident]
    scopes = [f"user:{call.taker_id}", *(each for each in others if each != f"user:{call.taker_id}"), f"{permissions.VIEW_CALLS}@*:*"]
    journal.record(actor, fact, about=about, scopes=scopes, at=now)


def _begun(actor: Actor, key: UUID, began_at: datetime, now: datetime) -> DeskCall:
    """The call of this key, begun when it is new. Two windows that begin one at once meet at the key."""
    policy.require(actor, permissions.REPORT, None)
    if actor.user_id is None:
        raise NotFound
    fields = {"taker_id": actor.user_id, "began_at": min(max(began_at, now - timedelta(hours=24)), now), "saved_at": now}
    call, is_new = DeskCall.objects.get_or_create(key=key, defaults=fields)
    if is_new:
        _tell(actor, facts.CallBegun(call_id=call.pk), call, now=now)
    return _lock_call(actor, key=key)


def _discard(actor: Actor, call: DeskCall, reason: str, now: datetime) -> DeskCall:
    call.state, call.ended_at, call.reason = State.DISCARDED, now, reason
    call.save(update_fields=["state", "ended_at", "reason"])
    _tell(actor, facts.CallDiscarded(call_id=call.pk, reason=reason), call, now=now)
    return call


def _says_something(call: DeskCall) -> bool:
    return any(str(value).strip() for value in (*call.heard.values(), *call.confided.values()))


def _checked_values(values: Mapping[str, str]) -> dict[str, str]:
    """Short enough to be a call. Raises `Invalid`."""
    kept = {name: value for name, value in values.items() if value}
    if len(kept) > MOST_FIELDS or sum(map(len, kept.values())) > MOST_CHARACTERS:
        raise Invalid({"words": _("This is more than a call can hold.")})
    return kept
