"""A rule is played over the record before it is saved."""

from datetime import timedelta

import pytest

from access.models import Department
from alerts import rehearsing
from alerts.models import Alarm, AlarmRule
from incidents import services as incidents
from incidents.models import Assignment
from incidents.services.common import Moment
from kit.errors import Forbidden
from resources.models import Unit
from tests.conftest import a_report


@pytest.fixture
def recorded(dispatcher, call_taker, building_fire, north, south, new_unit, now):
    """Ten engines sent an hour ago, one a minute; engine n acknowledged after n times 20 seconds."""
    for n in range(1, 11):
        at = now - timedelta(minutes=60 - n)
        fire = incidents.report_incident(call_taker, report=a_report(building_fire, at), now=at)
        sent = incidents.dispatch_unit(dispatcher, incident_id=fire.pk, unit_id=new_unit(f"R{n}").pk, moment=Moment(at=at), now=at)
        then = at + timedelta(seconds=20 * n)
        incidents.advance_assignment(dispatcher, assignment_id=sent.pk, step="ACKNOWLEDGED", moment=Moment(at=then), now=then)
        incidents.advance_assignment(dispatcher, assignment_id=sent.pk, step="EN_ROUTE", moment=Moment(at=then), now=then)


def tried(admin, rules, now, code="not-acknowledged", **changes):
    rule = rules[code]
    for name, value in changes.items():
        setattr(rule, name, value)
    keepers = rule.suppressed_by.values_list("pk", flat=True)
    return rehearsing.rehearse(admin, row=rule, type_ids=[], kept_back_by=keepers, since=now - timedelta(hours=2), until=now)


def test_it_counts_what_the_rule_would_have_raised(admin, rules, recorded, now):
    found = tried(admin, rules, now)

    assert (found.jobs, found.alone.alarms) == (10, 7)  # after 80, 100, ... 200 s; 60 s is not more than 60
    assert found.median_seconds == 80
    assert found.alone.per_window == pytest.approx(7 / 12)


def test_a_longer_wait_raises_less_lets_go_what_it_kept_back_and_saves_nothing(admin, rules, recorded, now):
    found = tried(admin, rules, now, seconds=150)

    assert found.alone.alarms == 3
    assert found.after.alarms == 3 + 4  # four crews had not set out after 120 s, and nothing older keeps that back any more
    assert AlarmRule.objects.get(code="not-acknowledged").seconds == 60 and Alarm.objects.count() == 0


def test_what_another_rule_keeps_back_is_not_counted(admin, rules, recorded, now):
    assert tried(admin, rules, now, code="not-en-route").alone.alarms == 0


def test_the_live_watch_raises_what_the_rehearsal_said(admin, rules, look, recorded, now):
    expected = tried(admin, rules, now).alone.alarms
    first = min(Assignment.objects.values_list("dispatched_at", flat=True))
    acknowledged = dict(Assignment.objects.values_list("pk", "acknowledged_at"))
    Assignment.objects.update(step="DISPATCHED", acknowledged_at=None, en_route_at=None)
    Unit.objects.update(status_at=first)

    for second in range(0, 800, 10):
        at = first + timedelta(seconds=second)
        for pk, then in acknowledged.items():
            if then <= at:
                Assignment.objects.filter(pk=pk).update(acknowledged_at=then, en_route_at=then, step="EN_ROUTE")
        Assignment.objects.filter(dispatched_at__gt=at).update(is_primary=False)
        Assignment.objects.filter(dispatched_at__lte=at).update(is_primary=True)
        look(at)

    assert Alarm.objects.filter(rule__code="not-acknowledged").count() == expected


def test_only_who_keeps_the_rules_rehearses(dispatcher, rules, now):
    with pytest.raises(Forbidden):
        tried(dispatcher, rules, now)


def test_an_administrator_rehearses_from_the_form(client, admin, rules, recorded):
    from tests.conftest import user_of

    client.force_login(user_of(admin), backend="django.contrib.auth.backends.ModelBackend")
    rule = rules["not-acknowledged"]
    body = {"rule": rule.pk, "days": "14", "code": rule.code, "name": rule.name, "watch": rule.watch, "seconds": "90", "level": "3",
            "response": rule.response, "worst_severity": "4", "source": "INCIDENT", "hold_seconds": "0", "is_active": "on"}  # fmt: skip

    answer = client.post("/settings/alarm-rules/rehearse/", body, headers={"Accept-Language": "en"})
    without_response = client.post("/settings/alarm-rules/rehearse/", body | {"response": ""}, headers={"Accept-Language": "en"})

    assert answer.status_code == 200 and "Per 10 min" in answer.content.decode()
    assert without_response.status_code == 422
    assert Department.objects.exists() and AlarmRule.objects.get(pk=rule.pk).seconds == 60
