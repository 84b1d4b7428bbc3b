"""Finding what was said: in one room or in all one may read, and in rooms that are larger than a list."""

from datetime import datetime, timedelta

import pytest
from django.utils import translation

from access import services as access
from access.actors import Actor
from access.models import Department, User
from chat import mentions, selectors, services
from chat.models import Invitation, Room
from incidents.models import Incident
from tests.chat.conftest import Say
from tests.conftest import user_of
from tests.pages.conftest import Desk
from tests.pages.conftest import desk as desk


@pytest.fixture
def crowd(dispatcher: Actor, now: datetime) -> Room:
    """A room of two thousand people, made by the dispatcher, who comes last in it by name."""
    room = services.open_room(dispatcher, name="全市防汛", person_ids=(), department_ids=(), until=None, now=now)
    User.objects.filter(pk=dispatcher.user_id).update(name="龠敏")
    people = User.objects.bulk_create(User(username=f"p{number}", name=f"王{number:04}", password="!") for number in range(1999))
    people.append(User.objects.create(username="last", name="黎强", password="!"))
    Invitation.objects.bulk_create(Invitation(room=room, person=each, invited_at=now, invited_by="x") for each in people)
    return room


def test_what_is_found_in_all_rooms_says_in_which_and_shows_nothing_of_others(
    dispatcher: Actor, supervisor: Actor, fire_room: Room, say: Say, now: datetime
) -> None:
    own = services.open_room(dispatcher, name="防汛", person_ids=(), department_ids=(), until=None, now=now)
    foreign = services.open_room(supervisor, name="人事", person_ids=(), department_ids=(), until=None, now=now)
    for actor, room in ((dispatcher, fire_room), (dispatcher, own), (supervisor, foreign)):
        say(actor, room, "水位 41 厘米")

    page = selectors.found(dispatcher, "水位", room_id=None, cursor=None, limit=None)

    assert isinstance(fire_room.incident, Incident)
    assert {each["room_name"] for each in page.rows} == {"防汛", fire_room.incident.number}


def test_a_time_leads_to_the_first_message_written_then_or_after_it(dispatcher: Actor, fire_room: Room, now: datetime) -> None:
    for minutes in (0, 10, 20):
        services.post_message(dispatcher, room_id=fire_room.pk, message=services.NewMessage(f"{minutes}"), now=now + timedelta(minutes=minutes))

    assert [selectors.seq_at(dispatcher, fire_room.pk, now + timedelta(minutes=at)) for at in (-5, 5, 20, 60)] == [1, 2, 3, 3]


def test_whoever_comes_last_of_two_thousand_can_be_named_and_can_leave(crowd: Room, dispatcher: Actor, desk: Desk) -> None:
    assert [each["name"] for each in mentions.offered(dispatcher, crowd, "liq")] == ["黎强"]

    page = desk(dispatcher).get(f"/chat/{crowd.pk}/members/").content.decode()

    assert "1500 more people" in page and "Leave the room" in page and "龠敏" in page
    assert len(selectors.members(dispatcher, crowd.pk)) == 501


def test_a_department_is_offered_in_the_reader_s_language_and_found_by_either_name(
    dispatcher: Actor, fire_room: Room, water: Department, desk: Desk
) -> None:
    Department.objects.filter(pk=water.pk).update(name="供排水公司", name_en="Water and drainage")

    with translation.override("en"):
        offered = [mentions.offered(dispatcher, fire_room, typed) for typed in ("drain", "gps")]
    page = desk(dispatcher).get(f"/chat/{fire_room.pk}/members/").content.decode()

    assert [[each["name"] for each in found] for found in offered] == [["Water and drainage"]] * 2
    assert "Water and drainage" in page and "供排水公司" not in page
    with translation.override("zh-hans"):
        assert mentions.offered(dispatcher, fire_room, "gps")[0]["name"] == "供排水公司"


@pytest.mark.parametrize("turned", ["\u202egnp.exe", "\u2067gnp.exe", "\u202dgnp.exe"])
def test_no_name_and_no_word_turns_the_direction_of_what_is_read(turned: str, dispatcher: Actor, fire_room: Room, say: Say, now: datetime) -> None:
    said = say(dispatcher, fire_room, f"见附件 {turned}\nمرحبا\u200f 你好 👨\u200d👩\u200d👧")
    room = services.open_room(dispatcher, name=turned, person_ids=(), department_ids=(), until=None, now=now)

    assert said.text == "见附件 gnp.exe\nمرحبا\u200f 你好 👨\u200d👩\u200d👧"  # letters that read from the right, and joined signs, stay as they are
    assert room.name == "gnp.exe"


def test_a_name_of_a_person_is_one_line_that_reads_one_way(admin: Actor) -> None:
    made = access.add_person(admin, username="hostile", name=" 王\u202e强\n队长 ", password="a long enough secret", department_id=None, language="en")

    assert user_of(Actor.of_user(made)).name == "王强 队长"
