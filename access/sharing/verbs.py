"""Verbs about shares. Every one of them is a fact for both sides; nobody passes on what was shared with them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from access import facts, permissions, policy
from access.actors import Actor
from access.models import BrokenGlass, Department, Region, Share, ShareLook
from access.permissions import AUDITORS
from access.sharing import reading
from access.sharing.kinds import Kind, Thing, keeper_of, kind_of, require
from journal import services as journal
from journal.facts import Fact
from kit.errors import Forbidden, Invalid, NotFound, Refused

GLASS_SECONDS = 3600
REASON_LENGTH = 10
LOOK_AGAIN_SECONDS = 60  # a screen that refreshes itself is one look a minute at most
MOST_EACH = 50
MOST_DUE = 500
Ended = Share.Ended


class AlreadyTheirs(Refused):
    code = "already_theirs"
    says = _("Those people see it already: it belongs to them.")


class TooLongShared(Refused):
    code = "too_long_shared"
    status = 422
    says = _("A share lasts %(hours)s hours at most.")


class TooManyShares(Refused):
    code = "too_many_shares"
    says = _("This is shared with fifty others already. Take some back first.")


class GlassNeedsReason(Refused):
    code = "glass_needs_reason"
    status = 422
    says = _("Say why you need to see it, in at least ten characters.")


@dataclass(frozen=True, slots=True)
class Terms:
    """With whom (a department, a region, or the department's people in the region), how much of it, until when, and what they are told."""

    department_id: int | None
    region_id: int | None
    level: str
    until: datetime
    note: str = ""


@transaction.atomic
def share(actor: Actor, *, kind: str, subject_id: int, terms: Terms, now: datetime) -> Share:
    """Show a thing to a department or a region until a time; what was shared with the same people before ends, these terms count.

    Raises `Forbidden` for who sees it only by a share or through broken glass, `AlreadyTheirs`, `TooLongShared`, `TooManyShares`, `Invalid`.
    """
    what = kind_of(kind)
    thing, by_id = _own(actor, what, subject_id)
    _check(what, thing, terms, now)
    open_ones = Share.objects.select_for_update(of=("self",), no_key=True).filter(kind=kind, subject_id=subject_id, ended_at=None)
    same = [one for one in open_ones if (one.department_id, one.region_id, one.person_id) == (terms.department_id, terms.region_id, None)]
    if len(open_ones) - len(same) >= MOST_EACH:
        raise TooManyShares
    for one in same:
        _end(one, Ended.REPLACED, now)
    made = Share.objects.create(
        kind=kind,
        subject_id=subject_id,
        department_id=terms.department_id,
        region_id=terms.region_id,
        level=terms.level,
        note=terms.note.strip()[:300],
        by_id=by_id,
        shared_at=now,
        until=terms.until,
    )
    keeper_of(what).mark(thing, True)
    fact = facts.Shared(share_id=made.pk, subject=made.subject, level=made.level, until=made.until.isoformat())
    _announce(actor, fact, what, thing, [made], now)
    return made


@transaction.atomic
def revoke_share(actor: Actor, *, share_id: int, now: datetime) -> Share:
    """Take a share back: the other side's screens lose it at once. Who broke the glass may give it back. Safe twice."""
    what, thing, row = _locked(share_id)
    if row.person_id is None or row.person_id != actor.user_id:
        require(actor, what, what.share_action, thing)
    if row.ended_at is None:
        _end_and_tell(actor, what, thing, row, Ended.REVOKED, now)
    return row


def end_due_shares(actor: Actor, *, now: datetime) -> int:
    """End the shares whose time is over: nobody sees by them from the very second, this tells the screens. How many there were."""
    due = Share.objects.filter(ended_at=None, until__lte=now).order_by("until", "id").values_list("pk", flat=True)
    return sum(_expire(actor, share_id, now) for share_id in due[:MOST_DUE])


@transaction.atomic
def break_glass_for(actor: Actor, *, kind: str, subject_id: int, reason: str, now: datetime) -> Share:
    """See a thing one has no part in, for an hour, with a reason: its owners are told at once, and every look is recorded.

    Raises `GlassNeedsReason`, `AlreadyTheirs`, `NotFound`.
    """
    policy.require(actor, permissions.BREAK_GLASS, None)
    what = kind_of(kind)
    policy.require(actor, what.view_action, None)
    if actor.user_id is None:
        raise Forbidden
    if len(reason.strip()) < REASON_LENGTH:
        raise GlassNeedsReason
    thing = keeper_of(what).locked(subject_id)
    if thing is None:
        raise NotFound
    if keeper_of(what).may(actor, what.view_action, thing):
        raise AlreadyTheirs
    mine = Share.objects.select_for_update(of=("self",), no_key=True).filter(kind=kind, subject_id=subject_id, person_id=actor.user_id, ended_at=None)
    for one in mine:
        _end(one, Ended.REPLACED, now)
    made = Share.objects.create(
        kind=kind,
        subject_id=subject_id,
        person_id=actor.user_id,
        level=Share.Level.FULL,
        note=reason.strip()[:300],
        by_id=actor.user_id,
        shared_at=now,
        until=now + timedelta(seconds=GLASS_SECONDS),
    )
    keeper_of(what).mark(thing, True)
    BrokenGlass.objects.create(share=made, broken_at=now)
    fact = facts.GlassBrokenFor(share_id=made.pk, subject=made.subject, user_id=actor.user_id, until=made.until.isoformat())
    _announce(actor, fact, what, thing, [made], now, *AUDITORS)
    return made


@transaction.atomic
def note_look(actor: Actor, *, share_id: int, is_refresh: bool, now: datetime) -> None:
    """Somebody of the other side looked: the first look is told to both sides, and every look through broken glass.

    `is_refresh`: a screen fetched again what it shows already.
    """
    row = Share.objects.filter(pk=share_id).first()
    if row is None or actor.user_id is None:
        return
    look, is_first = ShareLook.objects.get_or_create(share=row, person_id=actor.user_id, defaults={"first_at": now, "last_at": now})
    if not is_first:
        if is_refresh and now - look.last_at < timedelta(seconds=LOOK_AGAIN_SECONDS):
            return
        ShareLook.objects.filter(pk=look.pk).update(last_at=now, times=F("times") + 1)
    if not (is_first or row.is_glass):
        return
    what = kind_of(row.kind)
    thing = keeper_of(what).locked(row.subject_id)
    if thing is not None:
        fact = facts.ShareSeen(share_id=row.pk, subject=row.subject, user_id=actor.user_id, is_glass=row.is_glass)
        _announce(actor, fact, what, thing, [row], now, sender=None if row.is_glass else row.by_id)


@transaction.atomic
def tell_of_change(actor: Actor, *, kind: str, subject_id: int, now: datetime) -> None:
    """Something happened to a thing that is shared: the other sides learn that they should look again, and nothing of what it was."""
    what = kind_of(kind)
    shares = list(reading.running(what, now=now).filter(subject_id=subject_id))
    scopes = reading.scopes_of(shares, what, now=now) if shares else []
    if scopes:
        subject = f"{kind}:{subject_id}"
        journal.record(actor, facts.SharedChanged(subject=subject), about=[f"shown:{subject}"], scopes=scopes, at=now)


def _locked(share_id: int) -> tuple[Kind, Thing, Share]:
    """A share with what is shared, locked in this order: the thing, then the share."""
    known = Share.objects.filter(pk=share_id).first()
    what = kind_of(known.kind) if known is not None else None
    thing = keeper_of(what).locked(known.subject_id) if what is not None and known is not None else None
    row = Share.objects.select_for_update(of=("self",), no_key=True).filter(pk=share_id).first()
    if what is None or thing is None or row is None:
        raise NotFound
    return what, thing, row


@transaction.atomic
def _expire(actor: Actor, share_id: int, now: datetime) -> bool:
    what, thing, row = _locked(share_id)
    if row.ended_at is not None:
        return False
    _end_and_tell(actor, what, thing, row, Ended.EXPIRED, now)
    return True


def _own(actor: Actor, what: Kind, subject_id: int) -> tuple[Thing, int]:
    """The thing, locked, and the person, for who may share it by a membership: what was taken by breaking the glass is not passed on."""
    thing = keeper_of(what).locked(subject_id)
    if thing is None:
        raise NotFound
    require(actor, what, what.share_action, thing)
    if actor.user_id is None or not keeper_of(what).may(actor.lasting, what.share_action, thing):
        raise Forbidden
    return thing, actor.user_id


def _check(what: Kind, thing: Thing, terms: Terms, now: datetime) -> None:
    if terms.department_id is None and terms.region_id is None:
        raise Invalid({"department_id": _("Name a department or a region.")})
    if terms.level not in Share.Level.values:
        raise Invalid({"level": _("There is no such level.")})
    if terms.department_id is not None and not Department.objects.filter(pk=terms.department_id, is_active=True).exists():
        raise Invalid({"department_id": _("There is no such department.")})
    if terms.region_id is not None and not Region.objects.filter(pk=terms.region_id).exists():
        raise Invalid({"region_id": _("There is no such region.")})
    if terms.until <= now:
        raise Invalid({"until": _("The end must be in the future.")})
    if terms.until > now + timedelta(hours=settings.SHARE_MOST_HOURS):
        raise TooLongShared(hours=settings.SHARE_MOST_HOURS)
    if keeper_of(what).is_theirs(thing, terms.department_id, terms.region_id):
        raise AlreadyTheirs


def _end(row: Share, why: str, now: datetime) -> None:
    row.ended_at, row.ended = max(now, row.shared_at), why
    row.save(update_fields=["ended_at", "ended"])


def _end_and_tell(actor: Actor, what: Kind, thing: Thing, row: Share, why: str, now: datetime) -> None:
    _end(row, why, now)
    keeper_of(what).mark(thing, Share.objects.filter(kind=row.kind, subject_id=row.subject_id, ended_at=None).exists())
    fact = facts.ShareEnded(share_id=row.pk, subject=row.subject, why=why)
    _announce(actor, fact, what, thing, [row], now)


def _announce(
    actor: Actor, fact: Fact, what: Kind, thing: Thing, shares: Sequence[Share], now: datetime, *others: str, sender: int | None = None
) -> None:
    """Record a fact for who owns the thing and for whom it is shared with; `sender`: who shared it and is to know at once."""
    own = [f"user:{sender}"] if sender is not None else []
    scopes = [*keeper_of(what).audience(what.view_action, thing), *reading.scopes_of(shares, what, now=now), *others, *own]
    about = [f"{what.name}:{thing.pk}", *(f"share:{row.pk}" for row in shares), *own]
    journal.record(actor, fact, about=about, scopes=scopes, at=now)
