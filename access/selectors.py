"""Questions about people, departments and regions."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from access import permissions, policy, regions, roles, scopes
from access.actors import Actor
from access.models import Department, Membership, Region, SavedFilter, Token, User
from journal import selectors as journal
from journal.models import Entry
from kit import paging
from kit.errors import Forbidden, NotFound
from kit.paging import Page


def scopes_of(actor: Actor) -> frozenset[str]:
    """The scopes a person listens to: one per membership and view action of its role, what rooms above let the person into, and the person's own."""
    own = {f"user:{actor.user_id}"} if actor.user_id is not None else set()
    own |= {scope for scope, _until in scopes.held(actor)}
    return frozenset(
        own
        | {
            f"{action}@{grant.department_id or '*'}:{grant.region_id or '*'}"
            for grant in actor.grants
            for action in roles.of(grant.role)
            if action.endswith(".view") and (actor.actions is None or action in actor.actions)
        }
    )


def region_of(actor: Actor, action: str) -> int | None:
    """The region in which the actor may do an action, for a thing whose place is not known yet; None when any will do."""
    holders = roles.having(action)
    regions = [grant.region_id for grant in actor.grants if grant.role in holders]
    return None if not regions or None in regions else regions[0]


def authority_ends_at(actor: Actor) -> datetime | None:
    """When the first of what the actor holds runs out (a membership, a scope from elsewhere), None when nothing does."""
    ends = [grant.until for grant in actor.grants if grant.until is not None]
    ends += [until for _scope, until in scopes.held(actor) if until is not None]
    return min(ends, default=None)


def authority_marks(user_ids: list[int]) -> dict[int, tuple[int, str]]:
    """The epoch and the session hash (it changes with the password) of each active person; a person no longer active is missing."""
    people = User.objects.filter(pk__in=user_ids, is_active=True).only("password", "epoch")
    return {person.pk: (person.epoch, person.get_session_auth_hash()) for person in people}


def departments() -> QuerySet[Department]:
    """Departments in use, by code."""
    return Department.objects.filter(is_active=True).order_by("code")


def regions_below(region: Region | None) -> QuerySet[Region]:
    """The tree below a region (None: all of it), top down."""
    tree: QuerySet[Region] = Region.get_tree(region)
    return tree.order_by("path")


def memberships_of(user_id: int) -> QuerySet[Membership]:
    """Every membership a person has or had, newest first."""
    return Membership.objects.filter(user_id=user_id).select_related("department", "region").order_by("-starts_at", "-id")


def tokens_of(user_id: int) -> QuerySet[Token]:
    """A person's tokens, newest first; the secret itself is not stored."""
    tokens: QuerySet[Token] = Token.objects.filter(user_id=user_id)
    return tokens.order_by("-created")


def scopes_held(action: str, region_id: int | None) -> list[str]:
    """The scopes of everybody who may do an action in a region, above it or below it (None: anywhere): for news that concern all of them."""
    path = regions.lineage(region_id).path
    held = Membership.objects.in_force(timezone.now()).filter(role__in=roles.having(action)).values_list("department_id", "region_id").distinct()
    found = []
    for department, region in held.order_by("department_id", "region_id"):
        own = regions.lineage(region).path
        if region is None or own.startswith(path) or path.startswith(own):
            found.append(f"{action}@{department or '*'}:{region or '*'}")
    return found


def has_authority_in(actor: Actor, action: str, region_id: int | None) -> bool:
    """Whether the actor may do an action, for every department, in all of a region (None: of the city)."""
    if actor.kind == "system":
        return True
    holders = roles.having(action)
    path = regions.lineage(region_id).path
    own = [grant for grant in actor.grants if grant.role in holders and grant.department_id is None]
    if region_id is None:
        return any(grant.region_id is None or len(grant.region_path) == Region.steplen for grant in own)
    return any(grant.region_id is None or path.startswith(grant.region_path) for grant in own)


def filters_of(actor: Actor, page: str = "") -> QuerySet[SavedFilter]:
    """The filters a person has saved for a list (no page: for every list), and those shared within the person's department, by name."""
    if actor.user_id is None:
        return SavedFilter.objects.none()
    department = User.objects.filter(pk=actor.user_id).values("department_id")
    mine_or_shared = Q(owner_id=actor.user_id) | Q(department__isnull=False, department_id__in=department)
    found = SavedFilter.objects.filter(mine_or_shared).select_related("owner").order_by("name", "id")
    return found.filter(page=page) if page else found


