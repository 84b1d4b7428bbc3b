"""Numbers from which many people call: a switchboard's calls are not of one caller."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from access import policy
from access import selectors as access
from access.actors import Actor
from exchange import facts, permissions
from exchange.models import PhoneCall, SharedNumber
from exchange.services.ringing import _announce
from exchange.telephony.events import masked
from journal import services as journal
from kit.errors import NotFound, Refused


class NumberNotKnown(Refused):
    code = "number_not_known"
    says = _("The number of this call is not known, or was forgotten.")


@transaction.atomic
def share_number(actor: Actor, *, call_id: int, now: datetime) -> SharedNumber:
    """Say that many people call from the number of a call: from now on each of its calls waits by itself and settles no other.

    Said twice, it changes nothing. Raises `NumberNotKnown`.
    """
    policy.require(actor, permissions.CLAIM_PHONE_CALL, None)
    call = PhoneCall.objects.select_for_update(of=("self",), no_key=True).filter(pk=call_id).first()
    if call is None or actor.user_id is None:
        raise NotFound
    if not call.caller or not call.number:
        raise NumberNotKnown
    values = {"masked": masked(call.number), "by_id": actor.user_id, "at": now}
    row, is_new = SharedNumber.objects.get_or_create(caller=call.caller, defaults=values)
    if is_new:
        _announce(actor, facts.PhoneNumberShared(phone_call_id=call.pk, shared_number_id=row.pk), call, at=now)
    return row


@transaction.atomic
def unshare_number(actor: Actor, *, shared_id: int, now: datetime) -> None:
    """Say that a number is one caller's after all: its calls are one line of the list again. Raises `NotFound`."""
    policy.require(actor, permissions.CLAIM_PHONE_CALL, None)
    row = SharedNumber.objects.select_for_update(of=("self",), no_key=True).filter(pk=shared_id).first()
    if row is None:
        raise NotFound
    scopes = access.scopes_held(permissions.VIEW_PHONE_CALLS, None)
    journal.record(actor, facts.PhoneNumberUnshared(shared_number_id=row.pk), about=[row], scopes=scopes, at=now)
    row.delete()
