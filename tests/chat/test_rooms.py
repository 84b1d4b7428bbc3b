"""Who belongs to a room, and since when; what one leaves there."""

import json
from datetime import datetime, timedelta

import pytest
from django.test import Client

from access import selectors as access
from access import services as people
from access.actors import Actor
from access.models import Department, User
from chat import membership, selectors, services
from chat.models import Room
from incidents.models import Incident
from journal.models import Entry
from kit.errors import Forbidden, NotFound
from resources.models import Duty, Post
from tests.chat.conftest import Say
from tests.conftest import user_of

CAST = (
    "citizen", "outsider", "call_taker", "dispatcher", "supervisor", "commander", "fire_chief_north", "fire_chief_south", "liaison", "crew",
    "auditor", "admin", "partner", "sensor",
)  # fmt: skip


def _again(actor: Actor) -> Actor:
    return Actor.of_user(user_of(actor))


def test_an_invited_liaison_reads_writes_and_hears_until_the_invitation_ends(
    dispatcher: Actor, liaison: Actor, fire_room: Room, say: Say, now: datetime
) -> None:
    before = User.objects.get(pk=liaison.user_id).epoch
    until = now + timedelta(hours=2)

    services.invite(dispatcher, room_id=fire_room.pk, person_ids=[liaison.user_id or 0], department_ids=[], until=until, now=now)

    assert say(liaison, fire_room, "自来水到了").seq == 1
    assert fire_room.scope in access.scopes_of(liaison) and access.authority_ends_at(liaison) == until
    assert User.objects.get(pk=liaison.user_id).epoch == before + 1

    invitation = selectors.members(dispatcher, fire_room.pk)[-1].invitation
    assert invitation is not None
    services.end_invitation(dispatcher, room_id=fire_room.pk, invitation_id=invitation.pk, now=now)
    assert fire_room.scope not in access.scopes_of(liaison)
    assert User.objects.get(pk=liaison.user_id).epoch == before + 2
    with pytest.raises(NotFound):
        say(liaison, fire_room, "还在吗")


def test_an_invitation_whose_time_is_over_lets_nobody_in(dispatcher: Actor, liaison: Actor, fire_room: Room, now: datetime) -> None:
    services.invite(
        dispatcher, room_id=fire_room.pk, person_ids=[liaison.user_id or 0], department_ids=[], until=now + timedelta(milliseconds=1), now=now
    )

    with pytest.raises(NotFound):
        selectors.room(liaison, fire_room.pk)


def test_a_whole_department_is_invited_and_its_people_come_and_go_with_their_membership(
    dispatcher: Actor, liaison: Actor, admin: Actor, water: Department, fire_room: Room, say: Say, now: datetime
) -> None:
    services.invite(dispatcher, room_id=fire_room.pk, person_ids=[], department_ids=[water.pk], until=None, now=now)
    assert say(liaison, fire_room, "来了").seq == 1

    membership_id = user_of(liaison).memberships.get().pk
    people.end_membership(admin, membership_id=membership_id, now=now)

    with pytest.raises(NotFound):
        selectors.room(_again(liaison), fire_room.pk)


def test_the_room_of_a_department_is_for_its_own_people(
    liaison: Actor, crew: Actor, dispatcher: Actor, water: Department, say: Say, now: datetime
) -> None:
    room = services.open_department_room(Actor.system("chat"), department_id=water.pk, now=now)

    assert say(liaison, room, "内部事宜").seq == 1
    for stranger in (crew, dispatcher):
        with pytest.raises(NotFound):
            selectors.room(stranger, room.pk)
    assert [place.room.pk for place in selectors.places(liaison)] == [room.pk]
    assert access.scopes_of(liaison) & {room.scope} and not access.scopes_of(crew) & {room.scope}


def test_the_room_of_a_post_is_for_those_who_have_a_duty_there_within_a_week(
    dispatcher: Actor, supervisor: Actor, fire: Department, say: Say, now: datetime
) -> None:
    post = Post.objects.create(code="desk", name="指挥席", department=fire, department_ids=[fire.pk])
    at = now + timedelta(days=3)
    Duty.objects.create(post=post, person_id=dispatcher.user_id, starts_at=at, ends_at=at + timedelta(hours=8))
    room = services.open_post_room(Actor.system("chat"), post_id=post.pk, now=now)

    assert say(dispatcher, room, "交接：泵站待查").seq == 1
    with pytest.raises(NotFound):
        selectors.room(supervisor, room.pk)


