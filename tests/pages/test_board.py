"""The dispatch board and the crew's phone as pages: who sees what, what a press does, what it costs."""

import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from incidents import services as incidents
from incidents.services.common import Moment
from resources.handles import INDEX
from resources.models import Unit
from tests.conftest import a_report


@pytest.fixture(autouse=True)
def _fresh_index():
    INDEX.forget()


@pytest.fixture
def sent(dispatcher, northern_fire, engine_7, now):
    return incidents.dispatch_unit(dispatcher, incident_id=northern_fire.pk, unit_id=engine_7.pk, moment=Moment(at=now), now=now)


def test_what_waits_stands_with_what_it_is_short_of_and_moves_on_with_its_units(
    desk, dispatcher, northern_fire, sent, call_taker, building_fire, now
):
    waiting = incidents.report_incident(call_taker, report=a_report(building_fire, now, words="另一处"), now=now)

    page = desk(dispatcher).get("/dispatch/").content.decode()

    assert f'id="card-{waiting.pk}-assign"' in page and "Pump" in page
    assert f'id="card-{northern_fire.pk}-sent"' in page and f'id="card-{northern_fire.pk}-assign"' not in page


def test_cards_asked_for_alone_are_those_of_the_page_and_a_closed_incident_has_none(desk, dispatcher, northern_fire, sent, done, now):
    client = desk(dispatcher)
    one = client.get(f"/dispatch/cards?ids={northern_fire.pk}").content.decode().strip()
    assert one in client.get("/dispatch/").content.decode()

    incidents.advance_assignment(dispatcher, assignment_id=sent.pk, step="CLEARED", moment=Moment(at=now), now=now)
    finished = client.get(f"/dispatch/cards?ids={northern_fire.pk}").content.decode()
    assert f'id="card-{northern_fire.pk}-done"' in finished and "data-close-incident" in finished
    incidents.close_incident(dispatcher, incident_id=northern_fire.pk, disposition="done", at=now, now=now)

    assert client.get(f"/dispatch/cards?ids={northern_fire.pk}").content.decode().strip() == ""


def test_a_fire_chief_of_the_south_sees_neither_the_northern_card_nor_its_units(desk, fire_chief_south, northern_fire, sent):
    page = desk(fire_chief_south).get("/dispatch/").content.decode()

    assert northern_fire.number not in page and "E7" not in page


def test_what_is_on_hold_is_not_on_the_board(desk, dispatcher, northern_fire, now):
    incidents.hold_incident(dispatcher, incident_id=northern_fire.pk, reason="等待", review_on=timezone.localdate(now), now=now)

    assert northern_fire.number not in desk(dispatcher).get("/dispatch/").content.decode()


def test_twenty_incidents_cost_the_board_no_more_queries_than_two(desk, dispatcher, call_taker, building_fire, north, south, new_unit, now):
    client = desk(dispatcher)

    def another(number: int) -> None:
        incident = incidents.report_incident(call_taker, report=a_report(building_fire, now, words=f"{number}"), now=now)
        unit = new_unit(f"X{number}")
        incidents.dispatch_unit(dispatcher, incident_id=incident.pk, unit_id=unit.pk, moment=Moment(at=now), now=now)

    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get("/dispatch/cards").status_code == 200
        return len(queries)

    for number in range(2):
        another(number)
    cost()
    few = cost()
    for number in range(2, 20):
        another(number)

    assert cost() <= few <= 20


def test_the_unit_column_is_narrowed_by_initials_type_and_availability(desk, dispatcher, new_unit, engine_7, sent):
    new_unit("F01-1", name="中关村水罐1")
    client = desk(dispatcher)

    assert "F01-1" in client.get("/dispatch/units?q=zgc").content.decode()
    assert "E7" not in client.get("/dispatch/units?q=zgc").content.decode()
    assert 'id="unit-' in client.get(f"/dispatch/units?type={engine_7.type_id}").content.decode()
    assert ">E7<" not in client.get("/dispatch/units?free=1").content.decode()
    assert "1 of 2 available" in client.get("/dispatch/units").content.decode()


def test_for_a_chosen_incident_the_units_come_in_the_order_of_the_recommendation_with_reasons(desk, dispatcher, northern_fire, engine_7, engine_8):
    html = desk(dispatcher).get(f"/dispatch/units?incident={northern_fire.number}").content.decode()

    assert "min" in html and "can: Pump" in html and "first" in html


def test_one_press_for_several_units_tells_what_came_of_each_and_offers_the_way_back(desk, dispatcher, sent, engine_7, engine_8):
    client = desk(dispatcher)

    answer = client.post("/dispatch/say/", {"units": f"{engine_7.pk},{engine_8.pk}", "state": "ACKNOWLEDGED"})
    assert answer.status_code == 204
    told = answer.headers["HX-Trigger"]
    assert "E7: Acknowledged" in told and "E8 has no assignment" in told and "/dispatch/undo/" in told

    undone = client.post("/dispatch/undo/", {"steps": f"{sent.pk}.2"})
    assert undone.status_code == 204 and "E7 is Dispatched again" in undone.headers["HX-Trigger"]


