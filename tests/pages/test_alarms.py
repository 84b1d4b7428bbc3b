"""The strip and the list of alarms as operators see them, and what comes of their presses."""

import json
from datetime import timedelta

import pytest

from alerts.models import Alarm
from incidents import services as incidents
from incidents.models import Assignment
from incidents.services.common import Moment
from resources.models import Unit
from tests.alerts.conftest import look, rules, sent  # noqa: F401  (fixtures)


@pytest.fixture
def unanswered(look, sent, now) -> Alarm:  # noqa: F811
    """The crew of engine 7 has not acknowledged for a minute."""
    then = now - timedelta(seconds=61)
    Assignment.objects.filter(pk=sent.pk).update(dispatched_at=then)
    Unit.objects.filter(pk=sent.unit_id).update(status_at=then)
    look(now)
    return Alarm.objects.get(rule__code="not-acknowledged")


def test_the_strip_names_the_unit_what_to_do_and_the_key(desk, dispatcher, unanswered):
    page = desk(dispatcher).get("/ops/").content.decode()

    assert "Dispatch not acknowledged" in page and "E7" in page and "Call the crew by radio or phone" in page
    assert 'data-key="acknowledge"' in page and f'data-sounding="{unanswered.pk}:3 ' in page
    assert "Flood: no" in page and "1 in 10 min" in page


def test_a_call_taker_sees_the_alarm_and_is_not_asked_to_answer(desk, call_taker, unanswered):
    strip = desk(call_taker).get("/alarms/strip/").content.decode()

    assert "Dispatch not acknowledged" in strip and "data-alarm-answer" not in strip


def test_the_south_is_not_troubled_by_an_alarm_of_the_north(desk, fire_chief_south, unanswered):
    assert "Dispatch not acknowledged" not in desk(fire_chief_south).get("/alarms/strip/").content.decode()


def test_one_press_acknowledges_and_says_so(desk, dispatcher, unanswered):
    answer = desk(dispatcher).post("/alarms/acknowledge/", {"ids": str(unanswered.pk)})

    unanswered.refresh_from_db()
    assert (answer.status_code, unanswered.state) == (204, "ACKED")
    assert "Acknowledged: Dispatch not acknowledged" in answer["HX-Trigger"]


def test_an_unchanged_strip_costs_a_304(desk, dispatcher, unanswered):
    client = desk(dispatcher)
    first = client.get("/alarms/strip/")

    again = client.get("/alarms/strip/", headers={"If-None-Match": first["ETag"]})
    client.post("/alarms/acknowledge/", {"ids": str(unanswered.pk)})
    changed = client.get("/alarms/strip/", headers={"If-None-Match": first["ETag"]})

    assert (first.status_code, again.status_code, changed.status_code) == (200, 304, 200)


def test_shelving_asks_for_a_reason_and_a_time(desk, dispatcher, unanswered):
    client = desk(dispatcher)

    assert "30 min" in client.get(f"/alarms/{unanswered.pk}/shelve/").content.decode()
    assert client.post(f"/alarms/{unanswered.pk}/shelve/", {"seconds": "1800", "reason": ""}).status_code == 422
    assert client.post(f"/alarms/{unanswered.pk}/shelve/", {"seconds": "1800", "reason": "检修"}).status_code == 204
    assert "检修" in client.get("/alarms/?show=shelved").content.decode()


def test_an_alarm_shelved_by_a_slip_sounds_again_by_one_key(desk, dispatcher, unanswered):
    client = desk(dispatcher)

    shelved = client.post(f"/alarms/{unanswered.pk}/shelve/", {"seconds": "28800", "reason": "检修"})
    undo = json.loads(shelved["HX-Trigger"])["done"]["undo"]
    client.post(undo["url"])

    unanswered.refresh_from_db()
    assert unanswered.state == "UNACKED"


def test_a_watch_that_stands_still_is_said(desk, dispatcher, unanswered):
    from alerts.models import Pulse

    Pulse.objects.update(at=unanswered.raised_at - timedelta(minutes=2))

    assert "The watch stands still" in desk(dispatcher).get("/alarms/strip/").content.decode()


def test_a_crew_on_scene_is_asked_whether_it_is_well_from_the_alarm(desk, dispatcher, look, sent, now):  # noqa: F811
    incidents.advance_assignment(dispatcher, assignment_id=sent.pk, step="ON_SCENE", moment=Moment(at=now), now=now)
    Assignment.objects.filter(pk=sent.pk).update(on_scene_at=now - timedelta(seconds=1201))
    look(now)
    alarm = Alarm.objects.get(rule__code="welfare-due")

    client = desk(dispatcher)
    assert "Is well" in client.get(f"/alarms/{alarm.pk}/").content.decode()
    said = client.post(f"/alarms/welfare/{sent.pk}/", {"alarm": alarm.pk})
    assert said.status_code == 204
    assert json.loads(said["HX-Trigger"])["done"]["dialog"] == f"/alarms/{alarm.pk}/", "the next crew is asked from the same list"
    look(now + timedelta(seconds=2))

    alarm.refresh_from_db()
    assert alarm.state == "RETURNED"


def test_several_alarms_are_acknowledged_at_once_and_each_line_says_what_came_of_it(desk, dispatcher, supervisor, unanswered, engine_8, now):
    other = Alarm.objects.get(pk=unanswered.pk)
    other.pk, other.unit_id, other.subject = None, engine_8.pk, f"{other.subject}:other"
    other.save()
    page = desk(dispatcher).get("/alarms/").content.decode()
    assert page.count('name="number"') == 2 and 'data-key="together"' in page
    desk(supervisor).post("/alarms/acknowledge/", {"ids": str(other.pk)})

    told = desk(dispatcher).post("/alarms/together/", {"number": [unanswered.pk, other.pk, 4711]}, headers={"HX-Request": "true"}).content.decode()

    assert "1 acknowledged, 2 not." in told
    assert "✓ Acknowledged" in told and "Supervisor acknowledged it at" in told and "There is no such alarm." in told
    unanswered.refresh_from_db()
    assert (unanswered.state, unanswered.acknowledged_by) == ("ACKED", "Dispatcher")


def test_an_alarm_that_was_acknowledged_is_called_so_and_not_an_order_that_was_accepted(desk, dispatcher, unanswered):
    client = desk(dispatcher)
    Alarm.objects.filter(pk=unanswered.pk).update(state="ACKED")

    page = client.get("/alarms/", headers={"Accept-Language": "zh-Hans"}).content.decode()

    assert "已确认" in page and "已接令" not in page