def test_a_room_for_a_purpose_is_known_to_its_people_only(
    dispatcher: Actor, supervisor: Actor, liaison: Actor, commander: Actor, say: Say, now: datetime
) -> None:
    room = services.open_room(
        dispatcher, name="汛情会商", person_ids=[liaison.user_id or 0, supervisor.user_id or 0], department_ids=[], until=None, now=now
    )

    assert say(liaison, room, "在").seq == 1
    assert {each.person.username for each in selectors.members(liaison, room.pk)} == {"dispatcher", "supervisor", "liaison"}
    with pytest.raises(NotFound):
        selectors.room(commander, room.pk)
    with pytest.raises(Forbidden):
        services.close_room(liaison, room_id=room.pk, now=now)
    services.close_room(dispatcher, room_id=room.pk, now=now)
    with pytest.raises(services.RoomIsClosed):
        say(liaison, room, "还有")
    with pytest.raises(Forbidden):
        services.reopen_room(liaison, room_id=room.pk, now=now)
    for _ in range(2):
        services.reopen_room(dispatcher, room_id=room.pk, now=now)
    assert say(liaison, room, "还有").seq == 2
    assert Entry.objects.filter(name="chat.room_reopened").count() == 1


def test_somebody_of_the_same_name_neither_closes_a_room_nor_lets_anybody_out(dispatcher: Actor, liaison: Actor, crew: Actor, now: datetime) -> None:
    people = [liaison.user_id or 0, crew.user_id or 0]
    room = services.open_room(dispatcher, name="汛情会商", person_ids=people, department_ids=[], until=None, now=now)
    User.objects.filter(pk=liaison.user_id).update(name=str(user_of(dispatcher)))
    namesake = _again(liaison)
    assert namesake.label == dispatcher.label

    with pytest.raises(Forbidden):
        services.close_room(namesake, room_id=room.pk, now=now)
    with pytest.raises(Forbidden):
        services.end_invitation(namesake, room_id=room.pk, invitation_id=room.invitations.get(person_id=crew.user_id).pk, now=now)


def test_a_room_that_was_just_opened_for_a_purpose_stands_on_top_and_silent_rooms_of_incidents_below(
    dispatcher: Actor, fire_room: Room, southern_pipe: Incident, say: Say, now: datetime
) -> None:
    silent = services.open_incident_room(dispatcher, incident_id=southern_pipe.pk, now=now)
    say(dispatcher, fire_room, "在")

    made = services.open_room(dispatcher, name="汛情会商", person_ids=[], department_ids=[], until=None, now=now + timedelta(minutes=1))

    assert [each.room.pk for each in selectors.places(dispatcher)] == [made.pk, fire_room.pk, silent.pk]


def test_a_closed_room_is_found_again_and_opened_by_its_page(dispatcher: Actor, client: Client, now: datetime) -> None:
    room = services.open_room(dispatcher, name="汛情会商", person_ids=[], department_ids=[], until=None, now=now)
    client.force_login(user_of(dispatcher), backend="django.contrib.auth.backends.ModelBackend")

    closed = client.post(f"/chat/{room.pk}/close/")
    assert json.loads(closed["HX-Trigger"])["done"]["undo"] == {"url": f"/chat/{room.pk}/reopen/"}
    assert "汛情会商" not in client.get("/chat/rooms/").content.decode()
    assert "汛情会商" in client.get("/chat/rooms/?closed=1").content.decode()
    assert f"/chat/{room.pk}/reopen/" in client.get(f"/chat/{room.pk}/members/").content.decode()

    client.post(f"/chat/{room.pk}/reopen/")
    assert "汛情会商" in client.get("/chat/rooms/").content.decode()


