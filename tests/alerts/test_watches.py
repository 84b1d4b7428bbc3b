"""What each rule watches: when its alarm comes, and when it does not."""

from datetime import timedelta

import pytest
from django.utils import timezone

from alerts import services as alerts
from incidents import services as incidents
from incidents.models import Assignment, Incident
from incidents.services.common import Moment
from incidents.services.work import NewTask
from resources.models import Unit, UnitPosition
from resources.models.positions import TrackPoint
from tests.alerts.conftest import alarms
from tests.conftest import a_report


def after(now, seconds):
    return now + timedelta(seconds=seconds)


def step(actor, sent, name, at):
    return incidents.advance_assignment(actor, assignment_id=sent.pk, step=name, moment=Moment(at=at), now=at)


def fix(unit, at, lon=116.40, lat=39.95, **more):
    values = {"at": at, "received_at": at, "lon": lon, "lat": lat, "interval_seconds": 5.0}
    UnitPosition.objects.update_or_create(unit=unit, defaults=values | more)
    TrackPoint.objects.create(unit_id=unit.pk, at=at, received_at=at, lon=lon, lat=lat)


def test_a_new_incident_nobody_takes_on_for_a_minute(look, northern_fire, dispatcher, now):
    look(after(now, 61))
    assert [each.state for each in alarms("not-taken-on")] == ["UNACKED"]

    incidents.start_triage(dispatcher, incident_id=northern_fire.pk, now=after(now, 62))
    look(after(now, 63))
    assert [each.state for each in alarms("not-taken-on")] == ["RETURNED"]


def test_an_incident_without_a_unit_after_the_clock_of_its_type(look, northern_fire, building_fire, now):
    look(after(now, 600))
    assert alarms("not-assigned") == []

    building_fire.dispatch_seconds = 90
    building_fire.save()
    look(after(now, 601))
    assert [(each.level, each.due_at) for each in alarms("not-assigned")] == [(2, after(now, 90))]


def test_an_ordinary_pipe_is_not_for_a_rule_about_graver_things(look, southern_pipe, burst_pipe, now):
    burst_pipe.dispatch_seconds = 60
    burst_pipe.save()

    look(after(now, 601))

    assert alarms("not-assigned") == []


def test_a_rule_for_one_type_leaves_the_others_alone(look, rules, sent, burst_pipe, now):
    rules["not-acknowledged"].types.set([burst_pipe])

    look(after(now, 90))

    assert alarms("not-acknowledged") == []


def test_a_unit_en_route_that_stands_still_and_one_that_drives(look, sent, dispatcher, engine_7, now):
    step(dispatcher, sent, "EN_ROUTE", after(now, 5))
    for second in range(0, 200, 10):
        fix(engine_7, after(now, second))
    look(after(now, 126))
    assert [each.unit_id for each in alarms("not-moving")] == [engine_7.pk]

    fix(engine_7, after(now, 200), lon=116.42)
    look(after(now, 201))
    assert alarms("not-moving")[0].is_standing  # it must drive for ten seconds before we believe it
    look(after(now, 212))
    assert alarms("not-moving")[0].state == "RETURNED"


def test_a_unit_without_a_track_is_not_said_to_stand_still(look, sent, dispatcher, now):
    step(dispatcher, sent, "EN_ROUTE", after(now, 5))

    look(after(now, 300))

    assert alarms("not-moving") == []


def test_contact_with_an_assigned_unit_is_lost_and_regained(look, sent, engine_7, engine_8, now):
    for unit in (engine_7, engine_8):
        fix(unit, now, lost_at=after(now, 20))
    look(after(now, 21))
    assert [each.unit_id for each in alarms("lost-contact")] == [engine_7.pk]  # engine 8 is not assigned

    UnitPosition.objects.filter(unit=engine_7).update(lost_at=None)
    look(after(now, 22))
    look(after(now, 23))
    assert alarms("lost-contact")[0].state == "UNACKED"
    look(after(now, 33))
    assert alarms("lost-contact")[0].state == "RETURNED"


def test_contact_lost_again_before_anybody_answered_is_the_same_alarm_announced_again(look, sent, engine_7, now):
    fix(engine_7, now, lost_at=after(now, 20))
    look(after(now, 21))
    UnitPosition.objects.filter(unit=engine_7).update(lost_at=None)
    look(after(now, 22))
    look(after(now, 33))
    UnitPosition.objects.filter(unit=engine_7).update(lost_at=after(now, 40))
    look(after(now, 41))

    (alarm,) = alarms("lost-contact")
    assert (alarm.state, alarm.times, alarm.raised_at) == ("UNACKED", 2, after(now, 41))


