"""The watch as a process: alarms come in time, also when it is killed, and two watches raise nothing twice."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.db import connections
from django.utils import timezone

from alerts.models import Alarm, Pulse
from incidents import services as incidents
from incidents.models import Assignment
from incidents.services.common import Moment
from journal.models import Entry
from resources.models import Unit

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.alone]

Start = Callable[[], "subprocess.Popen[bytes]"]


@pytest.fixture
def watch() -> Iterator[Start]:
    """Start a watch; all are stopped after the test."""
    url = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connections['default'].settings_dict['NAME']}").geturl()
    started: list[subprocess.Popen[bytes]] = []

    def start() -> "subprocess.Popen[bytes]":
        command = [sys.executable, "manage.py", "watch"]
        started.append(subprocess.Popen(command, cwd=settings.BASE_DIR, env=os.environ | {"DATABASE_URL": url}))
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.wait()


def until(true: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.05)


def look_alive(since) -> bool:
    return Pulse.objects.filter(at__gt=since).exists()


def due_in(sent: Assignment, seconds: float) -> None:
    """Let the minute of the crew run out in so many seconds."""
    then = timezone.now() - timedelta(seconds=60 - seconds)
    Assignment.objects.filter(pk=sent.pk).update(dispatched_at=then)
    Unit.objects.filter(pk=sent.unit_id).update(status_at=then)


def test_an_alarm_comes_within_two_seconds_once_although_two_watch_and_both_are_killed(watch, rules, dispatcher, northern_fire, new_unit, now):
    """Three crews fall due: while two watches look, in the moment both are killed, and after another has taken over."""
    moment = Moment(at=now)
    sent = [incidents.dispatch_unit(dispatcher, incident_id=northern_fire.pk, unit_id=new_unit(f"W{n}").pk, moment=moment, now=now) for n in range(3)]
    pair = [watch(), watch()]
    until(lambda: look_alive(now))

    due_in(sent[0], 0.5)
    until(lambda: Alarm.objects.filter(rule__code="not-acknowledged").count() == 1)
    due_in(sent[1], 0.2)
    for process in pair:
        os.kill(process.pid, signal.SIGKILL)
    watch()
    until(lambda: Alarm.objects.filter(rule__code="not-acknowledged").count() == 2)
    due_in(sent[2], 1.5)
    until(lambda: Alarm.objects.filter(rule__code="not-acknowledged").count() == 3)
    time.sleep(1.2)

    alarms = list(Alarm.objects.filter(rule__code="not-acknowledged").order_by("pk"))
    late = [(alarm.raised_at - alarm.due_at).total_seconds() for alarm in (alarms[0], alarms[2])]
    raised = Entry.objects.filter(name="alerts.alarm_raised", data__rule_id=rules["not-acknowledged"].pk)
    print(f"raised {late[0]:.2f} s and {late[1]:.2f} s after they were due")
    assert all(0 <= seconds <= 2 for seconds in late)
    assert (len(alarms), raised.count()) == (3, 3)
