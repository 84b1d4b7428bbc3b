"""Who is in a room, and what one may do there: by permission on its incident, by department, by duty, by an order, or by invitation."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from access import policy, roles
from access.actors import Actor
from access.models import Membership, User
from chat import permissions
from chat.models import Addressee, Invitation, Room
from incidents.models import Incident
from kit.errors import Forbidden, NotFound
from resources.models import Duty

# Whoever had or will have a duty at a post within this time belongs to its room: a watch reads what the one before it said.
ROUND_A_DUTY = timedelta(days=7)


def may(actor: Actor, action: str, room: Room) -> bool:
    """Whether the actor may do an action of this room's kind there: to the incident itself, or anywhere and is let in."""
    if room.incident is not None and policy.can(actor, action, room.incident):
        return True
    return policy.can(actor, action, None) and (actor.kind == "system" or _let_in(actor).filter(pk=room.pk).exists())


def require(actor: Actor, action: str, room: Room | None) -> Room:
    """The room, once the actor may do the action there. Raises `NotFound` where one may not know of it (or of its incident), else `Forbidden`."""
    if room is None:
        raise NotFound
    if not may(actor, permissions.VIEW, room):
        if room.incident is not None:
            policy.require(actor, permissions.VIEW, room.incident)
        raise NotFound
    if action != permissions.VIEW and not may(actor, action, room):
        raise Forbidden
    return room


def is_of(room: Room, person_id: int) -> bool:
    """Whether a person may read the room."""
    person = User.objects.filter(pk=person_id, is_active=True).first()
    return person is not None and may(Actor.of_user(person), permissions.VIEW, room)


def may_close(actor: Actor, room: Room) -> bool:
    """Whether the actor may close the room and open it again: one made for a purpose, by whoever opened it and whoever moderates."""
    return room.kind == Room.Kind.PURPOSE and (room.opened_by_key == actor.key or may(actor, permissions.MODERATE, room))


def sees(actor: Actor, room_id: int) -> bool:
    """Whether the actor may read the room of this number."""
    return rooms_of(actor).filter(pk=room_id).exists()


def rooms_of(actor: Actor) -> QuerySet[Room]:
    """Every room the actor may read."""
    if actor.kind == "system":
        return Room.objects.named()
    if not policy.can(actor, permissions.VIEW, None):
        return Room.objects.none()
    seen = policy.visible(actor, permissions.VIEW, Incident.objects.filter(pk=OuterRef("incident_id")))
    return Room.objects.named().filter(Q(Exists(seen)) | Q(pk__in=_let_in(actor).values("pk")))


def scopes_of(actor: Actor) -> Iterable[tuple[str, datetime | None]]:
    """The scopes of rooms the actor is let into, each until its invitation ends; rooms of incidents one may see need none."""
    if actor.user_id is None or not policy.can(actor, permissions.VIEW, None):
        return []
    until = dict(_invited(actor).values_list("room_id", "until"))
    return [(f"room:{pk}", until.get(pk)) for pk in _let_in(actor).values_list("pk", flat=True)]


def audience(room: Room) -> list[str]:
    """The scopes of everybody who may read the room."""
    of_incident = policy.audience(permissions.VIEW, room.incident) if room.incident is not None else []
    return [*of_incident, room.scope]


def people_of(room: Room) -> QuerySet[User]:
    """Everybody who is let into the room by name, department, duty or order, and whoever has read or written in it."""
    now = timezone.now()
    invited = Invitation.objects.in_force(now).filter(room=room)
    departments = [pk for pk in (*invited.values_list("department_id", flat=True), room.department_id) if pk is not None]
    members = Membership.objects.in_force(now).filter(department_id__in=departments, role__in=roles.having(permissions.VIEW))
    found = Q(pk__in=invited.exclude(person=None).values("person_id")) | Q(pk__in=members.values("user_id"))
    found |= Q(pk__in=room.seats.values("person_id"))
    ordered = Addressee.objects.filter(order__message__room=room, order__withdrawn_at=None, post__isnull=False).values("post_id")
    found |= Q(pk__in=_duties(now).filter(Q(post_id__in=ordered) | Q(post_id=room.post_id, post_id__isnull=False)).values("person_id"))
    return User.objects.filter(found, is_active=True).order_by("name", "username")


def around(post_ids: Iterable[int], now: datetime) -> set[int]:
    """The people who belong to what concerns these posts: those with a duty there within a week."""
    return set(_duties(now).filter(post_id__in=post_ids).values_list("person_id", flat=True))


def _let_in(actor: Actor) -> QuerySet[Room]:
    if actor.user_id is None:
        return Room.objects.none()
    posts = _duties(timezone.now()).filter(person_id=actor.user_id).values("post_id")
    ordered = Addressee.objects.filter(post_id__in=posts, order__withdrawn_at=None).values("order__message__room_id")
    own = Q(department_id__in=_departments(actor)) | Q(post_id__in=posts) | Q(pk__in=_invited(actor).values("room_id"))
    return Room.objects.filter(own | Q(pk__in=ordered))


def _departments(actor: Actor) -> list[int]:
    holders, now = roles.having(permissions.VIEW), timezone.now()
    in_force = [grant for grant in actor.grants if grant.role in holders and (grant.until is None or grant.until > now)]
    return [grant.department_id for grant in in_force if grant.department_id is not None]


def _invited(actor: Actor) -> QuerySet[Invitation]:
    wanted = Q(person_id=actor.user_id) | Q(department_id__in=_departments(actor))
    return Invitation.objects.in_force(timezone.now()).filter(wanted)


def _duties(now: datetime) -> QuerySet[Duty]:
    return Duty.objects.touching(now - ROUND_A_DUTY, now + ROUND_A_DUTY)
