"""The one verb about broken glass: what somebody who answers for the thing says of it, once it is over."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from access import facts
from access.actors import Actor
from access.glass import reading
from access.models import BrokenGlass
from access.permissions import AUDITORS
from access.sharing.kinds import keeper_of, kind_of
from journal import services as journal
from kit.errors import Forbidden, Invalid, NotFound, Refused

WORDS_LENGTH = 10


class ReviewedAlready(Refused):
    code = "reviewed_already"
    says = _("This was reviewed already; what was said of it stands.")


class OwnGlass(Refused):
    code = "own_glass"
    status = 403
    says = _("What one broke oneself is reviewed by somebody else.")


class StillBroken(Refused):
    code = "still_broken"
    says = _("The glass is still broken. Take it back first, or wait until its time is over.")


@transaction.atomic
def review_glass(actor: Actor, *, glass_id: int, finding: str, words: str, now: datetime) -> BrokenGlass:
    """Say of broken glass that is over whether it was justified, with words of ten characters or more. It is said once and stands.

    Raises `OwnGlass`, `ReviewedAlready`, `StillBroken`, `Invalid`; `NotFound` for what lies outside the actor's own authority.
    """
    if actor.user_id is None:
        raise Forbidden
    row = BrokenGlass.objects.select_for_update(of=("self",), no_key=True).filter(pk=glass_id).first()
    if row is None:
        raise NotFound
    shown = reading.one(actor, glass_id)
    if shown.is_own:
        raise OwnGlass
    if row.finding:
        raise ReviewedAlready
    if shown.is_broken:
        raise StillBroken
    said = words.strip()[:500]
    if finding not in BrokenGlass.Finding.values:
        raise Invalid({"finding": _("There is no such finding.")})
    if len(said) < WORDS_LENGTH:
        raise Invalid({"words": _("Say it in at least ten characters.")})
    row.finding, row.words, row.reviewed_by_id, row.reviewed_at = finding, said, actor.user_id, max(now, row.broken_at)
    row.save(update_fields=["finding", "words", "reviewed_by", "reviewed_at"])
    fact = facts.GlassReviewed(glass_id=row.pk, user_id=shown.person.pk, finding=finding)
    journal.record(actor, fact, about=_about(row), scopes=[*_told(row), f"user:{shown.person.pk}", *AUDITORS], at=now)
    return row


def _about(row: BrokenGlass) -> list[str]:
    if row.share is not None:
        return [row.share.subject, f"share:{row.share.pk}"]
    return [f"user:{row.membership.user_id}"] if row.membership is not None else []


def _told(row: BrokenGlass) -> list[str]:
    """The scopes of those whose thing it was."""
    if row.share is None:
        return []
    kind = kind_of(row.share.kind)
    thing = keeper_of(kind).found([row.share.subject_id]).get(row.share.subject_id)
    return keeper_of(kind).audience(kind.view_action, thing) if thing is not None else []
