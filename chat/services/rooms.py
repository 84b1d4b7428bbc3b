"""Opening and closing rooms, and letting people in and out."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from access import policy
from access import services as access
from access.actors import Actor
from access.models import Department, Membership, User
from chat import facts, membership, permissions
from chat.models import Invitation, Room
from chat.services.common import announce, locked, locked_open
from incidents.models import Incident
from kit import text
from kit.errors import Forbidden, Invalid, NotFound, Refused
from resources.models import Duty, Post

MOST_AT_ONCE = 100
TAKE_BACK_SECONDS = 60


class TooLateToResume(Refused):
    code = "too_late_to_resume"
    says = _("This can no longer be taken back. Ask to be invited again.")


@transaction.atomic
def open_incident_room(actor: Actor, *, incident_id: int, now: datetime) -> Room:
    """The room of an incident; opened with the incident, or by the first who enters where the news of it has not come yet."""
    incident = Incident.objects.filter(pk=incident_id).first()
    if incident is None or not policy.can(actor, incident.view_action, incident):
        raise NotFound
    if not policy.can(actor, permissions.VIEW, incident):
        raise Forbidden
    closed_at = now if incident.is_finished() else None
    return _opened(actor, Room.Kind.INCIDENT, now, incident=incident, closed_at=closed_at)


@transaction.atomic
def follow_incident(actor: Actor, *, incident_id: int, now: datetime) -> Room:
    """Bring the room of an incident in step with it: closed when nothing more is to be done, open again when there is."""
    room = open_incident_room(actor, incident_id=incident_id, now=now)
    room = locked(actor, permissions.VIEW, room.pk)
    incident = Incident.objects.get(pk=incident_id)
    if incident.is_finished() != room.is_closed():
        _turn(actor, room, is_closed=incident.is_finished(), now=now)
    return room


@transaction.atomic
def open_department_room(actor: Actor, *, department_id: int, now: datetime) -> Room:
    """The room of a department, for everybody who has a part in it. Automation only."""
    _only_the_system(actor)
    department = Department.objects.filter(pk=department_id).first()
    if department is None:
        raise NotFound
    return _opened(actor, Room.Kind.DEPARTMENT, now, department=department)


@transaction.atomic
def open_post_room(actor: Actor, *, post_id: int, now: datetime) -> Room:
    """The room of a duty post, for everybody who has a duty there within a week. Automation only."""
    _only_the_system(actor)
    post = Post.objects.filter(pk=post_id).first()
    if post is None:
        raise NotFound
    return _opened(actor, Room.Kind.POST, now, post=post)


@transaction.atomic
def open_room(actor: Actor, *, name: str, person_ids: Sequence[int], department_ids: Sequence[int], until: datetime | None, now: datetime) -> Room:
    """Open a room for a purpose with these people and departments in it, and oneself."""
    policy.require(actor, permissions.OPEN_ROOM, None)
    called = text.tidy_words(name)[:80]
    if not called:
        raise Invalid({"name": _("Give the room a name.")})
    room = Room.objects.create(kind=Room.Kind.PURPOSE, name=called, opened_at=now, opened_by=actor.label[:80], opened_by_key=actor.key)
    if actor.user_id is not None:
        let_in(actor, room=room, person_id=actor.user_id, department_id=None, until=None, now=now)
    announce(actor, facts.RoomOpened(room_id=room.pk, kind=room.kind), room=room, now=now)
    _invite(actor, room, person_ids, department_ids, until, now)
    return room


@transaction.atomic
def invite(actor: Actor, *, room_id: int, person_ids: Sequence[int], department_ids: Sequence[int], until: datetime | None, now: datetime) -> Room:
    """Let people and departments into a room, until a time (None: until it is ended). One who is in already keeps the later time."""
    room = locked_open(actor, permissions.OPEN_ROOM, room_id)
    _invite(actor, room, person_ids, department_ids, until, now)
    return room


@transaction.atomic
def end_invitation(actor: Actor, *, room_id: int, invitation_id: int, now: datetime) -> Room:
    """Let somebody out again: who invited may, who moderates may, and everybody may leave."""
    room = locked(actor, permissions.VIEW, room_id)
    found = Invitation.objects.select_for_update(no_key=True).filter(pk=invitation_id, room=room, ended_at=None).first()
    if found is None:
        raise NotFound
    is_own = actor.user_id is not None and found.person_id == actor.user_id
    if not (is_own or membership.may(actor, permissions.MODERATE, room) or found.invited_by_key == actor.key):
        raise Forbidden
    found.ended_at, found.ended_by_key = now, actor.key[:80]
    found.save(update_fields=["ended_at", "ended_by_key"])
    fact = facts.InvitationEnded(room_id=room.pk, invitation_id=found.pk, person_id=found.person_id, department_id=found.department_id)
    announce(actor, fact, room=room, now=now)
    _renew(actor, found)
    return room


@transaction.atomic
def resume_invitation(actor: Actor, *, room_id: int, invitation_id: int, now: datetime) -> Room:
    """Take back that one left a room, or let somebody out, a moment ago: as if it had not been. Only who did it, within a minute.

    Whoever left is not of the room, so nothing else is asked. Raises `NotFound` for another's, `TooLateToResume`. Safe twice.
    """
    room = Room.objects.locked(room_id)
    found = Invitation.objects.select_for_update(no_key=True).filter(pk=invitation_id, room=room_id, ended_by_key=actor.key[:80]).first()
    if room is None or found is None or not found.ended_by_key:
        raise NotFound
    if found.ended_at is None:
        return room
    of = Q(person_id=found.person_id) if found.person_id is not None else Q(department_id=found.department_id)
    again = Invitation.objects.filter(of, room=room, ended_at=None)
    is_over = found.until is not None and found.until <= now
    if now - found.ended_at > timedelta(seconds=TAKE_BACK_SECONDS) or is_over or again.exists():
        raise TooLateToResume
    found.ended_at = None
    found.save(update_fields=["ended_at"])
    fact = facts.InvitationResumed(room_id=room.pk, invitation_id=found.pk, person_id=found.person_id, department_id=found.department_id)
    person = [f"user:{found.person_id}"] if found.person_id is not None else []
    announce(actor, fact, room=room, about=person, also=person, now=now)
    _renew(actor, found)
    return room


@transaction.atomic
def close_room(actor: Actor, *, room_id: int, now: datetime) -> Room:
    """Close a room that was made for a purpose; it stays readable. The others close with what they belong to."""
    room = locked_open(actor, permissions.VIEW, room_id)
    if not membership.may_close(actor, room):
        raise Forbidden
    _turn(actor, room, is_closed=True, now=now)
    return room


@transaction.atomic
def reopen_room(actor: Actor, *, room_id: int, now: datetime) -> Room:
    """Open a room that was made for a purpose again: who may close it may. An open one stays as it is."""
    room = locked(actor, permissions.VIEW, room_id)
    if not membership.may_close(actor, room):
        raise Forbidden
    if room.is_closed():
        _turn(actor, room, is_closed=False, now=now)
    return room


@transaction.atomic
def follow_roster(actor: Actor, *, now: datetime) -> None:
    """A whole roster has been taken in: every post in it has a room, and everybody in it belongs there."""
    duties = Duty.objects.planned().filter(ends_at__gt=now)
    for post_id in duties.order_by("post_id").values_list("post_id", flat=True).distinct():
        open_post_room(actor, post_id=post_id, now=now)
    renew_duty_rooms(actor, person_ids=list(duties.order_by("person_id").values_list("person_id", flat=True).distinct()))


@transaction.atomic
def renew_duty_rooms(actor: Actor, *, person_ids: Sequence[int]) -> None:
    """The roster has changed for these people, and with it the rooms of posts they belong to."""
    access.renew_authority(actor, user_ids=person_ids)


def _opened(actor: Actor, kind: str, now: datetime, *, closed_at: datetime | None = None, **of: Incident | Department | Post) -> Room:
    """Two at once: the second waits at the unique column and finds the first one's."""
    first = {"kind": kind, "opened_at": now, "opened_by": actor.label[:80], "opened_by_key": actor.key, "closed_at": closed_at}
    room, is_new = Room.objects.get_or_create(**of, defaults=first)
    if is_new:
        about = [f"incident:{room.incident_id}"] if room.incident_id else []
        announce(actor, facts.RoomOpened(room_id=room.pk, kind=kind), room=room, about=about, now=now)
    return room