def test_a_line_is_carried_out_and_one_that_lacks_something_says_so(desk, dispatcher, northern_fire, sent):
    client = desk(dispatcher)

    assert client.post("/command/", {"line": "s e7 os"}).status_code == 204
    lacking = client.post("/command/", {"line": "s e7"})
    assert lacking.status_code == 422 and b"which status" in lacking.content
    shown = client.post("/command/", {"line": f"d {northern_fire.number}"})
    assert f"/incidents/{northern_fire.number}/dispatch/" in shown.headers["HX-Trigger"]
    opened = client.post("/command/", {"line": northern_fire.number})
    assert f"/incidents/{northern_fire.number}/" in opened.headers["HX-Trigger"]


def test_the_chosen_incident_of_the_screen_is_what_a_line_is_about(desk, dispatcher, northern_fire, engine_8, water):
    client = desk(dispatcher)

    assert client.post("/command/", {"line": "d e8", "incident": str(northern_fire.pk)}).status_code == 204
    assert client.post("/command/", {"line": "o water 关阀 20min", "incident": str(northern_fire.pk)}).status_code == 204

    assert northern_fire.assignments.get().unit == engine_8
    assert northern_fire.tasks.get().title == "关阀"


def test_a_crew_sees_its_job_and_says_with_one_press_what_it_does(desk, crew, engine_7, sent, now):
    client = desk(crew)
    page = client.get(f"/crew/{engine_7.pk}/").content.decode()
    assert "Building fire" in page and "莲花池东路 12 号" in page and 'data-say="ACKNOWLEDGED"' in page

    at = (now + timedelta(seconds=5)).isoformat()
    answer = client.post(f"/crew/{engine_7.pk}/say/", {"state": "EN_ROUTE", "press": str(uuid.uuid4()), "at": at, "device_at": at})

    sent.refresh_from_db()
    assert answer.status_code == 200 and sent.step == "EN_ROUTE"
    assert sent.sources["EN_ROUTE"]["source"] == "BUTTON"


def test_a_press_that_waited_for_the_network_keeps_the_time_at_which_it_was_made(desk, crew, engine_7, dispatcher, northern_fire, now):
    began = now - timedelta(minutes=9)
    sent = incidents.dispatch_unit(dispatcher, incident_id=northern_fire.pk, unit_id=engine_7.pk, moment=Moment(at=began), now=now)
    pressed = now - timedelta(minutes=7)

    desk(crew).post(f"/crew/{engine_7.pk}/say/", {"state": "EN_ROUTE", "press": "a", "at": pressed.isoformat(), "device_at": "2020-01-01T00:00:00Z"})

    sent.refresh_from_db()
    assert sent.en_route_at == pressed
    assert sent.sources["EN_ROUTE"]["device_at"].startswith("2020-01-01")


def test_a_press_sent_twice_is_heard_once_even_after_the_room_has_dealt_with_it(desk, crew, dispatcher, engine_7, now):
    from resources import services as resources

    client = desk(crew)
    press = {"state": "DISTRESS", "press": "one-and-only"}
    client.post(f"/crew/{engine_7.pk}/say/", press)
    resources.end_distress(dispatcher, unit_id=engine_7.pk, now=now)

    again = client.post(f"/crew/{engine_7.pk}/say/", press)

    assert again.status_code == 200 and Unit.objects.get(pk=engine_7.pk).distress_at is None


def test_a_refused_press_says_why_and_says_the_same_again(desk, crew, engine_7, sent):
    client = desk(crew)
    client.post(f"/crew/{engine_7.pk}/say/", {"state": "ON_SCENE", "press": "1"})

    first = client.post(f"/crew/{engine_7.pk}/say/", {"state": "EN_ROUTE", "press": "2"})
    again = client.post(f"/crew/{engine_7.pk}/say/", {"state": "EN_ROUTE", "press": "2"})

    assert (first.status_code, again.status_code) == (409, 409)
    assert first.content == again.content and b"already" in first.content


def test_a_phone_opens_at_the_unit_it_spoke_for_last(desk, crew, engine_7, engine_8):
    client = desk(crew)
    assert client.get("/crew/").status_code == 200
    client.get(f"/crew/{engine_7.pk}/")

    assert client.get("/crew/")["Location"] == f"/crew/{engine_7.pk}/"
    found = client.get("/crew/?choose&q=e8").content.decode()
    assert "E8" in found and "E7" not in found


def test_a_crew_of_the_fire_department_does_not_speak_for_the_water_company(desk, crew, new_unit, water):
    truck = new_unit("W1", department=water, department_ids=[water.pk])

    assert desk(crew).get(f"/crew/{truck.pk}/").status_code == 404
    assert desk(crew).post(f"/crew/{truck.pk}/say/", {"state": "MEAL"}).status_code == 404
    assert "W1" not in desk(crew).get("/crew/?choose").content.decode()


def test_an_unchanged_page_of_a_crew_costs_a_304(desk, crew, engine_7, sent):
    client = desk(crew)
    first = client.get(f"/crew/{engine_7.pk}/now")

    assert client.get(f"/crew/{engine_7.pk}/now", headers={"If-None-Match": first["ETag"]}).status_code == 304
