"""The form for calls as a person wants it, what follows its end, and what is told in confidence."""

import json
from uuid import uuid4

import pytest

from incidents import services
from incidents.models import Incident, Report
from tests.conftest import a_report

HX = {"HX-Request": "true"}
WORDS = "邻居在家里藏了几十个煤气罐"


@pytest.fixture
def said(building_fire, north, now) -> dict[str, str]:
    return {
        "call": str(uuid4()), "type": str(building_fire.pk), "place": "东路 1 号", "lon": "116.4", "lat": "39.95", "words": WORDS,
        "caller_name": "王女士", "caller_phone": "13800002201", "received_at": now.isoformat(),
    }  # fmt: skip


def done(answer) -> dict:
    return json.loads(answer["HX-Trigger"])["done"]


def test_the_recommendation_follows_the_call_of_somebody_who_may_send_units(desk, dispatcher, said):
    answer = done(desk(dispatcher).post("/incidents/new/", said | {"advice": "1"}, headers=HX))

    assert answer["dialog"] == f"/incidents/{Incident.objects.get().number}/dispatch/"


def test_nothing_follows_a_call_that_was_only_saved_or_whose_taker_sends_nobody(desk, dispatcher, call_taker, said):
    saved = done(desk(dispatcher).post("/incidents/new/", said, headers=HX))
    taken = done(desk(call_taker).post("/incidents/new/", said | {"advice": "1", "call": str(uuid4())}, headers=HX))

    assert "dialog" not in saved and "dialog" not in taken


def test_a_person_who_wants_the_words_first_finds_them_first_on_every_desk(desk, call_taker, dispatcher):
    client = desk(call_taker)

    shown = client.post("/intake/order/", {"words_first": "1"}, headers=HX).content.decode()

    assert shown.index('aria-pressed="true">Words first') > 0
    mine, theirs = (each.get("/incidents/new/", headers=HX).content.decode() for each in (desk(call_taker), desk(dispatcher)))
    assert mine.index('id="call-words"') < mine.index('id="call-type"') and 'maxlength="5000" data-focus' in mine
    assert theirs.index('id="call-type"') < theirs.index('id="call-words"')
    assert "/intake/order/" in client.get("/profile/").content.decode()
    client.post("/intake/order/", {"words_first": "0"}, headers=HX)
    again = client.get("/incidents/new/", headers=HX).content.decode()
    assert again.index('id="call-type"') < again.index('id="call-words"')


def test_the_boxes_of_a_call_reach_its_report(desk, call_taker, said):
    desk(call_taker).post("/incidents/new/", said | {"is_confidential": "on", "is_at_place": "on", "language": "en"}, headers=HX)

    report = Report.objects.get()
    assert (report.is_confidential, report.is_at_place, report.language) == (True, True, "en")


def test_no_page_shows_words_told_in_confidence_until_somebody_who_may_asks_for_them(desk, dispatcher, call_taker, building_fire, north, now):
    confided = services.report_incident(
        call_taker, report=a_report(building_fire, now, words=WORDS, caller_name="王女士", caller_phone="13800002201", is_confidential=True), now=now
    )
    number = confided.number
    client = desk(dispatcher)

    for path in (f"/incidents/{number}/", f"/incidents/{number}/panel/", "/incidents/", "/incidents/export.csv",
                 "/incidents/export.geojson", "/ops/", "/dispatch/", f"/incidents/{number}/edit/", f"/api/v1/incidents/{number}/",
                 f"/api/v1/incidents/{number}/timeline/", f"/api/v1/incidents/{number}/reports/", "/api/v1/incidents/"):  # fmt: skip
        shown = b"".join(client.get(path, headers=HX if "edit" in path else {})).decode()
        assert "煤气罐" not in shown, path
        assert "王女士" not in shown and "2201" not in shown, path
    assert number not in client.get("/incidents/?q=煤气罐").content.decode()
    page = client.get(f"/incidents/{number}/").content.decode()
    assert "Read what was told in confidence" in page
    assert "Read what was told in confidence" not in desk(call_taker).get(f"/incidents/{number}/").content.decode()

    read = client.post(f"/incidents/{number}/confidential/", headers=HX).content.decode()

    assert WORDS in read and "王女士" in read and "13800002201" in read
    assert "read what was told in confidence" in client.get(f"/incidents/{number}/").content.decode()
