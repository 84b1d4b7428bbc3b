"""Every list in its three states, none, some and far too many, is free of accessibility faults, by day and by night, in both languages."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import urljoin

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from access.actors import Actor
from access.models import Department, Export, Region
from alerts import services as alerts
from alerts.models import Alarm, AlarmRule
from exchange.models import PhoneCall
from incidents.models import Incident
from resources import services as resources
from resources.models import Duty, Post
from resources.services import NewPost
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
WATCH = dict.fromkeys(("/duty/", "/duty/roster/", "/duty/hand-over/", "/duty/reports/", "/phone-calls/", "/exports/", "/wall/"), "main")
WATCH["/ops/"] = "#map[data-ready=true]"
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


@pytest.fixture
def hands_full(city: Any, flood: None, django_db_blocker: Any) -> Iterator[None]:
    """A supervisor on duty in that storm: posts that stand empty, callers who hung up, exports in every state."""
    now, clerk = timezone.now(), Actor.system("test")
    with django_db_blocker.unblock():
        fire, region = Department.objects.get(code="fire"), Region.objects.get(code="110101")
        for number in range(12):
            new = NewPost(
                f"p{number}", f"防汛抢险值守第 {number} 席", f"Flood post {number}", fire.pk, region.pk, is_supervisor=not number, called_at=2
            )
            post, hours = resources.add_post(clerk, post=new), timedelta(hours=6)
            if number < 3:
                who = ("supervisor", "dispatcher", "second")[number]
                Duty.objects.create(post=post, person=city.people[who], starts_at=now - hours, ends_at=now + hours)
        for number in range(MANY):
            hung_up = {"state": "ABANDONED", "rung_at": now - timedelta(seconds=60 + number), "ended_at": now - timedelta(seconds=number)}
            PhoneCall.objects.create(system="pbx", ref=f"flood-{number}", line="119", number=f"1380000{number:04}", attempts=number % 2, **hung_up)
        for number, state in enumerate(Export.State.values * 3):
            times = {"asked_at": now, "began_at": now, "heard_at": now, "ended_at": now if state in ("DONE", "FAILED", "CANCELLED") else None}
            says = "断电" if state == "FAILED" else ""
            about = {"owner": city.people["supervisor"], "kind": "incidents", "format": "csv", "language": "en", "total": 9000, "done": number}
            Export.objects.create(**about, **times, state=state, says=says)
    yield
    with django_db_blocker.unblock():
        for table in (Export, Duty, Post):
            table.objects.all().delete()


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_axe_finds_nothing_on_the_pages_of_the_watch_in_a_flood(sit: Any, hands_full: None, language: str) -> None:
    page = sit("supervisor", "/duty/", language=language)

    told = faults_of_lists(sit, page, WATCH)
    page.click("#mode")
    page.locator("#mode-form [data-digit='2']").check()
    expect(page.locator("#mode-effects")).to_contain_text("Flood post 1" if language == "en" else "第 1 席")

    assert told + faults(sit, page) == []
    page.keyboard.press("Escape")
    page.set_viewport_size({"width": 1024, "height": 768})
    page.goto(urljoin(page.url, "/duty/"))
    expect(page.locator("#alarm-chip a")).to_be_visible()
    last, beside = (page.locator(each).last.bounding_box() for each in (".places a", ".shell-end"))
    assert last and beside and last["x"] + last["width"] <= beside["x"], "the last destination lies under what stands beside it"


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_axe_finds_nothing_in_a_flood(sit: Any, flood: None, language: str) -> None:
    assert faults_of_lists(sit, sit("dispatcher", "/ops/", language=language), LISTS) == []


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_axe_finds_nothing_where_nothing_is(sit: Any, language: str) -> None:
    assert faults_of_lists(sit, sit("dispatcher", "/ops/", language=language), LISTS) == []


def test_axe_finds_nothing_on_the_pages_of_the_watch_where_nothing_is(sit: Any) -> None:
    assert faults_of_lists(sit, sit("supervisor", "/duty/", language="en"), WATCH) == []


def faults_of_lists(sit: Any, page: Page, lists: dict[str, str]) -> list[Any]:
    """What axe tells of every list, by day and by night; one desk goes from screen to screen."""
    told = []
    for path, ready in lists.items():
        page.goto(urljoin(page.url, path))
        page.wait_for_selector(ready)
        told += [(path, *each) for each in faults(sit, page)]
    return told
