"""How rooms are kept for the verbs of sharing: whose a room is, who may share it, and what it is called."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from access import policy, roles
from access.actors import Actor
from access.models import Share
from access.sharing.kinds import Depth, Keeper, Kind
from chat import labels, membership, permissions
from chat.models import Room

Level = Share.Level
KIND = Kind("room", permissions.VIEW, permissions.SHARE)


@dataclass(frozen=True, slots=True)
class Held:
    """A room as the verbs of sharing know it. Whose it is follows from its incident; into the others people are let by other rules."""

    room: Room

    @property
    def pk(self) -> int:
        return self.room.pk

    @property
    def department_ids(self) -> list[int]:
        return list(self.room.incident.department_ids) if self.room.incident is not None else []

    @property
    def region_id(self) -> int | None:
        return self.room.incident.region_id if self.room.incident is not None else None


def may_share(actor: Actor, room: Room) -> bool:
    """Whether somebody who reads a room may show it to others: whoever is only invited, or on duty at its post, may not pass it on."""
    if not membership.may(actor, permissions.VIEW, room):
        return False
    of = room.incident or room.post
    if of is not None:
        return policy.can(actor, permissions.SHARE, of)
    if room.department_id is not None:
        holders = roles.having(permissions.SHARE)
        is_of_it = any(grant.role in holders and grant.department_id == room.department_id for grant in actor.grants)
        return is_of_it and policy.can(actor, permissions.SHARE, None)
    return policy.can(actor, permissions.SHARE, None) and membership.may(actor, permissions.MODERATE, room)


class _Rooms(Keeper):
    name = _("Room")
    levels = {
        Level.OUTLINE: Depth(
            Level.OUTLINE.label,
            _("What the room is of, whether it is open, how many messages there are and when the last was written. No word of them."),
        ),
        Level.SITUATION: Depth(
            _("Orders and pinned"), _("Also the orders with how far each has come, and what is pinned, with their files and places.")
        ),
        Level.FULL: Depth(
            _("Everything said"),
            _("Also every message since it was opened, with who wrote it, its files and places. Never what was struck, nor who has read."),
        ),
    }

    def locked(self, thing_id: int) -> Held | None:
        room = Room.objects.locked(thing_id)
        return Held(room) if room is not None else None

    def found(self, ids: Collection[int]) -> dict[int, Held]:
        return {room.pk: Held(room) for room in Room.objects.named().filter(pk__in=ids)}

    def among(self, actor: Actor, action: str) -> QuerySet[Room, int]:
        return membership.rooms_of(actor).order_by().values_list("pk", flat=True)

    def called(self, ids: Collection[int]) -> dict[int, str]:
        return {room.pk: labels.called(room) for room in Room.objects.named().filter(pk__in=ids)}

    def address(self, thing_id: int, called: str) -> str:
        return reverse("chat_shown", args=[thing_id])

    def may(self, actor: Actor, action: str, thing: Held) -> bool:
        if action == permissions.SHARE:
            return may_share(actor, thing.room)
        return membership.may(actor, action, thing.room)

    def knows(self, actor: Actor, action: str, thing: Held) -> bool:
        of = thing.room.incident
        return self.may(actor, action, thing) or (of is not None and policy.can(actor, of.view_action, of))

    def audience(self, action: str, thing: Held) -> list[str]:
        return membership.audience(thing.room)

    def is_theirs(self, thing: Held, department_id: int | None, region_id: int | None) -> bool:  # type: ignore[override]
        if thing.room.department_id is not None:  # a department's room is open to its people wherever they are
            return department_id == thing.room.department_id
        return super().is_theirs(thing, department_id, region_id)


KEEPER = _Rooms()
