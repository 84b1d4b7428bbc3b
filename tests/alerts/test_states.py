"""The life of an alarm, by ISA-18.2: raised, acknowledged, returned, again, over; never twice."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from alerts import services as alerts
from alerts.models import Alarm
from incidents import services as incidents
from incidents.services.common import Moment
from journal.models import Entry
from kit.errors import Forbidden, NotFound
from tests.alerts.conftest import alarms


def after(now, seconds):
    return now + timedelta(seconds=seconds)


def acknowledged_by_crew(dispatcher, sent, at):
    incidents.advance_assignment(dispatcher, assignment_id=sent.pk, step="ACKNOWLEDGED", moment=Moment(at=at), now=at)


def test_a_crew_that_does_not_answer_for_a_minute_raises_one_alarm(look, sent, now):
    look(after(now, 59))
    assert alarms("not-acknowledged") == []

    look(after(now, 60))
    look(after(now, 62))

    (alarm,) = alarms("not-acknowledged")
    assert (alarm.state, alarm.level, alarm.times) == ("UNACKED", 3, 1)
    assert (alarm.due_at, alarm.unit_id, alarm.incident_id) == (after(now, 60), sent.unit_id, sent.incident_id)
    assert Entry.objects.filter(name="alerts.alarm_raised", about__contains=[f"alarm:{alarm.pk}"]).count() == 1


def test_an_alarm_somebody_answered_ends_when_its_cause_goes(look, sent, dispatcher, now):
    look(after(now, 61))
    (alarm,) = alarms("not-acknowledged")

    alerts.acknowledge_alarms(dispatcher, alarm_ids=[alarm.pk], now=after(now, 65))
    assert alarms("not-acknowledged")[0].state == "ACKED"
    acknowledged_by_crew(dispatcher, sent, after(now, 70))
    look(after(now, 71))

    alarm.refresh_from_db()
    assert (alarm.state, alarm.ended_at, alarm.acknowledged_by) == ("ENDED", after(now, 71), dispatcher.label)


def test_an_alarm_whose_cause_goes_before_anybody_answered_waits_for_an_answer(look, sent, dispatcher, now):
    look(after(now, 61))
    acknowledged_by_crew(dispatcher, sent, after(now, 63))

    look(after(now, 64))
    (alarm,) = alarms("not-acknowledged")
    assert alarm.state == "RETURNED"
    alerts.acknowledge_alarms(dispatcher, alarm_ids=[alarm.pk], now=after(now, 66))

    alarm.refresh_from_db()
    assert alarm.state == "ENDED"


def test_acknowledging_twice_tells_it_once(look, sent, dispatcher, supervisor, now):
    look(after(now, 61))
    (alarm,) = alarms("not-acknowledged")

    first = alerts.acknowledge_alarms(dispatcher, alarm_ids=[alarm.pk], now=after(now, 65))
    second = alerts.acknowledge_alarms(supervisor, alarm_ids=[alarm.pk], now=after(now, 66))

    assert (len(first), len(second)) == (1, 0)
    assert Entry.objects.filter(name="alerts.alarm_acknowledged").count() == 1


def test_a_shelved_alarm_comes_back_when_its_time_is_over_and_its_cause_stands(look, sent, dispatcher, now):
    look(after(now, 61))
    (alarm,) = alarms("not-acknowledged")

    alerts.shelve_alarm(dispatcher, alarm_id=alarm.pk, reason="无线电检修", seconds=600, now=after(now, 65))
    look(after(now, 300))
    assert alarms("not-acknowledged")[0].state == "SHELVED"
    look(after(now, 665))

    alarm.refresh_from_db()
    assert (alarm.state, alarm.raised_at) == ("UNACKED", after(now, 665))
    assert Entry.objects.filter(name="alerts.alarm_unshelved").count() == 1


def test_a_shelved_alarm_whose_cause_has_gone_ends_with_its_time(look, sent, dispatcher, now):
    look(after(now, 61))
    (alarm,) = alarms("not-acknowledged")
    alerts.shelve_alarm(dispatcher, alarm_id=alarm.pk, reason="无线电检修", seconds=600, now=after(now, 65))

    acknowledged_by_crew(dispatcher, sent, after(now, 70))
    look(after(now, 71))
    look(after(now, 665))

    alarm.refresh_from_db()
    assert alarm.state == "ENDED"


@pytest.mark.parametrize("seconds", [0, 59, 8 * 3600 + 1])
def test_nobody_shelves_for_longer_than_eight_hours_or_less_than_a_minute(look, sent, dispatcher, now, seconds):
    look(after(now, 61))

    with pytest.raises(alerts.ShelfTooLong):
        alerts.shelve_alarm(dispatcher, alarm_id=alarms()[0].pk, reason="检修", seconds=seconds, now=after(now, 65))


def test_a_dispatcher_does_not_shelve_an_emergency_call_and_a_supervisor_may(look, dispatcher, supervisor, engine_7, now):
    engine_7.distress_at = now
    engine_7.save()
    look(after(now, 1))
    (alarm,) = alarms("distress")

    with pytest.raises(alerts.GravestIsNotShelved):
        alerts.shelve_alarm(dispatcher, alarm_id=alarm.pk, reason="误触", seconds=600, now=after(now, 5))

    assert alerts.shelve_alarm(supervisor, alarm_id=alarm.pk, reason="误触", seconds=600, now=after(now, 5)).state == "SHELVED"


def test_the_database_itself_refuses_the_same_alarm_twice(look, sent, now):
    look(after(now, 61))
    (alarm,) = alarms("not-acknowledged")
    alarm.pk = None

    with pytest.raises(IntegrityError), transaction.atomic():
        alarm.save(force_insert=True)


def test_an_unanswered_emergency_call_goes_to_the_supervisor_after_a_minute_once(look, engine_7, now):
    engine_7.distress_at = now
    engine_7.save()

    for second in (1, 60, 61, 62, 63):
        look(after(now, second))

    (alarm,) = alarms("distress")
    assert alarm.escalated_at == after(now, 61)
    assert Entry.objects.filter(name="alerts.alarm_escalated").count() == 1


def test_what_follows_from_another_alarm_is_kept_back_until_that_one_is_answered_by_the_crew(look, sent, dispatcher, now):
    look(after(now, 121))
    (kept,) = alarms("not-en-route")
    assert kept.state == "SUPPRESSED"

    acknowledged_by_crew(dispatcher, sent, after(now, 130))
    look(after(now, 131))

    kept.refresh_from_db()
    assert (kept.state, kept.raised_at) == ("UNACKED", after(now, 131))


def test_an_outsider_cannot_acknowledge_what_she_may_not_know_of(look, sent, fire_chief_south, call_taker, now):
    look(after(now, 61))
    (alarm,) = alarms("not-acknowledged")

    with pytest.raises(NotFound):
        alerts.acknowledge_alarms(fire_chief_south, alarm_ids=[alarm.pk], now=after(now, 65))
    with pytest.raises(Forbidden):
        alerts.acknowledge_alarms(call_taker, alarm_ids=[alarm.pk], now=after(now, 65))


def test_what_fell_due_days_ago_is_no_alarm(look, call_taker, building_fire, north, south, now):
    from tests.conftest import a_report

    building_fire.dispatch_seconds = 60
    building_fire.save()
    incidents.report_incident(call_taker, report=a_report(building_fire, now), now=now)

    look(now + timedelta(days=3))

    assert Alarm.objects.count() == 0
