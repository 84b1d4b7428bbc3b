"""Every list in its three states, none, some and far too many, is free of accessibility faults, by day and by night, in both languages."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urljoin

import pytest
from django.utils import timezone

from access.actors import Actor
from alerts import services as alerts
from alerts.models import Alarm, AlarmRule
from incidents.models import Incident
from tests.browser.axe import faults
from tests.browser.test_looks import doubt

pytestmark = pytest.mark.patient
LISTS = {
    "/ops/": "#map[data-ready=true]",
    "/dispatch/": "#main[data-ready=true]",
    "/incidents/": "main",
    "/alarms/": "main",
    "/intake/": "#map[data-ready=true]",
    "/intake/pins/": "main",
    "/aid/": "main",
}
MANY = 45


@pytest.fixture
def flood(fire_at: Any, django_db_blocker: Any) -> Iterator[None]:
    """A storm: a fire or a burst pipe every kilometre, nobody sure where half of them are, and an alarm for each, some answered."""
    watch = Actor.system("watch")
    fires = [
        fire_at(f"{number} 号", lon=116.25 + number / 150, kind=("building-fire", "burst-pipe")[number % 2], minutes=1 + number % 9)
        for number in range(MANY)
    ]
    with django_db_blocker.unblock():
        for number, fire in enumerate(fires):
            Incident.objects.filter(pk=fire.pk).update(severity=1 + number % 4)
            if number % 2:
                doubt(fire)
        rule = AlarmRule.objects.create(
            code="flood", name="无力量", name_en="Without a unit", watch="NOT_ASSIGNED", seconds=1, level=2, response="派遣"
        )
        alerts.look_around(watch, now=timezone.now(), took_ms=0.0)
        raised = list(Alarm.objects.live().values_list("pk", flat=True))
        assert len(raised) >= MANY - 5
        alerts.acknowledge_alarms(watch, alarm_ids=raised[::3], now=timezone.now())
    yield
    with django_db_blocker.unblock():
        Alarm.objects.all().delete()
        rule.delete()


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_axe_finds_nothing_in_a_flood(sit: Any, flood: None, language: str) -> None:
    assert faults_of_lists(sit, language) == []


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_axe_finds_nothing_where_nothing_is(sit: Any, language: str) -> None:
    assert faults_of_lists(sit, language) == []


def faults_of_lists(sit: Any, language: str) -> list[Any]:
    """What axe tells of every list, by day and by night; one desk goes from screen to screen."""
    told = []
    page = sit("dispatcher", "/ops/", language=language)
    for path, ready in LISTS.items():
        page.goto(urljoin(page.url, path))
        page.wait_for_selector(ready)
        told += [(path, *each) for each in faults(sit, page)]
    return told
