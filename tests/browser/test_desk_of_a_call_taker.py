"""The page of a call-taker: where the caller's phone is, what is known of the place, and places that are not sure."""

from datetime import UTC, datetime

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from access.actors import Actor
from exchange import services as exchange
from exchange.models import CallerLocation
from exchange.services import Wire
from exchange.telephony.events import CallEvent, Kind
from incidents.models import DeskCall, Hazard, Incident, WeakPin
from kit.geo import Position
from tests.exchange.test_caller_location_messages import sms

pytestmark = pytest.mark.patient

NUMBER = "13800002201"


@pytest.fixture(autouse=True)
def _an_empty_desk(django_db_blocker):
    yield
    with django_db_blocker.unblock():
        for table in (DeskCall, Hazard, WeakPin, CallerLocation):
            table.objects.all().delete()


def phone_tells(radius: int = 80) -> None:
    at = f"{datetime.now(UTC):%Y%m%d%H%M%S}"
    text = sms(f'A"ML=1;lt=+39.98000;lg=+116.40500;rd={radius};top={at};lc=95;pm=G;si=460001234567890;ei=356938035643809;mcc=460;mnc=00')
    exchange.record_caller_location(Actor.system("phone"), number=NUMBER, wire=Wire.AML, text=text, now=timezone.now())


@pytest.mark.parametrize("path", ["/intake/", "/ops/"])
def test_the_callers_phone_is_offered_with_its_circle_and_one_press_takes_it(sit, fire_at, path):
    phone_tells()
    page = sit("calltaker", path)
    if path == "/ops/":
        page.keyboard.press("n")
    page.locator("#call-phone").fill(NUMBER)

    offer = page.locator("[data-caller-point]")
    expect(offer).to_contain_text("80 m")
    expect(page.locator(".caller-circle")).to_have_count(1)
    offer.click()

    expect(page.locator("[name=lon]")).to_have_value("116.405000")
    expect(page.locator("[data-point]")).to_contain_text("39.98000, 116.40500")
    box = page.locator(".caller-circle").bounding_box()
    assert box is not None and box["width"] > 40


def test_a_phone_that_tells_its_place_late_is_offered_when_it_does(sit, fire_at):
    page = sit("calltaker", "/intake/")
    page.locator("#call-phone").fill(NUMBER)
    page.wait_for_timeout(700)
    expect(page.locator("[data-caller-point]")).to_have_count(0)

    phone_tells(radius=35)

    expect(page.locator("[data-caller-point]")).to_contain_text("35 m", timeout=6000)


def test_warning_history_and_earlier_calls_stand_beside_the_call(sit, fire_at):
    before = fire_at("莲花池东路 12 号", lon=116.402, lat=39.981, minutes=50)
    before.reports.update(caller_phone="13900007712")  # nobody else rang from it
    Hazard.objects.create(
        code="H1", kind="DANGEROUS_GOODS", name="水厂", warning="液氯储罐", point=Position(116.402, 39.981).as_point(), radius_m=200
    )
    page = sit("calltaker", "/intake/")
    page.locator("#call-place").fill("39.9811, 116.4021")
    page.locator("#call-place").blur()
    page.locator("#call-phone").fill("139 0000 7712")

    expect(page.locator("#about-place .hazards")).to_contain_text("液氯储罐")
    expect(page.locator("#about-place .before")).to_contain_text("建筑火灾")
    expect(page.locator("#about-number")).to_contain_text(before.address)


def test_a_doubtful_place_is_put_right_on_the_map(sit, fire_at):
    lost = fire_at("老百货后面")
    WeakPin.objects.create(incident=lost, why="UNSURE", confidence=0.7, answers=[], since=timezone.now())
    page = sit("calltaker", "/intake/pins/")
    page.wait_for_selector("#map[data-ready=true]")

    page.locator("[data-put]").click()
    page.locator("#map").click(position={"x": 300, "y": 300})

    expect(page.locator("#pins [data-pin]")).to_have_count(0)
    moved = Incident.objects.get(pk=lost.pk)
    assert moved.point.coords != (116.4, 39.98) and WeakPin.objects.get(incident=lost).outcome == "MOVED"
    assert moved.reports.get().point.coords == (116.4, 39.98)


def test_the_list_of_calls_follows_what_happens_though_no_exchange_is_connected(sit, fire_at):
    page, other = sit("calltaker", "/phone-calls/", language="en"), sit("supervisor", "/phone-calls/", language="en")
    waiting = [each.locator("[aria-labelledby=missed-title] tbody tr") for each in (page, other)]
    expect(page.locator("[data-phone-page]")).to_contain_text("No telephone exchange is connected")

    event = CallEvent("pbx", "late", Kind.ABANDONED, timezone.now(), "+8613700004403", "119")
    exchange.take_phone_event(Actor.system("telephony"), event=event, now=timezone.now())
    for rows in waiting:
        expect(rows).to_have_count(1)

    waiting[0].first.locator("button").last.click()
    for rows in waiting:
        expect(rows).to_have_count(0)
