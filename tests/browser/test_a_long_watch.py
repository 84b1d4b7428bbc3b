"""A console that is left open for a whole watch grows neither in memory nor in nodes: eight hours of events in twenty minutes."""

import os
import time
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from access.actors import Actor
from incidents import services as incidents
from incidents.services.common import Moment
from resources.models import Unit

MINUTES = float(os.environ.get("CITY_SOAK_MINUTES", "20"))
WARM_SECONDS = 90.0
EVERY_SECONDS = 1.5  # a busy city's half minute, twenty-four times as fast
MEGABYTE = 1_000_000


@pytest.mark.soak
@pytest.mark.timeout(3600)
def test_a_console_is_as_light_at_the_end_of_a_watch_as_at_its_beginning(sit: Any, fire_at: Any, city: Any, django_db_blocker: Any) -> None:
    standing = [fire_at(f"{number} 号", lon=116.3 + number / 40) for number in range(5)]
    page = sit("dispatcher")
    expect(page.locator("#queue .row")).to_have_count(len(standing))
    began, first, events = time.monotonic(), None, 0

    while time.monotonic() - began < MINUTES * 60:
        with django_db_blocker.unblock():
            come_and_go(fire_at, events)
        events += 1
        page.keyboard.press("j" if events % 5 else "k")
        page.wait_for_timeout(EVERY_SECONDS * 1000)
        if first is None and time.monotonic() - began > WARM_SECONDS:
            first = weight(page, len(standing))
    assert first is not None
    last = weight(page, len(standing))

    grown = (last["JSHeapUsedSize"] - first["JSHeapUsedSize"]) / MEGABYTE
    print(f"{events} incidents came and went in {MINUTES:g} min; heap {first['JSHeapUsedSize'] / MEGABYTE:.1f} MB {grown:+.1f} MB,")
    print(f"nodes {first['Nodes']:.0f} to {last['Nodes']:.0f}, listeners {first['JSEventListeners']:.0f} to {last['JSEventListeners']:.0f}")
    assert grown <= 30
    assert last["Nodes"] <= 1.05 * first["Nodes"]
    assert last["JSEventListeners"] <= 1.05 * first["JSEventListeners"]


def come_and_go(fire_at: Any, number: int) -> None:
    """One incident from its call to its end."""
    actor, now = Actor.system("test"), timezone.now()
    fire = fire_at(f"{number} 号院", lon=116.25 + number % 30 / 100, lat=39.95)
    unit = Unit.objects.get(code=f"E{1 + number % 8}A")
    sent = incidents.dispatch_unit(actor, incident_id=fire.pk, unit_id=unit.pk, moment=Moment(at=now), now=now)
    for step in ("EN_ROUTE", "ON_SCENE", "CLEARED"):
        now = timezone.now()
        incidents.advance_assignment(actor, assignment_id=sent.pk, step=step, moment=Moment(at=now), now=now)
    incidents.close_incident(actor, incident_id=fire.pk, disposition="done", at=now, now=now)


def weight(page: Page, incidents_open: int) -> dict[str, float]:
    """What the page holds once its litter is collected and the same incidents stand in the queue."""
    expect(page.locator("#queue .row")).to_have_count(incidents_open, timeout=15_000)
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable")
    for _ in range(3):
        session.send("HeapProfiler.collectGarbage")
        page.wait_for_timeout(500)
    metrics = {each["name"]: each["value"] for each in session.send("Performance.getMetrics")["metrics"]}
    session.detach()
    return metrics
