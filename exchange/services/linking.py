"""How the links to telephone exchanges stand, as the process that holds them says."""

from datetime import datetime

from django.db import transaction

from access import policy
from access import selectors as access
from access.actors import Actor
from exchange import facts, permissions
from exchange.models import PhoneLink
from journal import services as journal


@transaction.atomic
def note_phone_link(actor: Actor, *, uri: str, state: str, says: str, now: datetime) -> PhoneLink:
    """Keep how the subscription to a line stands, and that its process lives; only a change of state is told."""
    policy.require(actor, permissions.REPORT_PHONE_CALL, None)
    link, is_new = PhoneLink.objects.get_or_create(uri=uri[:200], defaults={"state": state, "says": says[:200], "since": now, "seen_at": now})
    before = None if is_new else link.state
    if link.state != state:
        link.since = now
    link.state, link.says, link.seen_at = state, says[:200], now
    link.save()
    if before != state and state != PhoneLink.State.ASKING:
        scopes = access.scopes_held(permissions.VIEW_PHONE_CALLS, None)
        journal.record(actor, facts.PhoneLinkChanged(phone_link_id=link.pk, state=state), about=[link], scopes=scopes, at=now)
    return link
