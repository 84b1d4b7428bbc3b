"""When alarms are a flood, and what an operator sees of one."""

from datetime import UTC, datetime, timedelta

import pytest

from alerts import flood, selectors
from alerts.models import Alarm

BEGIN = datetime(2026, 7, 21, 18, 0, tzinfo=UTC)


def at(*minutes):
    return [BEGIN + timedelta(minutes=each) for each in minutes]


@pytest.mark.parametrize(("raised", "minute", "expected"), [
    ([], 1, (0, False)),
    ([0.5] * 10, 1, (10, False)),
    ([0.5] * 11, 1, (11, True)),
    ([0.5] * 11, 9, (11, True)),
    ([0.5] * 11, 10.6, (0, False)),
    ([0.5] * 11 + [8, 9, 9.5, 9.6, 9.7], 11, (5, True)),
    ([0.5] * 11 + [8, 9, 9.5, 9.6], 11, (4, False)),
])  # fmt: skip
def test_a_flood_begins_above_ten_in_ten_minutes_and_ends_below_five(raised, minute, expected):
    found = flood.rate(at(*raised), now=BEGIN + timedelta(minutes=minute))

    assert (found.in_window, found.is_flood) == expected


def test_the_time_in_a_flood_is_counted_to_its_end():
    assert flood.flood_seconds(at(*[0] * 11), until=BEGIN + timedelta(hours=2)) == 600


@pytest.fixture
def twelve(rules, northern_fire, southern_pipe, new_unit, now):
    """Eleven units of the fire and one of the pipe, all silent; the pipe's came first."""
    rule = rules["not-acknowledged"]

    def alarm(incident, unit, seconds):
        return Alarm.objects.create(
            rule=rule, subject=f"assignment:{unit.pk}", incident=incident, unit=unit, level=3, since=now, due_at=now,
            raised_at=now - timedelta(seconds=seconds),
            department=incident.department, department_ids=incident.department_ids, region=incident.region,
        )  # fmt: skip

    return [alarm(southern_pipe, new_unit("P1"), 100), *(alarm(northern_fire, new_unit(f"F{n}"), 50 - n) for n in range(11))]


def test_in_a_flood_each_source_is_one_line_and_the_first_stays_on_top(dispatcher, twelve, now):
    strip = selectors.strip(dispatcher, now=now)

    assert strip.rate.is_flood and strip.rate.in_window == 12
    assert [(line.count, line.is_first_out) for line in strip.lines] == [(1, True), (11, False)]
    assert len(strip.lines[1].unanswered_ids) == 11


def test_outside_a_flood_each_alarm_is_a_line_the_oldest_of_equals_on_top(dispatcher, twelve, now):
    Alarm.objects.filter(pk__gt=twelve[3].pk).delete()

    strip = selectors.strip(dispatcher, now=now)

    assert [line.lead.pk for line in strip.lines] == [each.pk for each in twelve[:4]]


def test_a_flood_is_a_matter_of_the_operator_who_has_it(fire_chief_south, twelve, now):
    assert not selectors.strip(fire_chief_south, now=now).rate.is_flood


def test_five_hundred_alarms_cost_no_more_queries_than_five(dispatcher, twelve, now, django_assert_max_num_queries):
    with django_assert_max_num_queries(5):
        selectors.strip(dispatcher, now=now)


def test_a_grave_alarm_is_seen_and_heard_however_many_others_stand(dispatcher, twelve, now, monkeypatch):
    monkeypatch.setattr(selectors, "MOST_ROWS", 5)
    newest = twelve[-1]
    Alarm.objects.filter(pk=newest.pk).update(level=1, raised_at=now)
    Alarm.objects.filter(pk=twelve[-2].pk).update(raised_at=now - timedelta(seconds=1))
    Alarm.objects.filter(pk=twelve[0].pk).update(level=1, state="ACKED")

    strip = selectors.strip(dispatcher, now=now)

    heard = [each.pk for each in strip.sounding]
    assert heard[0] == newest.pk and twelve[-2].pk in heard and twelve[0].pk not in heard
    assert len(heard) == 5 and strip.unanswered == 11


def test_the_list_of_alarms_begins_with_what_nobody_has_answered(dispatcher, twelve):
    Alarm.objects.filter(pk=twelve[0].pk).update(level=1, state="ACKED")

    listed = [each.pk for each in selectors.listed(dispatcher, ["UNACKED", "RETURNED", "ACKED"])]

    assert listed == [each.pk for each in twelve[1:]] + [twelve[0].pk]
