"""The only four questions about permission: can, require, visible, audience."""

from typing import TypeVar

from django.db.models import BooleanField, Exists, F, Func, Model, OuterRef, Q, QuerySet
from django.utils import timezone

from access import regions, roles
from access.actors import Actor, Grant
from access.models import Membership, Scoped
from kit.errors import Forbidden, NotFound

M = TypeVar("M", bound=Model)


class _Among(Func):
    """`value = ANY(array)`."""

    template = "%(expressions)s)"
    arg_joiner = " = ANY("
    output_field = BooleanField()


class Below(Func):
    """Whether a path of the tree begins with another: the region itself or one below it."""

    function = "starts_with"
    output_field = BooleanField()


def can(actor: Actor, action: str, thing: Scoped | None) -> bool:
    """Whether the actor may do the action to the thing (None: at all, somewhere)."""
    if actor.kind == "system":
        return True
    if actor.actions is not None and action not in actor.actions:
        return False
    holders = roles.having(action)
    now = timezone.now()
    return any(
        grant.role in holders and (grant.until is None or grant.until > now) and (thing is None or _covers(grant, thing)) for grant in actor.grants
    )


def require(actor: Actor, action: str, thing: Scoped | None) -> None:
    """Refuse unless the actor may do the action to the thing.

    Raises `NotFound` for a thing the actor may not even know of, `Forbidden` otherwise.
    """
    if can(actor, action, thing):
        return
    if thing is not None and not can(actor, thing.view_action, thing):
        raise NotFound
    raise Forbidden


def visible(actor: Actor, action: str, queryset: QuerySet[M]) -> QuerySet[M]:
    """Those rows of a queryset of `Scoped` things to which the actor may do the action: one EXISTS on memberships."""
    if actor.kind == "system":
        return queryset
    if actor.user_id is None or (actor.actions is not None and action not in actor.actions):
        return queryset.none()
    return queryset.filter(condition(actor, action))


def condition(actor: Actor, action: str) -> Exists:
    """What `visible` asks of a row, for a condition that lets others in besides; the actor is a person whose token allows the action."""
    now = timezone.now()
    memberships = (
        Membership.objects.in_force(now)
        .filter(user_id=actor.user_id or 0, user__is_active=True, role__in=roles.having(action))
        .filter(Q(department=None) | Q(_Among(F("department_id"), OuterRef("department_ids"))))
        .filter(Q(region=None) | Q(Below(OuterRef("region__path"), F("region__path"))))
    )
    return Exists(memberships)


def reach(actor: Actor, action: str) -> Q:
    """A cheaper condition that lets in no less than `condition`: the regions and departments of the actor's grants, as an index finds them.

    To be asked beside `condition`, which stays the one that decides: where few rows of many are the actor's, it is not asked of all the others.
    """
    if actor.kind == "system":
        return Q()
    holders = roles.having(action)
    held = [grant for grant in actor.grants if grant.role in holders]
    if any(grant.region_id is None and grant.department_id is None for grant in held):
        return Q()
    found = Q(pk__in=[])
    for grant in held:
        of_it = Q() if grant.department_id is None else Q(department_ids__contains=[grant.department_id])
        found |= of_it if grant.region_id is None else of_it & Q(region_id__in=regions.below(grant.region_path))
    return found


def audience(action: str, thing: Scoped) -> list[str]:
    """The scopes of those who may do the action to the thing: its departments and any, times its regions and any."""
    departments = [*map(str, thing.department_ids), "*"]
    places = [*map(str, regions.lineage(thing.region_id).ids), "*"]
    return [f"{action}@{department}:{place}" for department in departments for place in places]


def _covers(grant: Grant, thing: Scoped) -> bool:
    if grant.department_id is not None and grant.department_id not in thing.department_ids:
        return False
    return grant.region_id is None or regions.lineage(thing.region_id).path.startswith(grant.region_path)
