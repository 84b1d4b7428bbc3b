"""People in the field call for help: it is an alarm on every console, never refused, and one call however often it is pressed."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings

from access.actors import Actor
from alerts import services as alerts
from alerts.models import Alarm, AlarmRule
from incidents import services
from incidents.models import HelpCall
from incidents.services.common import Moment
from incidents.services.help_calls import Cry
from journal.models import Entry
from kit.errors import Forbidden
from kit.geo import Position

HERE = Position(116.41, 39.96)


@pytest.fixture(autouse=True)
def rules(db):
    """The rules as a new city has them, whatever a test before has emptied."""
    for path in ("defaults.json", "defaults_help.json"):
        for row in json.loads((Path(settings.BASE_DIR) / "alerts" / path).read_text(encoding="utf-8")):
            AlarmRule.objects.get_or_create(code=row.pop("code"), defaults={key: value for key, value in row.items() if key != "suppressed_by"})


def look(now):
    return alerts.look_around(Actor.system("watch"), now=now, took_ms=0)


def call(actor, now, **values):
    cry = Cry(**{"kind": "EMERGENCY", **values})
    return services.call_for_help(actor, cry=cry, moment=Moment(at=now, device_at=now - timedelta(minutes=10), position=HERE, accuracy=8.25), now=now)


def test_a_liaisons_emergency_call_is_an_alarm_of_level_1_until_a_dispatcher_has_dealt_with_it(liaison, dispatcher, call_taker, water, now):
    made = call(liaison, now, words="  被困，水在涨 ")
    look(now)

    alarm = Alarm.objects.live().get(help_call=made)
    assert (alarm.level, alarm.state, made.words, made.told["accuracy"]) == (1, "UNACKED", "被困，水在涨", 8.2)
    assert made.told["device_at"] < made.told["server_at"]
    assert Entry.objects.filter(name="incidents.help_called", about__contains=[f"helpcall:{made.pk}"]).exists()

    with pytest.raises(Forbidden):
        services.end_help_call(call_taker, call_id=made.pk, now=now)
    services.end_help_call(dispatcher, call_id=made.pk, now=now)
    look(now + timedelta(seconds=2))
    alarm.refresh_from_db()
    assert alarm.state == "RETURNED"


def test_everybody_who_looks_after_the_place_hears_it_whatever_the_department(liaison, fire_chief_north, fire_chief_south, now):
    made = call(liaison, now)

    from incidents import selectors

    assert list(selectors.help_calls(fire_chief_north)) == [made]
    assert list(selectors.help_calls(fire_chief_south)) == []


def test_a_second_press_is_the_same_call_with_the_newer_place(liaison, now):
    first = call(liaison, now)
    services.call_for_help(liaison, cry=Cry(kind="EMERGENCY"), moment=Moment(at=now, position=Position(116.42, 39.97)), now=now)

    again = HelpCall.objects.get()
    assert (again.pk, again.point.x) == (first.pk, 116.42)


def test_a_call_pressed_two_days_ago_without_a_link_is_still_heard(liaison, now):
    cry = Cry(kind="EMERGENCY")
    made = services.call_for_help(liaison, cry=cry, moment=Moment(at=now - timedelta(days=2)), now=now)
    look(now)

    assert made.late_seconds > 86_400
    assert Alarm.objects.live().filter(help_call=made).exists()


def test_a_crews_call_is_its_units_emergency_call_and_ends_with_it(crew, dispatcher, new_unit, now):
    from incidents.handlers import end_calls_of_unit
    from resources import services as resources

    engine = new_unit("E7")
    made = call(crew, now, unit_id=engine.pk)
    engine.refresh_from_db()
    look(now)
    assert engine.distress_at is not None
    assert [(each.unit_id, each.help_call_id) for each in Alarm.objects.live()] == [(engine.pk, None)]

    resources.end_distress(dispatcher, unit_id=engine.pk, now=now + timedelta(seconds=1))
    end_calls_of_unit(Entry.objects.get(name="resources.distress_ended"))
    made.refresh_from_db()
    assert made.ended_at is not None


def test_support_is_an_alarm_of_level_2_about_the_incident(liaison, dispatcher, northern_fire, water, now):
    from incidents.services.work import NewTask

    services.issue_task(dispatcher, incident_id=northern_fire.pk, task=NewTask(title="关阀", department_id=water.pk), now=now)
    made = call(liaison, now, kind="SUPPORT", words="需要两台水泵", incident_number=northern_fire.number)
    look(now)

    alarm = Alarm.objects.live().get(help_call=made)
    assert (alarm.level, alarm.incident_id) == (2, northern_fire.pk)


def test_who_may_not_call_is_refused_and_a_caller_may_take_it_back(liaison, auditor, now):
    with pytest.raises(Forbidden):
        call(auditor, now)

    made = call(liaison, now)
    ended = services.end_help_call(liaison, call_id=made.pk, now=now)
    assert HelpCall.objects.open().count() == 0
    assert ended.ended_by == "Liaison"


def test_what_a_device_tells_later_keeps_both_clocks_and_its_place(liaison, dispatcher, northern_fire, water, now):
    from incidents.services.work import NewTask

    task = services.issue_task(
        dispatcher, incident_id=northern_fire.pk, task=NewTask(title="关阀", department_id=water.pk), now=now - timedelta(hours=1)
    )
    captured = Moment(at=now - timedelta(minutes=30), source="BUTTON", device_at=now + timedelta(hours=3), position=HERE, accuracy=5)

    note = services.report_note(liaison, incident_id=northern_fire.pk, words="阀门已关", moment=captured, now=now)
    for _twice in range(2):
        task = services.report_task(liaison, task_id=task.pk, state="DONE", reason="", moment=captured, now=now)

    assert (note.written_at, note.heard_at, note.device_at, note.lon_lat) == (captured.at, now, captured.device_at, [116.41, 39.96])
    assert (task.done_at, task.sources["DONE"]["point"]) == (captured.at, [116.41, 39.96])
    assert Entry.objects.filter(name="incidents.task_advanced").count() == 1
