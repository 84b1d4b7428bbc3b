"""A second caller of something known: the form shows it, one press adds the call, and one press takes it out again."""

import json

import pytest

from incidents import services as incidents
from tests.conftest import NORTH_POINT, a_report
from tests.files import material

HX = {"HX-Request": "true"}


@pytest.fixture
def heard(building_fire, now) -> dict[str, str]:
    """What the call-taker has typed so far."""
    return {
        "type": str(building_fire.pk), "place": "莲花池东路 12 号院", "words": "二楼冒烟，有人喊救命", "lon": str(NORTH_POINT.lon), "lat": "39.9505",
        "caller_name": "李先生", "caller_phone": "13900001234", "received_at": now.isoformat(),
    }  # fmt: skip


def said(answer) -> dict:
    return json.loads(answer["HX-Trigger"])["done"]


def test_a_call_taker_sees_what_the_call_may_be_about_with_distance_age_words_and_picture(
    desk, call_taker, northern_fire, heard, now, settings, tmp_path
):
    settings.MEDIA_ROOT = tmp_path
    picture = incidents.attach_file(call_taker, incident_id=northern_fire.pk, name="a.png", content=material.picture("PNG"), now=now)

    shown = desk(call_taker).post("/incidents/new/same/", heard, headers=HX).content.decode()

    assert 'data-candidate="1"' in shown and northern_fire.number in shown and "二楼冒烟" in shown
    assert "56 m" in shown and "data-since" in shown and "same type" in shown and "300 m · 30 min" in shown
    assert f'src="/files/{picture.file.key}/thumbnail/"' in shown


def test_a_call_taker_is_told_when_nothing_like_it_is_open(desk, call_taker, northern_fire, heard):
    shown = desk(call_taker).post("/incidents/new/same/", heard | {"lon": "116.5"}, headers=HX).content.decode()
    silent = desk(call_taker).post("/incidents/new/same/", {"words": "?"}, headers=HX).content.decode()

    assert "none open" in shown
    assert silent.strip() == ""


def test_a_form_half_filled_with_nonsense_still_answers(desk, call_taker, northern_fire, heard):
    answer = desk(call_taker).post("/incidents/new/same/", heard | {"type": "x", "lon": "999", "received_at": "yesterday"}, headers=HX)

    assert answer.status_code == 200


def test_a_call_is_added_with_everything_said_and_its_caller_kept(desk, call_taker, northern_fire, heard):
    answer = desk(call_taker).post(f"/incidents/{northern_fire.number}/calls/", heard, headers=HX)

    report = northern_fire.reports.get(caller_name="李先生")
    assert said(answer)["choose"] == northern_fire.pk
    assert (report.words, report.place_words, report.caller_phone) == ("二楼冒烟，有人喊救命".replace(",", "，"), "莲花池东路 12 号院", "13900001234")
    assert (round(report.point.y, 4), report.source) == (39.9505, "PHONE")
    assert {each.caller_name for each in northern_fire.reports.all()} == {"张女士", "李先生"}


def test_a_press_whose_answer_was_lost_adds_the_call_once(desk, call_taker, northern_fire, heard):
    client = desk(call_taker)

    first = client.post(f"/incidents/{northern_fire.number}/calls/", heard, headers=HX)
    again = client.post(f"/incidents/{northern_fire.number}/calls/", heard, headers=HX)

    assert (first.status_code, again.status_code, northern_fire.reports.count()) == (204, 204, 2)


def test_a_call_for_what_was_closed_meanwhile_is_refused_in_words_and_the_form_stays(desk, call_taker, dispatcher, northern_fire, heard, now):
    incidents.cancel_incident(dispatcher, incident_id=northern_fire.pk, reason="误报", now=now)

    answer = desk(call_taker).post(f"/incidents/{northern_fire.number}/calls/", heard, headers=HX)

    assert answer.status_code == 409 and northern_fire.number in answer.content.decode()
    assert "HX-Trigger" not in answer and northern_fire.reports.count() == 1


def test_undo_makes_the_call_an_incident_of_its_own_and_undoing_that_puts_it_back(desk, call_taker, northern_fire, heard):
    client = desk(call_taker)
    undo = said(client.post(f"/incidents/{northern_fire.number}/calls/", heard, headers=HX))["undo"]

    split = said(client.post(undo["url"], undo["values"], headers=HX))
    own = northern_fire.__class__.objects.get(pk=split["choose"])
    apart = northern_fire.reports.count(), own.reports.get().caller_name, own.status
    back = client.post(split["undo"]["url"], split["undo"]["values"], headers=HX)

    assert apart == (1, "李先生", "NEW") and own.summary == "二楼冒烟，有人喊救命"
    assert back.status_code == 204 and northern_fire.reports.count() == 2


def test_a_dispatcher_may_take_any_report_but_the_only_one_out_on_the_incidents_page(desk, dispatcher, call_taker, building_fire, northern_fire, now):
    client, page = desk(dispatcher), f"/incidents/{northern_fire.number}/"
    alone = client.get(page).content.decode()

    report = incidents.attach_report(call_taker, incident_id=northern_fire.pk, report=a_report(building_fire, now, caller_name="李先生"), now=now)

    assert "/split/" not in alone
    assert f"/reports/{report.pk}/split/" in client.get(page).content.decode()
