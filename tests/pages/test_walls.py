"""The account of a wall: it sees the watch, names nobody who called, changes nothing, and stays signed in."""

import pytest
from django.test import Client

from access.middleware import WALL_SECONDS
from access.roles import Role
from command_center.keys import KEYS


@pytest.fixture
def wall(person, city):
    return person("wall", (Role.WALL, None, city))


def test_a_wall_sees_the_watch_and_can_change_nothing(desk, wall, northern_fire):
    client = desk(wall)

    page = client.get("/ops/?kiosk=1").content.decode()
    assert "data-kiosk" in page and "js/wall" in page and northern_fire.address in page
    assert client.get("/dispatch/").status_code == client.get("/alarms/").status_code == 200
    shown = client.get(f"/incidents/{northern_fire.number}/").content.decode()
    assert "张女士" not in shown and "2201" not in shown
    for verb, said in (("note", {"text": "x"}), ("close", {"disposition": "done"}), ("task", {})):
        assert client.post(f"/incidents/{northern_fire.number}/{verb}/", said).status_code == 403, verb
    assert client.get("/intake/").status_code == client.get("/settings/people/").status_code == 403


def test_a_desk_is_no_wall_unless_it_asks(desk, dispatcher):
    assert "data-kiosk" not in desk(dispatcher).get("/ops/").content.decode()


@pytest.mark.parametrize(("roles", "stays"), [((Role.WALL,), True), ((Role.WALL, Role.DISPATCHER), False)])
def test_only_who_is_nothing_but_a_wall_stays_signed_in(person, city, roles, stays):
    person("screen", *((role, None, city) for role in roles))
    client = Client()

    client.post("/accounts/login/", {"login": "screen", "password": "a long enough secret"})

    assert client.get("/ops/?kiosk=1").status_code == 200
    assert (client.session.get_expiry_age() == WALL_SECONDS) is stays


def test_every_key_stands_on_the_sheet(desk, dispatcher):
    sheet = desk(dispatcher).get("/keys/").content.decode()

    assert all(str(key.label).replace("'", "&#x27;") in sheet for key in KEYS)
