"""Broken glass as those see it whose things it concerned: the open ones first to be dealt with, none ever removed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from access import permissions, policy, roles
from access.actors import Actor
from access.models import BrokenGlass, Membership, Share, ShareLook, User
from access.sharing import kinds
from journal import selectors as journal
from journal.selectors import TimelineLine
from kit import paging
from kit.errors import Forbidden, NotFound
from kit.paging import Page

MOST_LINES = 100


@dataclass(frozen=True, slots=True)
class Glass:
    """Broken glass in a list. `what` is the kind of thing that was seen and `called` its name; both empty for a role that was taken elsewhere."""

    row: BrokenGlass
    person: User
    reason: str
    until: datetime
    what: str
    called: str
    address: str
    looks: list[ShareLook]
    is_own: bool
    is_broken: bool

    @property
    def may_be_reviewed(self) -> bool:
        """Whether it waits for somebody's words: it is over, was not reviewed, and is not the reader's own."""
        return not self.row.finding and not self.is_own and not self.is_broken


def glass(actor: Actor, *, only_open: bool, cursor: str | None, limit: int | None) -> Page[Glass]:
    """Broken glass that the actor may review, or its own within that, the newest first. `only_open`: what was not reviewed yet."""
    rows = _reviewable(actor)
    if only_open:
        rows = rows.filter(finding="")
    if cursor is not None:
        at, pk = paging.decode(cursor, datetime, int)
        rows = rows.filter(Q(broken_at__lt=at) | Q(broken_at=at, pk__lt=pk))
    size = paging.bounded(limit)
    found = list(_whole(rows).order_by("-broken_at", "-pk")[: size + 1])
    shown, last = found[:size], found[size - 1] if len(found) > size else None
    return Page(_told(actor, shown), paging.encode([last.broken_at, last.pk]) if last is not None else None)


def one(actor: Actor, glass_id: int) -> Glass:
    """One that the actor may review, or its own within that. Raises `Forbidden` to who sees the thing but may not review, else `NotFound`."""
    found = _told(actor, list(_whole(_reviewable(actor).filter(pk=glass_id))))
    if found:
        return found[0]
    share = Share.objects.filter(glass=glass_id).first()
    if share is not None:
        kind = kinds.kind_of(share.kind)
        thing = kinds.keeper_of(kind).found([share.subject_id]).get(share.subject_id)
        if thing is not None and kinds.keeper_of(kind).knows(actor, kind.view_action, thing):
            raise Forbidden
    raise NotFound


def lines_of(shown: Glass) -> list[TimelineLine]:
    """What was looked at or done through it, in order, at most a hundred lines."""
    if shown.row.share_id is not None:
        names = ("access.glass_broken_for", "access.share_seen", "access.share_ended")
        return list(reversed(journal.timeline(f"share:{shown.row.share_id}", limit=MOST_LINES, names=names)))
    entries = journal.elevated_entries(str(shown.person.pk), since=shown.row.broken_at, until=shown.until + timedelta(seconds=1), limit=MOST_LINES)
    return journal.lines(entries)


def _reviewable(actor: Actor) -> QuerySet[BrokenGlass]:
    """Of things within the actor's lasting authority, and of roles that were taken within it."""
    lasting = actor.lasting
    if actor.user_id is None or not policy.can(lasting, permissions.REVIEW_GLASS, None):
        return BrokenGlass.objects.none()
    wanted = Q(Exists(_authority(actor)), membership__isnull=False)
    for kind, keeper in kinds.every():
        wanted |= Q(share__kind=kind.name, share__subject_id__in=keeper.among(lasting, permissions.REVIEW_GLASS))
    return BrokenGlass.objects.filter(wanted)


def _authority(actor: Actor) -> QuerySet[Membership]:
    now = timezone.now()
    held = Membership.objects.in_force(now).filter(user_id=actor.user_id or 0, user__is_active=True, kind=Membership.Kind.NORMAL)
    held = held.filter(role__in=roles.having(permissions.REVIEW_GLASS))
    held = held.filter(Q(department=None) | Q(department_id=OuterRef("membership__department_id")))
    return held.filter(Q(region=None) | Q(policy.Below(OuterRef("membership__region__path"), F("region__path"))))


def _whole(rows: QuerySet[BrokenGlass]) -> QuerySet[BrokenGlass]:
    found = rows.select_related(
        "share__person__department", "membership__user__department", "reviewed_by", "membership__department", "membership__region"
    )
    return found.defer("membership__region__geometry").prefetch_related("share__looks__person")


def _told(actor: Actor, rows: Sequence[BrokenGlass]) -> list[Glass]:
    """Each with what it was about; one whose thing the actor's lasting authority does not reach is left out (`among` may give too many)."""
    named: dict[tuple[str, int], tuple[str, str, str]] = {}
    for kind, keeper in kinds.every():
        ids = {row.share.subject_id for row in rows if row.share is not None and row.share.kind == kind.name}
        reached = {pk for pk, thing in keeper.found(ids).items() if keeper.may(actor.lasting, permissions.REVIEW_GLASS, thing)} if ids else set()
        names = keeper.called(reached) if reached else {}
        named |= {(kind.name, pk): (str(keeper.name), names.get(pk, ""), keeper.address(pk, names.get(pk, ""))) for pk in reached}
    now = timezone.now()
    found = (_one(actor, row, named, now) for row in rows)
    return [each for each in found if each is not None]


def _one(actor: Actor, row: BrokenGlass, named: dict[tuple[str, int], tuple[str, str, str]], now: datetime) -> Glass | None:
    if row.share is not None:
        what = named.get((row.share.kind, row.share.subject_id))
        if what is None or row.share.person is None:
            return None
        person, until = row.share.person, row.share.ended_at or row.share.until
        return Glass(row, person, row.share.note, until, *what, list(row.share.looks.all()), person.pk == actor.user_id, row.share.is_running(now))
    taken = row.membership
    if taken is None:
        return None
    until = taken.until or now
    return Glass(row, taken.user, taken.reason, until, "", "", "", [], taken.user_id == actor.user_id, until > now)
