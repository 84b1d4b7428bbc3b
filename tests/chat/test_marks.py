"""Places and drawings in messages: checked, found by their words, on paper and in the timeline, gone from the map when they are struck."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.conf import LazySettings
from django.utils import translation

from access.actors import Actor
from chat import exporting, marks, reading, selectors, services
from chat.models import Message, Room
from chat.services import NewMessage
from chat.tasks import forget_words
from incidents.models import Note
from kit.errors import Invalid
from tests.chat.conftest import Say
from tests.chat.test_faces import desk as desk

GATE = {"geometry": {"type": "Point", "coordinates": [116.39123456789, 39.9042]}, "word": "北门  集合"}
HOSE = {"geometry": {"type": "LineString", "coordinates": [[116.39, 39.9], [116.392, 39.901]]}, "word": "水带"}
CORDON = {"geometry": {"type": "Polygon", "coordinates": [[[116.39, 39.9], [116.4, 39.9], [116.4, 39.91], [116.39, 39.9]]]}, "word": ""}


def test_a_place_and_drawings_need_no_words_and_stand_in_the_room_until_they_are_struck(
    dispatcher: Actor, crew: Actor, fire_room: Room, say: Say, now: datetime
) -> None:
    said = say(dispatcher, fire_room, "", marks=(GATE, HOSE, CORDON))

    entered = reading.entered(crew, fire_room.pk)
    place, line, area = entered["drawn"][0]["marks"]
    assert place == {"geometry": {"type": "Point", "coordinates": [116.391235, 39.9042]}, "word": "北门 集合"}
    assert (line["geometry"], area["word"]) == (HOSE["geometry"], "")
    assert entered["point"] == pytest.approx([fire_room.incident.point.x, fire_room.incident.point.y])  # type: ignore[union-attr]
    services.strike_message(dispatcher, room_id=fire_room.pk, seq=said.seq, now=now)

    assert reading.entered(crew, fire_room.pk)["drawn"] == []
    assert len(entered["messages"][0]["marks"]) == 3


def test_of_an_open_fire_all_drawings_stand_and_of_what_is_over_the_last_day_and_what_is_pinned(
    dispatcher: Actor, crew: Actor, fire_room: Room, say: Say, now: datetime
) -> None:
    for _each in range(60):
        say(dispatcher, fire_room, "", marks=(GATE,))
    Message.objects.filter(room=fire_room, seq__lte=55).update(written_at=now - timedelta(days=3))
    while_open = reading.entered(crew, fire_room.pk)
    services.pin_message(dispatcher, room_id=fire_room.pk, seq=7, is_pinned=True, now=now)
    Room.objects.filter(pk=fire_room.pk).update(closed_at=now)
    afterwards = reading.entered(crew, fire_room.pk)

    assert ([each["seq"] for each in while_open["drawn"]], while_open["undrawn"]) == (list(range(1, 61)), 0)
    assert ([each["seq"] for each in afterwards["drawn"]], afterwards["undrawn"]) == ([7, *range(56, 61)], 54)


def test_of_more_than_two_hundred_drawings_the_newest_and_the_pinned_stand(dispatcher: Actor, fire_room: Room, say: Say, now: datetime) -> None:
    for _each in range(203):
        say(dispatcher, fire_room, "", marks=(GATE,))
    services.pin_message(dispatcher, room_id=fire_room.pk, seq=2, is_pinned=True, now=now)

    found = selectors.drawn(dispatcher, fire_room.pk)

    assert ([each["seq"] for each in found.messages], found.left_out) == ([2, *range(5, 204)], 3)


@pytest.mark.parametrize(
    "geometry",
    [
        {"type": "Point", "coordinates": [116.39]},
        {"type": "Point", "coordinates": [116.39, 91]},
        {"type": "Point", "coordinates": [10**400, 39]},
        {"type": "Point", "coordinates": [float("nan"), 39.0]},
        {"type": "Point", "coordinates": [True, 39.0]},
        {"type": "Point", "coordinates": "116.39, 39.9"},
        {"type": "LineString", "coordinates": [[116.39, 39.9]]},
        {"type": "LineString", "coordinates": [[116.39, 39.9]] * 402},
        {"type": "Polygon", "coordinates": [[[116.39, 39.9], [116.4, 39.9], [116.4, 39.91]]]},
        {"type": "Polygon", "coordinates": [[[116.39, 39.9], [116.4, 39.9], [116.4, 39.91], [116.38, 39.9]]]},
        {"type": "Polygon", "coordinates": []},
        {"type": "MultiPoint", "coordinates": [[116.39, 39.9]]},
        {"type": "Point"},
        None,
    ],
)
def test_what_is_no_place_on_the_earth_is_refused(dispatcher: Actor, fire_room: Room, say: Say, geometry: Any) -> None:
    with pytest.raises(Invalid):
        say(dispatcher, fire_room, "x", marks=({"geometry": geometry, "word": ""},))

    assert not Message.objects.exists()


def test_too_much_of_it_is_refused(dispatcher: Actor, fire_room: Room, say: Say) -> None:
    long = {"geometry": {"type": "LineString", "coordinates": [[116.39, 39.9]] * 150}, "word": ""}

    for too_much in ((GATE,) * 11, (long,) * 3, (GATE | {"word": "门" * 81},)):
        with pytest.raises(Invalid):
            say(dispatcher, fire_room, "x", marks=too_much)


def test_it_is_found_by_its_words_and_not_by_its_numbers(dispatcher: Actor, fire_room: Room, say: Say, now: datetime) -> None:
    said = say(dispatcher, fire_room, "从这里进", marks=(GATE,))
    services.edit_message(dispatcher, room_id=fire_room.pk, seq=said.seq, text="从那里进", now=now)

    def found(words: str) -> list[Any]:
        return [each["seq"] for each in selectors.found(dispatcher, words, room_id=None, cursor=None, limit=None).rows]

    assert (found("北门"), found("那里 集合"), found("Point"), found("116")) == ([1], [1], [], [])


def test_it_goes_into_the_timeline_and_is_taken_out_with_the_room_in_words_and_numbers(
    dispatcher: Actor, supervisor: Actor, fire_room: Room, say: Say, now: datetime
) -> None:
    said = say(dispatcher, fire_room, "", marks=(GATE, HOSE))
    with translation.override("en"):
        services.keep_as_note(dispatcher, room_id=fire_room.pk, seq=said.seq, now=now)

    assert Note.objects.get().text.endswith("北门 集合 · Place 39.90420, 116.39123\n水带 · Line of 2 points from 39.90000, 116.39000")
    taken = exporting.opened(exporting.as_json(supervisor, fire_room.pk, now=now))
    assert taken is not None and taken["messages"][0]["marks"][0]["word"] == "北门 集合"
    with translation.override("en"):
        assert marks.lines([CORDON | {"word": "x"}]) == ["x · Area of 3 corners from 39.90000, 116.39000"]


def test_it_is_forgotten_with_the_words(dispatcher: Actor, fire_room: Room, settings: LazySettings, now: datetime) -> None:
    services.post_message(dispatcher, room_id=fire_room.pk, message=NewMessage("", marks=(GATE,)), now=now - timedelta(days=31))
    settings.ROOM_WORDS_KEEP_DAYS = 30

    assert forget_words() == 1

    (shown,) = selectors.messages(dispatcher, fire_room.pk, before=None, after=None, limit=9)
    assert (shown["marks"], selectors.drawn(dispatcher, fire_room.pk).messages) == ([], [])
    assert selectors.found(dispatcher, "北门", room_id=None, cursor=None, limit=None).rows == []


def test_programs_send_and_read_it_and_orders_have_it_too(desk: Any, fire_room: Room, dispatcher: Actor) -> None:
    mine = desk(dispatcher)

    said = mine(f"rooms/{fire_room.pk}/messages/", {"marks": [GATE]})
    ordered = mine(f"rooms/{fire_room.pk}/orders/", {"text": "从北门进", "marks": [GATE], "addressees": [f"user:{dispatcher.user_id}"]})
    refused = mine(f"rooms/{fire_room.pk}/messages/", {"marks": [GATE | {"colour": "red"}]})

    assert (said.status_code, said.json()["marks"][0]["word"]) == (201, "北门 集合")
    assert (ordered.status_code, ordered.json()["marks"][0]["geometry"]["type"]) == (201, "Point")
    assert refused.status_code == 422 and Message.objects.count() == 2


def test_an_order_tells_a_tablet_in_words_where_it_is_meant(desk: Any, dispatcher: Actor, fire_room: Room) -> None:
    mine = desk(dispatcher)
    mine(f"rooms/{fire_room.pk}/orders/", {"marks": [GATE], "addressees": [f"user:{dispatcher.user_id}"]})

    (order,) = mine("orders/").json()

    assert order["text"] == "北门 集合 · Place 39.90420, 116.39123"
