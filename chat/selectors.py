"""Questions about rooms and what was said in them, already narrowed to what the actor may read."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Case, F, OuterRef, Q, QuerySet, Subquery, When
from django.db.models.functions import Coalesce
from django.utils import timezone

from access.actors import Actor
from access.models import User
from chat import addressing, carried, labels, membership, permissions
from chat.models import Invitation, Message, Room, Seat
from chat.words import pairs_of
from kit import paging
from kit.errors import NotFound
from kit.paging import Page

PIECE = 200
FOUND = 100
DRAWN = 200
DRAWN_FOR = timedelta(hours=24)
EARLIER_ROOMS = 100
LISTED = 500


@dataclass(frozen=True, slots=True)
class Place:
    """A room as somebody has it in a list: how much of it is unread, and whether it is followed (read or written in before)."""

    room: Room
    unread: int
    is_followed: bool


def room(actor: Actor, room_id: int) -> Room:
    """One room. Raises `NotFound` when there is none the actor may read."""
    return membership.require(actor, permissions.VIEW, Room.objects.named().filter(pk=room_id).first())


def room_of_incident(incident_id: int) -> Room | None:
    """The room of an incident, None while it has not been opened; whether the reader may enter is asked at the door."""
    return Room.objects.named().filter(incident_id=incident_id).first()


def places(actor: Actor, *, closed: bool = False) -> list[Place]:
    """The rooms the actor may read, the last spoken in first; of incidents those that are open, unless closed ones are asked for."""
    own = Seat.objects.filter(room=OuterRef("pk"), person_id=actor.user_id)
    rows = membership.rooms_of(actor).annotate(read_seq=Subquery(own.values("read_seq")[:1]))
    rows = rows.exclude(closed_at=None) if closed else rows.filter(closed_at=None)
    # One that was opened for a purpose just now stands on top before anything is said in it; rooms that open by themselves wait below.
    begun = Case(When(kind=Room.Kind.PURPOSE, then=Coalesce("last_at", "opened_at")), default=F("last_at"))
    found = rows.order_by(begun.desc(nulls_last=True), "-pk")[:EARLIER_ROOMS]
    return [Place(each, each.last_seq - (each.read_seq or 0), each.read_seq is not None) for each in found]


@dataclass(frozen=True, slots=True)
class Followed:
    """The rooms somebody follows, by id, how many messages in them are unread, and the departments for which they answer orders."""

    room_ids: list[int]
    unread: int
    department_ids: list[int]


def followed(actor: Actor) -> Followed:
    """What somebody follows: open rooms in which one has read or written. What one may no longer read is not counted by name, only here."""
    rows = Seat.objects.filter(person_id=actor.user_id, room__closed_at=None).values_list("room_id", "room__last_seq", "read_seq")
    found = list(rows.order_by("-room__last_at")[:EARLIER_ROOMS]) if actor.user_id is not None else []
    unread = sum(last - read for _pk, last, read in found)
    return Followed([pk for pk, _last, _read in found], unread, addressing.departments_of(actor, timezone.now()))


def messages(actor: Actor, room_id: int, *, before: int | None, after: int | None, limit: int) -> list[dict[str, object]]:
    """Messages of a room in order: the last ones, those before a number, or those after one."""
    rows = Message.objects.filter(room=room(actor, room_id))
    size = max(1, min(limit, PIECE))
    if after is not None:
        return _sent(rows.filter(seq__gt=after).order_by("seq")[:size])
    if before is not None:
        rows = rows.filter(seq__lt=before)
    return list(reversed(_sent(rows.order_by("-seq")[:size])))


def changes(actor: Actor, room_id: int, *, since: int, limit: int) -> list[dict[str, object]]:
    """Messages that were written or changed after a revision, in the order of their last change."""
    rows = Message.objects.filter(room=room(actor, room_id), revision__gt=since)
    return _sent(rows.order_by("revision")[: max(1, min(limit, PIECE))])


def message(actor: Actor, room_id: int, seq: int) -> dict[str, object]:
    """One message. Raises `NotFound`."""
    found = _sent(Message.objects.filter(room=room(actor, room_id), seq=seq))
    if not found:
        raise NotFound
    return found[0]


def pinned(actor: Actor, room_id: int) -> list[dict[str, object]]:
    """What is pinned in a room, the last pinned first."""
    rows = Message.objects.filter(room=room(actor, room_id), pinned_at__isnull=False)
    return _sent(rows.order_by("-pinned_at", "-pk")[:FOUND])


@dataclass(frozen=True, slots=True)
class Drawn:
    """What of a room stands on the map, in order, and how many older messages with places and drawings do not."""

    messages: list[dict[str, object]]
    left_out: int


def drawn(actor: Actor, room_id: int) -> Drawn:
    """Messages of a room whose places and drawings stand: of an open incident all, of another room what is pinned and the last day of it.

    At most two hundred, what is pinned first, then the newest.
    """
    there = room(actor, room_id)
    standing = Message.objects.filter(room=there, drawn__gt=0, struck_at=None)
    wanted = standing
    if there.kind != Room.Kind.INCIDENT or there.closed_at is not None:
        since = (there.closed_at or timezone.now()) - DRAWN_FOR
        wanted = standing.filter(Q(pinned_at__isnull=False) | Q(written_at__gte=since))
    chosen = list(wanted.order_by(F("pinned_at").desc(nulls_last=True), "-seq").values_list("pk", flat=True)[:DRAWN])
    return Drawn(_sent(Message.objects.filter(pk__in=chosen).order_by("seq")), standing.count() - len(chosen))


def thread(actor: Actor, room_id: int, seq: int) -> list[dict[str, object]]:
    """A message and all that answers it, in order."""
    rows = Message.objects.filter(Q(seq=seq) | Q(thread_seq=seq), room=room(actor, room_id))
    return _sent(rows.order_by("seq")[:PIECE])


def found(actor: Actor, words: str, *, room_id: int | None, cursor: str | None, limit: int | None) -> Page[dict[str, object]]:
    """Messages whose words hold all of these, the newest first, in one room or in all the actor may read; two characters are enough."""
    wanted = [each for each in words.casefold().split() if each]
    there = Q(room=room(actor, room_id)) if room_id is not None else Q(room__in=membership.rooms_of(actor))
    rows = Message.objects.filter(there)
    if not wanted:
        return Page([], None)
    for each in wanted:
        rows = rows.filter(Q(text__icontains=each) | Q(mark_words__icontains=each))
    pairs = sorted({pair for each in wanted for pair in pairs_of(each)})
    if pairs:
        rows = rows.filter(pairs__contains=pairs)
    if cursor is not None:
        at, pk = paging.decode(cursor, datetime, int)
        rows = rows.filter(Q(written_at__lt=at) | Q(written_at=at, pk__lt=pk))
    size = paging.bounded(limit)
    sent = list(rows.order_by("-written_at", "-pk").values_list("pk", "written_at")[: size + 1])
    shown = {each["id"]: each for each in _placed(Message.objects.filter(pk__in=[pk for pk, _at in sent[:size]]))}
    last = paging.encode([sent[size - 1][1], sent[size - 1][0]]) if len(sent) > size else None
    return Page([shown[pk] for pk, _at in sent[:size]], last)


def seq_at(actor: Actor, room_id: int, at: datetime) -> int:
    """The number of the first message written at a moment or after it; the last when there is none."""
    there = room(actor, room_id)
    first = Message.objects.filter(room=there, written_at__gte=at).order_by("seq").values_list("seq", flat=True).first()
    return first if first is not None else there.last_seq


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody of a room, how far it was read, and the invitation by which it is there, if by one."""

    person: User
    read_seq: int
    read_at: datetime | None
    invitation: Invitation | None