def test_what_one_has_read_is_no_longer_unread_and_a_draft_waits_at_the_next_desk(
    dispatcher: Actor, crew: Actor, fire_room: Room, say: Say, now: datetime
) -> None:
    for text in ("一", "二", "三"):
        say(crew, fire_room, text)
    assert selectors.places(dispatcher)[0].unread == 3 and selectors.followed(dispatcher).room_ids == []

    services.mark_read(dispatcher, room_id=fire_room.pk, seq=2, now=now)
    services.mark_read(dispatcher, room_id=fire_room.pk, seq=1, now=now)
    services.keep_draft(dispatcher, room_id=fire_room.pk, text="正要说")

    assert (selectors.followed(dispatcher).room_ids, selectors.followed(dispatcher).unread) == ([fire_room.pk], 1)
    assert selectors.followed(crew).unread == 0
    seat = selectors.seat(dispatcher, fire_room.pk)
    assert seat is not None and (seat.read_seq, seat.draft) == (2, "正要说")
    say(dispatcher, fire_room, "说了")
    assert selectors.seat(dispatcher, fire_room.pk).draft == ""  # type: ignore[union-attr]


def test_an_auditor_reads_rooms_of_incidents_and_writes_in_none(auditor: Actor, fire_room: Room, say: Say) -> None:
    assert selectors.room(auditor, fire_room.pk) == fire_room
    with pytest.raises(Forbidden):
        say(auditor, fire_room, "x")
    assert not membership.may(auditor, "chat.order", fire_room)


def test_the_frames_of_a_room_reach_exactly_those_who_may_read_it(
    request: pytest.FixtureRequest, dispatcher: Actor, supervisor: Actor, liaison: Actor, water: Department, fire_room: Room, now: datetime
) -> None:
    office = services.open_department_room(Actor.system("chat"), department_id=water.pk, now=now)
    circle = services.open_room(dispatcher, name="会商", person_ids=[supervisor.user_id or 0], department_ids=[], until=None, now=now)

    for name in CAST:
        actor = _again(actor) if (actor := request.getfixturevalue(name)).user_id else actor
        for room in (fire_room, office, circle):
            hears = bool(set(membership.audience(room)) & access.scopes_of(actor))
            assert hears == membership.rooms_of(actor).filter(pk=room.pk).exists() == membership.may(actor, "chat.view", room), (name, room.kind)


def test_naming_somebody_who_is_not_of_the_room_does_not_tell_them_its_words(
    dispatcher: Actor, fire_chief_south: Actor, fire_room: Room, say: Say
) -> None:
    south = user_of(fire_chief_south)

    said = say(dispatcher, fire_room, f"@{south} 请看", mentions=(f"user:{south.pk}",))

    entry = Entry.objects.get(name="chat.message_posted")
    assert said.mentions == [{"of": f"user:{south.pk}", "name": str(south)}]
    assert not set(entry.scopes) & access.scopes_of(fire_chief_south)


def test_who_left_by_a_slip_is_back_as_if_it_had_not_been(dispatcher: Actor, liaison: Actor, crew: Actor, now: datetime) -> None:
    room = services.open_room(dispatcher, name="会商", person_ids=[liaison.user_id or 0], department_ids=[], until=None, now=now)
    own = room.invitations.get(person_id=liaison.user_id)
    services.end_invitation(liaison, room_id=room.pk, invitation_id=own.pk, now=now)
    with pytest.raises(NotFound):
        selectors.room(liaison, room.pk)

    for another in (dispatcher, crew):
        with pytest.raises(NotFound):
            services.resume_invitation(another, room_id=room.pk, invitation_id=own.pk, now=now)
    for _press in range(2):
        services.resume_invitation(liaison, room_id=room.pk, invitation_id=own.pk, now=now)

    assert selectors.room(liaison, room.pk) == room
    assert Entry.objects.filter(name="chat.invitation_resumed").count() == 1


def test_a_minute_later_or_once_invited_again_it_is_too_late(dispatcher: Actor, liaison: Actor, now: datetime) -> None:
    room = services.open_room(dispatcher, name="会商", person_ids=[liaison.user_id or 0], department_ids=[], until=None, now=now)
    own = room.invitations.get(person_id=liaison.user_id)
    services.end_invitation(dispatcher, room_id=room.pk, invitation_id=own.pk, now=now)

    with pytest.raises(services.TooLateToResume):
        services.resume_invitation(dispatcher, room_id=room.pk, invitation_id=own.pk, now=now + timedelta(seconds=61))
    services.invite(dispatcher, room_id=room.pk, person_ids=[liaison.user_id or 0], department_ids=[], until=None, now=now)
    with pytest.raises(services.TooLateToResume):
        services.resume_invitation(dispatcher, room_id=room.pk, invitation_id=own.pk, now=now)

    assert room.invitations.filter(person_id=liaison.user_id, ended_at=None).count() == 1
