"""A room is shown to people who do not belong to it: they read as far as the level goes, never write, and lose it at once."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from access import selectors as access
from access.actors import Actor
from access.models import Department, Share, ShareLook, User
from access.roles import Role
from access.sharing import reading, verbs
from access.sharing.verbs import AlreadyTheirs, Terms
from chat import selectors, services
from chat.models import Addressee, Message, Order, Room
from chat.sharing import shown
from chat.sharing.keeping import KIND
from journal.models import Entry
from kit.errors import Forbidden, NotFound
from resources.models import Duty, Post
from tests.chat.conftest import Say
from tests.chat.conftest import fire_room as fire_room
from tests.chat.conftest import say as say
from tests.conftest import Person
from tests.pages.conftest import desk as desk

HOUR = timedelta(hours=1)


def shared(actor: Actor, room: Room, now: datetime, *, to: Department, level: str = "FULL") -> Share:
    """Share for an hour."""
    return verbs.share(actor, kind=KIND.name, subject_id=room.pk, terms=Terms(to.pk, None, level, now + HOUR, "请看水压"), now=now)


@pytest.fixture
def spoken_in(dispatcher: Actor, fire_room: Room, water: Department, say: Say, now: datetime) -> Room:
    """A room with a message, one that is pinned, one that is struck, and an order."""
    say(dispatcher, fire_room, "ordinary words")
    services.pin_message(dispatcher, room_id=fire_room.pk, seq=say(dispatcher, fire_room, "pinned words").seq, is_pinned=True, now=now)
    services.strike_message(dispatcher, room_id=fire_room.pk, seq=say(dispatcher, fire_room, "struck words").seq, now=now)
    ordered = say(dispatcher, fire_room, "shut the main")
    Message.objects.filter(pk=ordered.pk).update(kind="ORDER")
    Addressee.objects.create(order=Order.objects.create(message=ordered, due_at=now + HOUR), department=water, name="自来水集团")
    return fire_room


def texts(messages: list[Message]) -> list[str]:
    return [each.text for each in messages]


def test_each_level_shows_all_of_the_one_before_and_nothing_that_was_struck(
    dispatcher: Actor, liaison: Actor, water: Department, spoken_in: Room, now: datetime
) -> None:
    found = {}
    for level in ("OUTLINE", "SITUATION", "FULL"):
        shared(dispatcher, spoken_in, now, to=water, level=level)
        found[level] = shown.shown_room(liaison, spoken_in.pk)

    assert (found["OUTLINE"].standing, found["OUTLINE"].messages, found["OUTLINE"].room.last_seq) == ([], [], 4)
    assert (texts(found["SITUATION"].standing), found["SITUATION"].messages) == (["shut the main", "pinned words"], [])
    assert texts(found["FULL"].messages) == ["ordinary words", "pinned words", "shut the main"]


def test_the_other_side_reads_and_never_writes_nor_passes_on(
    dispatcher: Actor, person: Person, water: Department, spoken_in: Room, now: datetime
) -> None:
    theirs = person("water_dispatcher", (Role.DISPATCHER, water, None))
    shared(dispatcher, spoken_in, now, to=water)

    assert [room.pk for room in shown.now_shown(theirs)] == [spoken_in.pk]
    assert selectors.places(theirs) == []
    with pytest.raises(NotFound):
        selectors.room(theirs, spoken_in.pk)
    with pytest.raises(NotFound):
        services.post_message(theirs, room_id=spoken_in.pk, message=services.NewMessage("x"), now=now)
    with pytest.raises(NotFound):
        shared(theirs, spoken_in, now, to=Department.objects.create(code="police", name="公安"))


def test_it_is_gone_the_moment_it_is_taken_back_and_both_sides_are_told(
    dispatcher: Actor, liaison: Actor, water: Department, spoken_in: Room, now: datetime
) -> None:
    share = shared(dispatcher, spoken_in, now, to=water)
    verbs.note_look(liaison, share_id=share.pk, is_refresh=False, now=now)

    verbs.revoke_share(dispatcher, share_id=share.pk, now=now)

    with pytest.raises(NotFound):
        shown.shown_room(liaison, spoken_in.pk)
    assert ShareLook.objects.get().person_id == liaison.user_id
    for name in ("access.shared", "access.share_seen", "access.share_ended"):
        scopes = set(Entry.objects.get(name=name).scopes)
        assert scopes & access.scopes_of(dispatcher) and scopes & access.scopes_of(liaison), name


def test_the_other_side_learns_that_something_was_said_and_not_what(
    dispatcher: Actor, liaison: Actor, water: Department, spoken_in: Room, say: Say, now: datetime
) -> None:
    shared(dispatcher, spoken_in, now, to=water)
    before = Entry.objects.count()

    say(dispatcher, spoken_in, "the hydrant is dry")

    news = [entry for entry in Entry.objects.order_by("id")[before:] if set(entry.scopes) & access.scopes_of(liaison)]
    assert [(entry.name, entry.about) for entry in news] == [("access.shared_changed", [f"shown:room:{spoken_in.pk}"])]
    assert texts(shown.shown_room(liaison, spoken_in.pk).messages)[-1] == "the hydrant is dry"


def test_who_is_only_invited_or_on_duty_does_not_pass_a_room_on(
    dispatcher: Actor, person: Person, fire: Department, water: Department, spoken_in: Room, now: datetime
) -> None:
    guest = person("guest", (Role.DISPATCHER, water, None))
    police = Department.objects.create(code="police", name="公安")
    services.invite(dispatcher, room_id=spoken_in.pk, person_ids=[guest.user_id or 0], department_ids=[], until=None, now=now)
    post = Post.objects.create(code="desk", name="席位", department=fire, department_ids=[fire.pk])
    post_room = services.open_post_room(Actor.system("test"), post_id=post.pk, now=now)
    Duty.objects.create(post=post, person=User.objects.get(pk=guest.user_id), starts_at=now, ends_at=now + HOUR)

    for room in (spoken_in, post_room):
        assert selectors.room(guest, room.pk).pk == room.pk
        with pytest.raises(Forbidden):
            shared(guest, room, now, to=police)


def test_a_department_shares_its_own_room_and_nobody_else_s(
    person: Person, dispatcher: Actor, fire: Department, water: Department, now: datetime
) -> None:
    room = services.open_department_room(Actor.system("test"), department_id=water.pk, now=now)
    theirs = person("water_dispatcher", (Role.DISPATCHER, water, None))
    firefighter = person("fire_liaison", (Role.LIAISON, fire, None))

    with pytest.raises(NotFound):
        shared(dispatcher, room, now, to=fire)
    with pytest.raises(AlreadyTheirs):
        shared(theirs, room, now, to=water)
    shared(theirs, room, now, to=fire)

    assert shown.shown_room(firefighter, room.pk).room == room


def test_earlier_messages_are_read_piece_by_piece(
    dispatcher: Actor, liaison: Actor, water: Department, fire_room: Room, say: Say, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shown, "PIECE", 3)
    for number in range(1, 8):
        say(dispatcher, fire_room, f"{number}")
    shared(dispatcher, fire_room, now, to=water)

    pieces, before = [], None
    while True:
        found = shown.shown_room(liaison, fire_room.pk, before=before)
        pieces.append(texts(found.messages))
        if (before := found.before) is None:
            break

    assert pieces == [["5", "6", "7"], ["2", "3", "4"], ["1"]]


def test_the_page_shows_the_room_and_the_list_says_who_has_looked(
    dispatcher: Actor, liaison: Actor, water: Department, spoken_in: Room, now: datetime, desk: Callable[..., Client]
) -> None:
    mine, theirs = desk(dispatcher), desk(liaison)

    made = mine.post(f"/chat/{spoken_in.pk}/share/", {"department_id": water.pk, "level": "SITUATION", "hours": 4, "note": "watch the pressure"})
    page = theirs.get(f"/chat/shared/{spoken_in.pk}/").content.decode()
    given, kept = theirs.get("/shared/").content.decode(), mine.get("/shared/").content.decode()

    assert made.status_code == 204
    assert "shut the main" in page and "watch the pressure" in page and "ordinary words" not in page
    assert f"/chat/shared/{spoken_in.pk}/" in given and "Orders and pinned" in given
    assert "Liaison" in kept and "Take back" in kept
    assert mine.get(f"/chat/shared/{spoken_in.pk}/").headers["Location"] == f"/chat/?room={spoken_in.pk}"
    assert "Orders and pinned" in mine.get(f"/chat/{spoken_in.pk}/share/").content.decode()


def test_programs_share_a_room_and_read_what_is_shown(
    dispatcher: Actor, liaison: Actor, water: Department, spoken_in: Room, now: datetime, desk: Callable[..., Client]
) -> None:
    mine, theirs = desk(dispatcher), desk(liaison)
    body = {"department": "water", "level": "FULL", "until": (now + HOUR).isoformat()}

    made = mine.post(f"/api/v1/rooms/{spoken_in.pk}/shares/", body, content_type="application/json")
    (listed,) = theirs.get("/api/v1/rooms/shared/").json()
    whole: dict[str, Any] = theirs.get(f"/api/v1/rooms/shared/{spoken_in.pk}/").json()
    (line,) = theirs.get("/api/v1/shares/?side=given").json()
    (kept,) = mine.get("/api/v1/shares/?side=made").json()

    assert made.status_code == 201
    assert (listed["messages"], "messages_shown" in listed) == (4, False)
    assert [each["text"] for each in whole["messages_shown"]] == ["ordinary words", "pinned words", "shut the main"]
    assert whole["standing"][0]["addressees"] == [{"name": "自来水集团", "step": "SENT"}]
    assert (line["called"], line["address"]) == (listed["name"], f"/chat/shared/{spoken_in.pk}/")
    assert kept["share"]["looks"][0]["person"] == "Liaison"
    assert theirs.get(f"/api/v1/rooms/{spoken_in.pk}/shares/").status_code == 404


def test_one_s_own_are_not_among_what_others_show(dispatcher: Actor, supervisor: Actor, water: Department, spoken_in: Room, now: datetime) -> None:
    shared(dispatcher, spoken_in, now, to=water)

    assert reading.given(supervisor, now=now) == []
    assert [line.called for line in reading.made(supervisor, now=now)] == [shown.labels.called(spoken_in)]