def names_of(user_ids: Collection[int]) -> dict[int, str]:
    """What these people are called, by id."""
    return {user.pk: str(user) for user in User.objects.filter(pk__in=user_ids).only("name", "username")} if user_ids else {}


def names_of_people_with(action: str) -> list[str]:
    """The names of active people who may do an action somewhere now, at most twenty."""
    holders = Membership.objects.in_force(timezone.now()).filter(role__in=roles.having(action), user__is_active=True)
    return list(holders.order_by("user__username").values_list("user__username", flat=True).distinct()[:20])


def people() -> QuerySet[User]:
    """Everybody, by user name."""
    return User.objects.select_related("department").order_by("username")


def token_of_digest(digest: str, *, now: datetime) -> Token | None:
    """The token with this hash, with its person, if both are in force."""
    found = Token.objects.select_related("user").filter(digest=digest, user__is_active=True).first()
    return None if found is None or (found.expiry is not None and found.expiry <= now) else found


def department_of_code(code: str) -> Department | None:
    """The department in use with this code."""
    return Department.objects.filter(code=code, is_active=True).first()


def region_of_code(code: str) -> Region | None:
    """The region with this code, without its outline."""
    regions: QuerySet[Region] = Region.objects.filter(code=code).defer("geometry")
    return regions.first()


def person_of_username(username: str) -> User | None:
    """The active person with this user name."""
    return User.objects.filter(username=username, is_active=True).first()


def me(actor: Actor) -> dict[str, Any]:
    """Who asks, with the memberships in force and what they allow."""
    if actor.user_id is None:
        raise Forbidden
    person = User.objects.select_related("department").get(pk=actor.user_id)
    rows = Membership.objects.in_force(timezone.now()).filter(user=person).select_related("department", "region").defer("region__geometry")
    memberships = [
        {
            "role": row.role,
            "department": row.department,
            "region": row.region,
            "until": row.until,
            "is_elevated": row.kind == Membership.Kind.BREAK_GLASS,
        }
        for row in rows.order_by("id")
    ]
    return {
        "kind": actor.kind,
        "username": person.username,
        "name": str(person),
        "language": person.language,
        "department": person.department,
        "memberships": memberships,
        "actions": sorted(action for action in roles.actions() if policy.can(actor, action, None)),
    }


def tokens(actor: Actor, *, username: str | None) -> QuerySet[Token]:
    """One's own tokens, or another person's for those who may issue tokens. Raises `NotFound`, `Forbidden`."""
    if actor.user_id is None:
        raise Forbidden
    person = User.objects.filter(pk=actor.user_id).first() if username is None else User.objects.filter(username=username).first()
    if person is None or person.pk != actor.user_id:
        policy.require(actor, permissions.ISSUE_TOKENS, None)
    if person is None:
        raise NotFound
    return tokens_of(person.pk).select_related("user")


def region_page(*, cursor: str | None, limit: int | None) -> Page[Region]:
    """The tree of regions, top down, without outlines."""
    rows = Region.objects.defer("geometry").order_by("path")
    if cursor is not None:
        rows = rows.filter(path__gt=paging.decode(cursor, str)[0])
    size = paging.bounded(limit)
    found = list(rows[: size + 1])
    return Page(found[:size], paging.encode([found[size - 1].path]) if len(found) > size else None)


@dataclass(frozen=True, slots=True)
class Facts:
    """Numbered entries in order, and the position up to which was looked."""

    items: list[Entry]
    position: int


def facts_since(actor: Actor, *, since: int, limit: int) -> Facts:
    """Numbered entries after a position that concern what the actor may see.

    The head is read first: an entry numbered meanwhile is after it and comes with the next question.
    """
    head = journal.head_position()
    found = journal.entries_since(since, scopes_of(actor), limit)
    return _up_to(found, head, since, limit)


def journal_since(actor: Actor, *, since: int, limit: int, about: str | None) -> Facts:
    """The journal as it is, in order, for those who may read all of it. Raises `Forbidden`."""
    policy.require(actor, permissions.READ_JOURNAL, None)
    head = journal.head_position()
    return _up_to(journal.entries_about(since, about, limit), head, since, limit)


def _up_to(found: list[Entry], head: int, since: int, limit: int) -> Facts:
    numbered = [(entry, entry.position or 0) for entry in found]
    items = [entry for entry, position in numbered if position <= head]
    return Facts(items, numbered[-1][1] if len(items) == limit else max(head, since))
