"""Who sees what of things that are shared.

A share is for those whose authority lies within what it names, or contains all of it: what is shared with the water company reaches its
people in every district; what is shared with a district reaches the departments of that district, of its streets, and whoever holds the
whole of it for any department. A city-wide officer of one other department is not "the district" and does not see it.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.lookups import IsNull
from django.utils import timezone

from access import policy, regions, roles
from access.actors import Actor
from access.models import Membership, Scoped, Share, ShareLook
from access.sharing import kinds
from access.sharing.kinds import Keeper, Kind
from kit.errors import NotFound

Level = Share.Level
DEPTH: dict[str, int] = {Level.OUTLINE: 1, Level.SITUATION: 2, Level.FULL: 3}
"""How much a level shows; more is more."""
MOST_SHOWN = 100
MOST_LOOKED_AT = 300
ENDED_SHOWN = timedelta(days=7)
"""How long a share that has ended stands in the list of what one shows."""


@dataclass(frozen=True, slots=True)
class Line:
    """A share in a list: what kind of thing is shared, what it is called, and the page on which it is looked at."""

    share: Share
    what: str
    called: str
    address: str


@dataclass(frozen=True, slots=True)
class Seen:
    """How somebody sees a thing that was shared: at which level, by which share (the one that shows most), by whom and until when."""

    share: Share
    level: str

    @property
    def depth(self) -> int:
        return DEPTH[self.level]

    @property
    def tag(self) -> str:
        """A version of how it is seen: a share is never changed."""
        return f"{self.share.pk}"

    @property
    def label(self) -> str:
        return kinds.level_label(self.share.kind, self.level)


def running(kind: Kind, *, now: datetime) -> QuerySet[Share]:
    """The shares of a kind that hold now."""
    return Share.objects.filter(kind=kind.name, ended_at=None, until__gt=now)


def with_me(actor: Actor, kind: Kind, *, now: datetime) -> QuerySet[Share]:
    """The shares of a kind that reach an actor now; none for who may not look at such things at all."""
    if actor.user_id is None or (actor.actions is not None and kind.view_action not in actor.actions):
        return Share.objects.none()
    held = Membership.objects.in_force(now).filter(user_id=actor.user_id, user__is_active=True, role__in=roles.having(kind.view_action))
    anywhere, everywhere = Q(IsNull(OuterRef("department_id"), True)), Q(IsNull(OuterRef("region_id"), True))
    within = held.filter(anywhere | Q(department_id=OuterRef("department_id")))
    within = within.filter(everywhere | Q(policy.Below(F("region__path"), OuterRef("region__path"))))
    around = held.filter(Q(department=None) | Q(department_id=OuterRef("department_id")))
    around = around.filter(Q(region=None) | Q(policy.Below(OuterRef("region__path"), F("region__path"))))
    of_all = Q(person=None) & (Exists(within) | Exists(around))
    return running(kind, now=now).filter(of_all | Q(person_id=actor.user_id))


def ids_for(actor: Actor, kind: Kind, *, at_least: str = Level.OUTLINE) -> QuerySet[Share, int]:
    """The ids of things shared with an actor so that at least this much is seen, as one subquery for a condition `pk IN (...)`."""
    shares = with_me(actor, kind, now=timezone.now())
    if at_least != Level.OUTLINE:
        shares = shares.filter(level__in=[level for level, depth in DEPTH.items() if depth >= DEPTH[at_least]])
    return shares.order_by().values_list("subject_id", flat=True)


def seen_by(actor: Actor, kind: Kind, things: Sequence[Scoped]) -> dict[int, Seen]:
    """How the actor sees those of these things that are not its own, by id: one query, and none where all are its own."""
    foreign = [thing.pk for thing in things if not policy.can(actor, kind.view_action, thing)]
    return _best(with_me(actor, kind, now=timezone.now()).filter(subject_id__in=foreign)) if foreign else {}


def seen(actor: Actor, kind: Kind, subject_id: int) -> Seen | None:
    """How the actor sees a thing that is shared with it; None when it is not."""
    return _best(with_me(actor, kind, now=timezone.now()).filter(subject_id=subject_id)).get(subject_id)


def _best(shares: QuerySet[Share]) -> dict[int, Seen]:
    rows = sorted(shares.select_related("by", "by__department"), key=lambda share: (DEPTH[share.level], share.until))
    return {share.subject_id: Seen(share, share.level) for share in rows}


def given(actor: Actor, *, now: datetime) -> list[Line]:
    """What others show to the actor now, or what it took by breaking the glass, the newest first; each thing once, its own are left out."""
    found: list[Line] = []
    for kind, keeper in kinds.every():
        newest = with_me(actor, kind, now=now).order_by("-shared_at", "-id").values_list("subject_id", flat=True)[:MOST_LOOKED_AT]
        best = _best(with_me(actor, kind, now=now).filter(subject_id__in=set(newest)))
        there = keeper.found(best)
        found += _lines(keeper, [best[pk].share for pk, thing in there.items() if not keeper.may(actor, kind.view_action, thing)])
    return _newest(found)


def made(actor: Actor, *, now: datetime) -> list[Line]:
    """What is shown, or was taken by breaking the glass, of things that the actor may share; ended ones for a week. Running ones first."""
    found: list[Line] = []
    recent = Q(ended_at=None) | Q(ended_at__gt=now - ENDED_SHOWN)
    for kind, keeper in kinds.every():
        rows = Share.objects.filter(recent, kind=kind.name, subject_id__in=keeper.among(actor, kind.share_action))
        shares = list(_whole(rows).order_by(F("ended_at").desc(nulls_first=True), "-shared_at", "-id")[:MOST_LOOKED_AT])
        there = keeper.found({share.subject_id for share in shares})
        ours = {pk for pk, thing in there.items() if keeper.may(actor, kind.share_action, thing)}
        found += _lines(keeper, [share for share in shares if share.subject_id in ours])
    return sorted(_newest(found), key=lambda line: line.share.ended_at is not None)


def _newest(found: list[Line]) -> list[Line]:
    return sorted(found, key=lambda line: (line.share.ended_at is None, line.share.shared_at, line.share.pk), reverse=True)[:MOST_SHOWN]


def _lines(keeper: Keeper, shares: Sequence[Share]) -> list[Line]:
    names = keeper.called({share.subject_id for share in shares})
    called = [(share, names.get(share.subject_id, share.subject)) for share in shares]
    return [Line(share, str(keeper.name), name, keeper.address(share.subject_id, name)) for share, name in called]


def _whole(rows: QuerySet[Share]) -> QuerySet[Share]:
    """Shares with what is told of them: with whom, by whom, who has looked."""
    return rows.select_related("department", "region", "person", "by").defer("region__geometry").prefetch_related("looks__person")


def shares_of(kind: Kind, subject_id: int) -> list[Share]:
    """Every share of a thing, running ones first, then the newest, with who has seen it; at most a hundred."""
    rows = _whole(Share.objects.filter(kind=kind.name, subject_id=subject_id))
    return list(rows.order_by(F("ended_at").desc(nulls_first=True), "-shared_at", "-id")[:MOST_SHOWN])


@dataclass(frozen=True, slots=True)
class Receipt:
    """That somebody has seen what the actor shared: who, and what."""

    look: ShareLook
    what: str
    called: str


def first_receipt(actor: Actor, share_id: int) -> Receipt | None:
    """The first look at what the actor shared, None while nobody has looked. Raises `NotFound` for what another shared."""
    share = Share.objects.filter(pk=share_id, by_id=actor.user_id, person=None).first() if actor.user_id is not None else None
    if share is None:
        raise NotFound
    look = share.looks.select_related("person__department").order_by("first_at", "id").first()
    keeper = kinds.keeper_of(kinds.kind_of(share.kind))
    called = keeper.called([share.subject_id]).get(share.subject_id, share.subject)
    return Receipt(look, str(keeper.name), called) if look is not None else None


def looks_at(share: Share) -> list[ShareLook]:
    """Who has seen what was shared, in the order of the first look."""
    return list(share.looks.select_related("person").order_by("first_at", "id")[:MOST_SHOWN])


def scopes_of(shares: Collection[Share], kind: Kind, *, now: datetime) -> list[str]:
    """The scopes of everybody whom these shares reach, by the same rule as `with_me`."""
    holders = roles.having(kind.view_action)
    rows = Membership.objects.in_force(now).filter(role__in=holders).values_list("department_id", "region_id").distinct()
    held = [(department, region, regions.lineage(region).path) for department, region in rows.order_by("department_id", "region_id")]
    found: list[str] = []
    for share in shares:
        if share.person_id is not None:
            found.append(f"user:{share.person_id}")
            continue
        path = regions.lineage(share.region_id).path
        found += [
            f"{kind.view_action}@{department or '*'}:{region or '*'}"
            for department, region, own in held
            if _is_within(share, path, department, region, own) or _is_around(share, path, department, region, own)
        ]
    return list(dict.fromkeys(found))


def _is_within(share: Share, path: str, department: int | None, region: int | None, own: str) -> bool:
    is_of_it = share.department_id is None or department == share.department_id
    return is_of_it and (share.region_id is None or (region is not None and own.startswith(path)))


def _is_around(share: Share, path: str, department: int | None, region: int | None, own: str) -> bool:
    is_over_it = department is None or (share.department_id is not None and department == share.department_id)
    return is_over_it and (region is None or (share.region_id is not None and path.startswith(own)))
