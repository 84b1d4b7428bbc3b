"""Telephone calls on the pages: the box at every desk that takes calls, the key that takes one, the list to call back."""

import base64
import json
from datetime import datetime, timedelta
from typing import Any

import pytest

from access.actors import Actor
from access.models import Department, Region
from access.roles import Role
from exchange import services
from exchange.models import PhoneCall
from exchange.telephony.events import CallEvent, Kind
from incidents.models import DeskCall, Incident
from tests.conftest import Person
from tests.pages.conftest import Desk


@pytest.fixture(autouse=True)
def _connected(settings: Any) -> None:
    settings.TELEPHONY_SECRETS = [base64.b64encode(b"x" * 32).decode()]


def told(kind: Kind, at: datetime, *, ref: str = "a", number: str = "+8613800002201") -> PhoneCall:
    return services.take_phone_event(Actor.system("telephony"), event=CallEvent("pbx", ref, kind, at, number, "119"), now=at)[0]


def test_a_call_that_rings_stands_on_the_page_of_a_call_taker_without_its_number(desk: Desk, call_taker: Actor, now: datetime) -> None:
    told(Kind.RINGING, now)

    page = desk(call_taker).get("/intake/").content.decode()

    assert "138****2201" in page
    assert "13800002201" not in page
    assert 'data-key="claim_call"' in page


@pytest.mark.parametrize("who", ["commander", "auditor", "liaison"])
def test_it_does_not_ring_where_nobody_takes_calls(db: None, request: pytest.FixtureRequest, desk: Desk, who: str, now: datetime) -> None:
    told(Kind.RINGING, now)

    assert "138****2201" not in desk(request.getfixturevalue(who)).get("/incidents/").content.decode()


def test_without_an_exchange_nothing_rings_and_nothing_is_asked(desk: Desk, call_taker: Actor, now: datetime, settings: Any) -> None:
    settings.TELEPHONY_SECRETS = []
    told(Kind.RINGING, now)

    assert 'id="ringing"' not in desk(call_taker).get("/intake/").content.decode()


def test_taking_a_call_opens_its_form_with_number_times_and_their_source(desk: Desk, call_taker: Actor, now: datetime) -> None:
    call = told(Kind.RINGING, now - timedelta(seconds=9))
    seat = desk(call_taker)

    answer = seat.post(f"/phone-calls/{call.pk}/claim/")

    done = json.loads(answer["HX-Trigger"])["done"]
    form = seat.get(done["phone"]["form"], headers={"HX-Request": "true"}).content.decode()
    key = DeskCall.objects.get().key
    times = seat.get(f"/phone-calls/of/{key}/", headers={"HX-Request": "true"}).content.decode()
    assert answer.status_code == 204
    assert done["undo"]["url"] == f"/phone-calls/{call.pk}/release/"
    assert 'value="+8613800002201"' in form
    assert f"/phone-calls/of/{key}/" in form
    assert "pbx" in times and "rang" in times and "when the desk took it" in times


def test_who_comes_second_reads_who_has_the_call(desk: Desk, call_taker: Actor, supervisor: Actor, now: datetime) -> None:
    call = told(Kind.RINGING, now)
    desk(supervisor).post(f"/phone-calls/{call.pk}/claim/")

    answer = desk(call_taker).post(f"/phone-calls/{call.pk}/claim/", headers={"HX-Request": "true"})

    assert answer.status_code == 409
    assert "Supervisor took this call at" in answer.content.decode()


def test_a_call_that_was_taken_by_mistake_is_undone(desk: Desk, call_taker: Actor, now: datetime) -> None:
    call = told(Kind.RINGING, now)
    seat = desk(call_taker)
    seat.post(f"/phone-calls/{call.pk}/claim/")

    seat.post(f"/phone-calls/{call.pk}/release/")

    assert "138****2201" in seat.get("/phone-calls/ringing/").content.decode()


def test_missed_calls_are_called_back_and_settled_from_their_list(desk: Desk, call_taker: Actor, now: datetime) -> None:
    call = told(Kind.ABANDONED, now)
    seat = desk(call_taker)
    before = seat.get("/phone-calls/").content.decode()

    opened = json.loads(seat.post(f"/phone-calls/{call.pk}/call-back/")["HX-Trigger"])["done"]
    during = seat.get("/phone-calls/").content.decode()
    seat.post(f"/phone-calls/{call.pk}/settle/", {"outcome": "REACHED"})

    assert "138****2201" in before and "13800002201" not in before
    assert "13800002201" in seat.get(opened["phone"]["form"], headers={"HX-Request": "true"}).content.decode()
    assert "Call Taker is at it since" in during
    assert "Nobody waits to be called back." in seat.get("/phone-calls/").content.decode()


def test_the_box_asks_a_bounded_number_of_questions_however_many_ring(
    desk: Desk, call_taker: Actor, now: datetime, django_assert_max_num_queries: Any
) -> None:
    seat = desk(call_taker)
    for number in range(30):
        told(Kind.RINGING, now, ref=str(number), number=f"139{number:08}")

    with django_assert_max_num_queries(32):
        page = seat.get("/phone-calls/ringing/").content.decode()

    assert page.count("ringing-one") == 6
    assert "and 24 more ring" in page


def test_a_call_that_nobody_takes_is_to_sound_at_the_supervisors_desk_alone(desk: Desk, call_taker: Actor, supervisor: Actor, now: datetime) -> None:
    told(Kind.RINGING, now - timedelta(seconds=25))
    boxes = {who: desk(who) for who in (supervisor, call_taker)}
    before = [seat.get("/phone-calls/ringing/").content.decode() for seat in boxes.values()]

    services.watch_ringing(Actor.system("telephony"), now=now)

    assert not any("data-sounds" in page for page in before)
    assert ['data-sounds="2"' in seat.get("/phone-calls/ringing/").content.decode() for seat in boxes.values()] == [True, False]


def test_the_list_of_calls_names_no_incident_that_its_reader_may_not_open(
    desk: Desk, call_taker: Actor, person: Person, water: Department, north: Region, northern_fire: Incident, now: datetime
) -> None:
    of_water = person("water-desk", (Role.DISPATCHER, water, north))
    call = told(Kind.RINGING, now)
    services.claim_phone_call(call_taker, call_id=call.pk, now=now)
    DeskCall.objects.update(incident=northern_fire)

    mine, theirs = (desk(who).get("/phone-calls/").content.decode() for who in (call_taker, of_water))

    assert f'href="/incidents/{northern_fire.number}/"' in mine
    assert northern_fire.number not in theirs
    assert "not shown to you" in theirs


def test_a_press_that_takes_a_caller_off_the_list_is_undone(desk: Desk, call_taker: Actor, now: datetime) -> None:
    call = told(Kind.ABANDONED, now)
    seat = desk(call_taker)

    done = json.loads(seat.post(f"/phone-calls/{call.pk}/settle/", {"outcome": "NEEDLESS"})["HX-Trigger"])["done"]
    gone = seat.get("/phone-calls/").content.decode()
    seat.post(done["undo"]["url"])

    assert "Nobody waits to be called back." in gone
    assert "138****2201" in seat.get("/phone-calls/").content.decode()
