"""Rooms through their faces: the API as a page of ours uses it, and the pages themselves."""

from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from access.actors import Actor
from chat.models import Message, Room
from incidents.models import Incident
from tests.chat.conftest import Say
from tests.conftest import user_of


@pytest.fixture
def desk() -> Any:
    """A browser that is signed in by session and must show the token of the page, as real ones do."""

    def sit(actor: Actor, language: str = "en") -> Any:
        client = Client(enforce_csrf_checks=True, headers={"Accept-Language": language})
        client.force_login(user_of(actor), backend="django.contrib.auth.backends.ModelBackend")
        client.get("/profile/")
        token = client.cookies["csrftoken"].value

        def ask(address: str, body: Any = None, key: str = "") -> Any:
            headers = {"X-CSRFToken": token} | ({"Idempotency-Key": key} if key else {})
            if body is None:
                return client.get(f"/api/v1/{address}")
            return client.post(f"/api/v1/{address}", body, content_type="application/json", headers=headers)

        ask.client = client  # type: ignore[attr-defined]
        return ask

    return sit


def test_a_dispatcher_enters_the_room_speaks_and_is_answered(dispatcher: Actor, crew: Actor, northern_fire: Incident, desk: Any) -> None:
    mine, theirs = desk(dispatcher), desk(crew)

    room = mine(f"incidents/{northern_fire.number}/room/", {}).json()
    said = mine(f"rooms/{room['id']}/messages/", {"text": "谁在现场？"})
    answered = theirs(f"rooms/{room['id']}/messages/{said.json()['seq']}/answers/", {"code": "GOT"})

    assert (said.status_code, answered.status_code) == (201, 200)
    assert [each["names"] for each in answered.json()["answers"]] == [["Crew"]]
    entered = mine(f"rooms/{room['id']}/").json()
    assert (entered["unread"], entered["last_seq"], entered["name"]) == (0, 1, northern_fire.number)
    assert "chat.order" in entered["may"] and "chat.order" not in theirs(f"rooms/{room['id']}/").json()["may"]


def test_a_message_that_is_sent_twice_with_one_key_is_said_once(dispatcher: Actor, fire_room: Room, desk: Any) -> None:
    mine = desk(dispatcher)

    answers = [mine(f"rooms/{fire_room.pk}/messages/", {"text": "关阀两处"}, key="k-1") for _ in range(3)]

    assert {each.json()["id"] for each in answers} == {Message.objects.get().pk}
    assert [each.status_code for each in answers] == [201, 201, 201]


def test_what_looks_like_markup_is_kept_as_it_was_written_and_no_page_writes_it_as_markup(
    dispatcher: Actor, fire_room: Room, desk: Any, say: Say
) -> None:
    corpus = ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{7*7}}", "javascript:alert(1)", "</script><svg onload=alert(1)>"]
    for text in corpus:
        say(dispatcher, fire_room, text)
    mine = desk(dispatcher)

    read = mine(f"rooms/{fire_room.pk}/messages/")

    assert [each["text"] for each in read.json()["items"]] == corpus
    assert read["Content-Type"].startswith("application/json") and read["X-Content-Type-Options"] == "nosniff"
    task = mine.client.get(f"/chat/{fire_room.pk}/messages/2/task/").content.decode()
    assert "<img src=x" not in task and "&lt;img" in task


def test_who_comes_back_is_told_everything_since_a_revision(dispatcher: Actor, crew: Actor, fire_room: Room, desk: Any, say: Say) -> None:
    say(dispatcher, fire_room, "一")
    mine = desk(dispatcher)
    seen = mine(f"rooms/{fire_room.pk}/messages/").json()["last_revision"]
    say(crew, fire_room, "二")
    mine(f"rooms/{fire_room.pk}/messages/1/strike/", {})

    page = mine(f"rooms/{fire_room.pk}/messages/?since={seen}").json()

    assert [(each["seq"], each["revision"]) for each in page["items"]] == [(2, seen + 1), (1, seen + 2)] and page["last_revision"] == seen + 2


def test_a_name_is_found_by_its_initials_and_stays_with_the_message(
    dispatcher: Actor, liaison: Actor, fire_room: Room, desk: Any, now: datetime
) -> None:
    wang = user_of(liaison)
    wang.name = "王强"
    wang.save()
    mine = desk(dispatcher)
    mine(f"rooms/{fire_room.pk}/members/", {"people": [wang.pk]})

    offered = mine(f"rooms/{fire_room.pk}/mentions/?q=wq").json()
    said = mine(f"rooms/{fire_room.pk}/messages/", {"text": "@王强 请到南口", "mentions": [offered[0]["of"], "user:999999", "nonsense"]})

    assert offered[0]["name"] == "王强"
    assert said.json()["mentions"] == [{"of": f"user:{wang.pk}", "name": "王强"}]


def test_the_pages_show_rooms_in_both_languages(dispatcher: Actor, fire_room: Room, desk: Any, say: Say) -> None:
    say(dispatcher, fire_room, "一")
    for language, word in (("en", "Search in this room"), ("zh-hans", "在本室搜索")):
        page = desk(dispatcher, language).client.get("/chat/")

        assert page.status_code == 200 and word in page.content.decode()
        assert fire_room.incident.number in page.content.decode()  # type: ignore[union-attr]


def test_the_room_stands_beside_its_incident_for_whoever_may_read_it(dispatcher: Actor, partner: Actor, northern_fire: Incident, desk: Any) -> None:
    address = f"/incidents/{northern_fire.number}/"

    assert f'data-incident="{northern_fire.number}"' in desk(dispatcher).client.get(address).content.decode()
    assert "<city-chat" not in desk(partner).client.get(address).content.decode()
