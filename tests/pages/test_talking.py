"""The dialog one talks by: ring, confer, give a talk group and take it back."""

import json

import pytest
from django.core.exceptions import ImproperlyConfigured

from access.models import Department
from command_center import telephony
from resources.models import TalkGroup

HX = {"HX-Request": "true"}


def said(answer) -> dict:
    return json.loads(answer["HX-Trigger"])["done"]


@pytest.fixture
def talk(northern_fire, fire) -> str:
    """Where it stands; the fire brigade has a number and a talk group."""
    Department.objects.filter(pk=fire.pk).update(phone="010 119")
    TalkGroup.objects.create(code="fire-1", name="消防一组", name_en="Fire 1", number="8001", department=fire)
    return f"/incidents/{northern_fire.number}"


def test_a_dispatcher_rings_with_a_number_key_and_the_desks_telephone_gets_the_number(desk, dispatcher, talk, fire, settings):
    settings.CALL_URL = "tel:{number}"
    client = desk(dispatcher)

    page = client.get(f"{talk}/talk/").content.decode()
    answer = client.post(f"{talk}/ring/", {"contact": f"department:{fire.pk}"}, headers=HX)

    assert f'data-send-contact="department:{fire.pk}" data-digit="1"' in page
    assert said(answer)["go"] == "tel:010119"


def test_a_group_is_given_freed_and_given_again_by_undo(desk, dispatcher, talk):
    client = desk(dispatcher)

    given = said(client.post(f"{talk}/talk-groups/", {"talk_group": "fire-1"}, headers=HX))
    assert "Fire 1" in client.get(f"{talk}/").content.decode()
    freed = said(client.post(given["undo"]["url"], headers=HX))
    again = client.post(freed["undo"]["url"], freed["undo"]["values"], headers=HX)

    assert again.status_code == 204
    assert "8001" in client.get(f"{talk}/panel/").content.decode()


def test_going_into_the_conference_leaves_the_house_without_saying_where_from(desk, dispatcher, talk, settings):
    settings.CONFERENCE_URL = "https://meet.example/{room}"
    client = desk(dispatcher)

    answer = client.get(f"{talk}/conference/")

    assert "meet.example" in client.get(f"{talk}/talk/").content.decode()
    assert answer.status_code == 302 and answer["Location"].startswith("https://meet.example/")
    assert answer["Referrer-Policy"] == "no-referrer"


def test_a_city_without_numbers_groups_and_server_says_what_is_missing(desk, dispatcher, southern_pipe):
    page = desk(dispatcher).get(f"/incidents/{southern_pipe.number}/talk/").content.decode()

    assert "No number is known" in page and "CONFERENCE_URL" in page and "An administrator adds talk groups" in page


@pytest.mark.parametrize("text", ["tel:", "javascript:alert({number})", "sip:{number}@{host}", "tel:{number} {number}", ""])
def test_an_address_that_no_telephone_takes_stops_the_start(text):
    with pytest.raises(ImproperlyConfigured, match="CALL_URL"):
        telephony.check_addresses(text, "")


@pytest.mark.parametrize("text", ["https://meet.example/", "//meet.example/{room}", "https://meet.example/{room} {room}", "ftp://a/{room}"])
def test_an_address_where_nobody_confers_stops_the_start(text):
    with pytest.raises(ImproperlyConfigured, match="CONFERENCE_URL"):
        telephony.check_addresses("tel:{number}", text)
