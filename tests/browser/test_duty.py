"""Duty at real desks: a page sounds and is answered with one key; a watch is handed over and taken over."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from access.actors import Actor
from access.models import Department, Region
from alerts.models import Escalation
from insight.models import WatchReport
from resources import services as resources
from resources.models import Duty, Post
from resources.services import NewPost

pytestmark = pytest.mark.patient


@pytest.fixture
def watch(city: Any, django_db_blocker: Any) -> Iterator[Post]:
    """Zhang Wei holds a desk for ten more minutes, then Li Min comes."""
    with django_db_blocker.unblock():
        fire, region, now = Department.objects.get(code="fire"), Region.objects.get(code="110101"), timezone.now()
        post = resources.add_post(Actor.system("test"), post=NewPost("chief", "值班长", "Duty supervisor", fire.pk, region.pk, is_supervisor=True))
        change = now + timedelta(minutes=10)
        Duty.objects.create(post=post, person=city.people["supervisor"], starts_at=now - timedelta(hours=8), ends_at=change)
        Duty.objects.create(post=post, person=city.people["dispatcher"], starts_at=change, ends_at=change + timedelta(hours=8))
    yield post
    with django_db_blocker.unblock():
        for table in (WatchReport, Escalation, Duty, Post):
            table.objects.all().delete()


def test_a_page_sounds_at_the_desk_of_who_is_on_duty_and_one_key_answers_it(sit: Any, watch: Post) -> None:
    chief, other = sit("supervisor", "/ops/"), sit("second", "/duty/", language="en", theme="dark")
    chief.wait_for_selector("html[data-alarms=on]")
    chief.locator("body").click(position={"x": 5, "y": 5})

    other.get_by_role("button", name="Page", exact=True).click()
    other.get_by_label("What it is about").fill("Come to the hall")
    other.keyboard.press("Control+Enter")

    expect(chief.locator("#paged .page-line")).to_contain_text("Come to the hall")
    # Level 3, or graver where an alarm of another test still stands.
    expect(chief.locator("html")).to_have_attribute("data-sounding", re.compile("[1-3]"))
    chief.keyboard.press("q")
    expect(chief.locator("#paged")).to_be_hidden()


def test_a_watch_is_handed_over_and_taken_over_with_the_keyboard(sit: Any, watch: Post, fire_at: Any) -> None:
    fire = fire_at("12 号")
    leaving = sit("supervisor", "/duty/hand-over/")
    leaving.get_by_label("给下一班的话").fill("三号泵在修")
    leaving.keyboard.press("Control+Enter")
    leaving.wait_for_url("**/duty/reports/*/")

    coming = sit("dispatcher", "/duty/", language="en", theme="dark", size={"width": 1024, "height": 768})
    coming.get_by_role("link", name="Read and sign").click()
    expect(coming.get_by_text("三号泵在修")).to_be_visible()
    expect(coming.get_by_role("link", name=fire.number).first).to_be_visible()
    expect(coming.locator("#link-state")).to_have_attribute("data-state", "up")
    coming.keyboard.press("y")

    expect(coming.get_by_text("Not signed yet")).to_have_count(0)
    coming.goto(coming.url.split("/duty/")[0] + "/duty/")
    expect(coming.get_by_text("You hold: Duty supervisor")).to_be_visible()