def _turn(actor: Actor, room: Room, *, is_closed: bool, now: datetime) -> None:
    room.closed_at = now if is_closed else None
    room.save(update_fields=["closed_at"])
    fact = facts.RoomClosed(room_id=room.pk) if is_closed else facts.RoomReopened(room_id=room.pk)
    announce(actor, fact, room=room, now=now)


def _only_the_system(actor: Actor) -> None:
    if actor.kind != "system":
        raise Forbidden


def _invite(actor: Actor, room: Room, person_ids: Sequence[int], department_ids: Sequence[int], until: datetime | None, now: datetime) -> None:
    people, departments = set(person_ids), set(department_ids)
    if len(people) + len(departments) > MOST_AT_ONCE:
        raise Invalid({"people": _("At most 100 at once.")})
    if until is not None and until <= now:
        raise Invalid({"until": _("This time is over already.")})
    if User.objects.filter(pk__in=people, is_active=True).count() != len(people):
        raise Invalid({"people": _("There is no such person.")})
    if Department.objects.filter(pk__in=departments, is_active=True).count() != len(departments):
        raise Invalid({"departments": _("There is no such department.")})
    for person_id in sorted(people):
        let_in(actor, room=room, person_id=person_id, department_id=None, until=until, now=now)
    for department_id in sorted(departments):
        let_in(actor, room=room, person_id=None, department_id=department_id, until=until, now=now)