def members(actor: Actor, room_id: int) -> list[Member]:
    """Who is in a room and how far each has read, the first five hundred by name; whoever reads is among them."""
    there = room(actor, room_id)
    seats = {seat.person_id: seat for seat in Seat.objects.filter(room=there)}
    invited = {each.person_id: each for each in Invitation.objects.in_force(timezone.now()).filter(room=there, person__isnull=False)}
    everybody = membership.people_of(there).select_related("department")
    people = list(everybody[:LISTED])
    if len(people) == LISTED and actor.user_id is not None and actor.user_id not in {each.pk for each in people}:
        people.extend(everybody.filter(pk=actor.user_id))
    return [_member(each, seats.get(each.pk), invited.get(each.pk)) for each in people]


def _member(person: User, seat: Seat | None, invitation: Invitation | None) -> Member:
    return Member(person, seat.read_seq if seat is not None else 0, seat.read_at if seat is not None else None, invitation)


def departments_invited(actor: Actor, room_id: int) -> list[Invitation]:
    """The departments that were let into a room as a whole."""
    rows = Invitation.objects.in_force(timezone.now()).filter(room=room(actor, room_id), department__isnull=False)
    return list(rows.select_related("department").order_by("pk"))


def is_own_invitation(actor: Actor, invitation_id: int) -> bool:
    """Whether an invitation is the actor's own: ending it is leaving."""
    return actor.user_id is not None and Invitation.objects.filter(pk=invitation_id, person_id=actor.user_id).exists()


def seat(actor: Actor, room_id: int) -> Seat | None:
    """What the actor left in a room, None when it was never there."""
    return Seat.objects.filter(room_id=room_id, person_id=actor.user_id).first() if actor.user_id is not None else None


def _placed(rows: "QuerySet[Message]") -> list[dict[str, object]]:
    """Messages, each with what its room is called."""
    found = _sent(rows)
    names: dict[object, str] = {each.pk: labels.called(each) for each in Room.objects.named().filter(pk__in={each["room"] for each in found})}
    return [each | {"room_name": names[each["room"]]} for each in found]


def _sent(rows: "QuerySet[Message]") -> list[dict[str, object]]:
    return carried.sent(rows)