def test_a_crew_on_scene_is_asked_every_twenty_minutes(look, sent, dispatcher, now):
    step(dispatcher, sent, "ON_SCENE", after(now, 60))
    look(after(now, 1259))
    assert alarms("welfare-due") == []
    look(after(now, 1260))
    (alarm,) = alarms("welfare-due")
    alerts.acknowledge_alarms(dispatcher, alarm_ids=[alarm.pk], now=after(now, 1262))

    alerts.confirm_welfare(dispatcher, assignment_id=sent.pk, now=after(now, 1270))
    look(after(now, 1271))
    assert alarms("welfare-due") == []
    look(after(now, 2470))
    assert [each.due_at for each in alarms("welfare-due")] == [after(now, 2470)]


def test_nobody_is_well_who_is_not_there(sent, dispatcher, now):
    with pytest.raises(alerts.NotOnScene):
        alerts.confirm_welfare(dispatcher, assignment_id=sent.pk, now=now)


def test_a_crew_two_hours_on_scene(look, sent, dispatcher, now):
    step(dispatcher, sent, "ON_SCENE", now)

    look(after(now, 7201))

    assert [each.level for each in alarms("on-scene-long")] == [4]


def test_a_task_past_its_time_and_done_late(look, northern_fire, dispatcher, fire, now):
    task = incidents.issue_task(dispatcher, incident_id=northern_fire.pk, task=NewTask("关阀", fire.pk, due_at=after(now, 60)), now=now)
    look(after(now, 61))
    assert [each.subject for each in alarms("task-overdue")] == [f"task:{task.pk}"]

    for state in ("ACKNOWLEDGED", "IN_PROGRESS", "DONE"):
        incidents.advance_task(dispatcher, task_id=task.pk, state=state, reason="", now=after(now, 70))
    look(after(now, 71))
    assert [each.state for each in alarms("task-overdue")] == ["RETURNED"]


def test_a_resolved_incident_nobody_verifies(look, northern_fire, now):
    Incident.objects.filter(pk=northern_fire.pk).update(status="RESOLVED", resolved_at=now)

    look(after(now, 3601))

    assert len(alarms("not-verified")) == 1


def test_a_held_incident_past_its_review_day(look, northern_fire, now):
    Incident.objects.filter(pk=northern_fire.pk).update(status="HELD", review_on=timezone.localdate(now) - timedelta(days=1))

    look(now)

    assert len(alarms("review-due")) == 1


def test_the_crew_of_a_stacked_job_has_its_minute_from_when_it_takes_it_up(look, sent, dispatcher, call_taker, building_fire, now):
    other = incidents.report_incident(call_taker, report=a_report(building_fire, now), now=now)
    incidents.stack_unit(dispatcher, incident_id=other.pk, unit_id=sent.unit_id, moment=Moment(at=now), now=now)
    step(dispatcher, sent, "ON_SCENE", after(now, 30))

    look(after(now, 300))
    assert alarms("not-acknowledged") == []
    step(dispatcher, sent, "CLEARED", after(now, 400))
    look(after(now, 459))
    assert alarms("not-acknowledged") == []
    look(after(now, 461))
    second = Assignment.objects.get(incident=other)
    assert [each.subject for each in alarms("not-acknowledged")] == [f"assignment:{second.pk}"]


def test_a_distress_call_shows_to_those_of_the_incident_too(look, sent, engine_7, water, now):
    Incident.objects.filter(pk=sent.incident_id).update(department_ids=[engine_7.department_id, water.pk])
    Unit.objects.filter(pk=engine_7.pk).update(distress_at=now)

    look(after(now, 1))

    (alarm,) = alarms("distress")
    assert (alarm.level, alarm.incident_id, set(alarm.department_ids)) == (1, sent.incident_id, {engine_7.department_id, water.pk})


def test_an_alarm_goes_with_its_incident_to_another_department(look, sent, water, now):
    look(after(now, 61))
    Incident.objects.filter(pk=sent.incident_id).update(department=water, department_ids=[water.pk])

    look(after(now, 62))

    assert alarms("not-acknowledged")[0].department_ids == [water.pk]