def let_in(actor: Actor, *, room: Room, person_id: int | None, department_id: int | None, until: datetime | None, now: datetime) -> None:
    """Let a person or a department into a room whose verb has asked permission; one who is in already keeps the later time."""
    of = Q(person_id=person_id) if person_id is not None else Q(department_id=department_id)
    standing = Invitation.objects.filter(of, room=room, ended_at=None).first()
    if standing is not None and (standing.until is None or (until is not None and standing.until >= until)):
        return
    if standing is not None:
        standing.ended_at = now
        standing.save(update_fields=["ended_at"])
    made = Invitation.objects.create(
        room=room,
        person_id=person_id,
        department_id=department_id,
        invited_at=now,
        invited_by=actor.label[:80],
        invited_by_key=actor.key,
        until=until,
    )
    said = until.isoformat() if until is not None else None
    if person_id is not None:
        fact = facts.PersonInvited(room_id=room.pk, person_id=person_id, until=said)
        announce(actor, fact, room=room, about=[f"user:{person_id}"], also=[f"user:{person_id}"], now=now)
    elif department_id is not None:
        announce(actor, facts.DepartmentInvited(room_id=room.pk, department_id=department_id, until=said), room=room, now=now)
    _renew(actor, made)


def _renew(actor: Actor, invitation: Invitation) -> None:
    """Open sockets of whoever it concerns come back with what they may see now."""
    if invitation.person_id is not None:
        access.renew_authority(actor, user_ids=[invitation.person_id])
    elif invitation.department_id is not None:
        members = Membership.objects.filter(department_id=invitation.department_id, user__is_active=True)
        access.renew_authority(actor, user_ids=set(members.values_list("user_id", flat=True)))
