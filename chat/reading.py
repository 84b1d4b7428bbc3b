"""Rooms as they are answered to programs and scripts, in the reader's language."""

from typing import Any

from django.utils import timezone

from access.actors import Actor
from chat import addressing, labels, membership, ordered, permissions, selectors
from chat.models import Invitation, Room
from chat.selectors import Place
from chat.sharing.keeping import may_share
from kit import naming

AT_FIRST = 60
ASKED = (permissions.POST, permissions.OPEN_ROOM, permissions.PIN, permissions.ORDER, permissions.MODERATE, permissions.EXPORT)


def as_row(place: Place) -> dict[str, Any]:
    """A room of a list."""
    room = place.room
    return {
        "id": room.pk,
        "kind": room.kind,
        "name": labels.called(room),
        "about": about(room),
        "incident": room.incident.number if room.incident is not None else None,
        "incident_id": room.incident_id,
        "opened_at": room.opened_at,
        "closed_at": room.closed_at,
        "last_seq": room.last_seq,
        "last_revision": room.last_revision,
        "last_at": room.last_at,
        "unread": place.unread,
        "is_followed": place.is_followed,
    }


def entered(actor: Actor, room_id: int) -> dict[str, Any]:
    """A room with its last messages, and what the reader left there and may do."""
    room = selectors.room(actor, room_id)
    seat = selectors.seat(actor, room_id)
    read = seat.read_seq if seat is not None else 0
    row = as_row(Place(room, room.last_seq - read, seat is not None))
    drawn = selectors.drawn(actor, room_id)
    return row | {
        "read_seq": read,
        "draft": seat.draft if seat is not None else "",
        "may": [*(action for action in ASKED if membership.may(actor, action, room)), *([permissions.SHARE] if may_share(actor, room) else [])],
        "messages": selectors.messages(actor, room_id, before=None, after=None, limit=AT_FIRST),
        "pinned": selectors.pinned(actor, room_id),
        "orders": ordered.open_in(room),
        "drawn": drawn.messages,
        "undrawn": drawn.left_out,
        "point": [room.incident.point.x, room.incident.point.y] if room.incident is not None and room.incident.point is not None else None,
        "answers_as": addressing.subjects_of(actor, timezone.now()),
    }


def members(actor: Actor, room_id: int) -> dict[str, Any]:
    """Who is in a room, for its page: each with who may let them out, and what the reader may do."""
    room = selectors.room(actor, room_id)
    people = selectors.members(actor, room_id)
    may_moderate = membership.may(actor, permissions.MODERATE, room)
    ends = {each.invitation.pk for each in people if each.invitation and (may_moderate or _is_own(actor, each.invitation))}
    departments = selectors.departments_invited(actor, room_id)
    return {
        "room": room,
        "name": labels.called(room),
        "people": people,
        "further": max(0, membership.people_of(room).count() - len(people)) if len(people) >= selectors.LISTED else 0,
        "departments": departments,
        "ends": ends | {each.pk for each in departments if may_moderate or _is_own(actor, each)},
        "own": next((each.invitation.pk for each in people if each.invitation and each.person.pk == actor.user_id), None),
        "may_invite": not room.is_closed() and membership.may(actor, permissions.OPEN_ROOM, room),
        "may_export": membership.may(actor, permissions.EXPORT, room),
        "may_close": membership.may_close(actor, room),
    }


def _is_own(actor: Actor, invitation: Invitation) -> bool:
    return invitation.invited_by_key == actor.key


def about(room: Room) -> str:
    """What a room is about: the type and place of its incident, or its kind."""
    if room.incident is None:
        return str(room.get_kind_display())
    return f"{naming.called(room.incident.type)} · {room.incident.address}"
