"""Questions about people, departments and regions."""

from datetime import datetime

from django.db.models import QuerySet
from django.utils import timezone

from access import roles
from access.actors import Actor
from access.models import Department, Membership, Region, Token, User


def scopes_of(actor: Actor) -> frozenset[str]:
    """The scopes a person listens to: one per membership and view action of its role, and the person's own."""
    own = {f"user:{actor.user_id}"} if actor.user_id is not None else set()
    return frozenset(
        own
        | {
            f"{action}@{grant.department_id or '*'}:{grant.region_id or '*'}"
            for grant in actor.grants
            for action in roles.of(grant.role)
            if action.endswith(".view") and (actor.actions is None or action in actor.actions)
        }
    )


def authority_ends_at(actor: Actor) -> datetime | None:
    """When the first of the actor's memberships runs out, None when none does."""
    ends = [grant.until for grant in actor.grants if grant.until is not None]
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
    return Region.objects.filter(code=code).defer("geometry").first()


def person_of_username(username: str) -> User | None:
    """The active person with this user name."""
    return User.objects.filter(username=username, is_active=True).first()
