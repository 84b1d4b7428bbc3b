"""A telephone call rings at every desk, and one key takes it, whatever is being typed."""

import base64
import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from access.actors import Actor
from exchange import services as exchange
from exchange.telephony.events import CallEvent, Kind
from tests.browser.axe import faults
from tests.browser.conftest import City, _free_port, _wait, _web

pytestmark = pytest.mark.patient


@pytest.fixture(scope="module", autouse=True)
def _connected(city: City, browser: object) -> Iterator[None]:
    """One more web process, to which a telephone exchange is connected: here people sit down at that one."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TELEPHONY_SECRETS", base64.b64encode(b"x" * 32).decode())
        address, url = city.url, f"http://127.0.0.1:{_free_port()}"
        web = _web(int(url.rpartition(":")[2]))
    _wait(url)
    city.url = url
    yield
    city.url = address
    web.kill()
    web.wait()


def told(kind: Kind, ref: str, number: str, seconds: int = 5) -> None:
    now = timezone.now()
    event = CallEvent("pbx", ref, kind, now - timedelta(seconds=seconds), number, "119")
    exchange.take_phone_event(Actor.system("telephony"), event=event, now=now)


def test_a_call_rings_at_every_desk_and_one_key_takes_it_while_another_call_is_typed(sit, fire_at):
    taker, other = sit("calltaker", "/ops/"), sit("supervisor", "/intake/")
    taker.keyboard.press("n")
    taker.locator("#call-words").fill("二楼冒烟")
    told(Kind.RINGING, "a", "+8613800002201", 9)
    told(Kind.RINGING, "b", "+8613900003302")
    for page in (taker, other):
        expect(page.locator(".ringing-one b")).to_have_text(["138****2201", "139****3302"])

    taker.keyboard.press("F9")

    expect(taker.locator("#call-phone")).to_have_value("+8613800002201")
    expect(taker.locator("#call-words")).to_have_value("")
    expect(taker.locator(".phone-times")).to_contain_text("pbx · 119")
    expect(taker.locator("#desk-calls .desk-one")).to_have_count(2)
    expect(other.locator(".ringing-one b")).to_have_text(["139****3302"])

    other.locator("#call-words").fill("问路")
    other.keyboard.press("F9")

    expect(other.locator("#call-phone")).to_have_value("+8613900003302")
    expect(other.locator("[data-parked]")).to_have_count(2)
    expect(other.locator(".ringing-one")).to_have_count(0)
    other.locator(".phone-times button").click()
    expect(taker.locator(".ringing-one b")).to_have_text(["139****3302"])
    expect(other.locator("#call-phone")).to_have_value("")


def test_a_caller_who_hangs_up_stands_in_the_list_to_call_back_and_axe_finds_nothing(sit, fire_at):
    told(Kind.ABANDONED, "c", "+8613700004403")
    told(Kind.RINGING, "d", "+8613800002201")
    page = sit("calltaker", "/phone-calls/", language="en")
    expect(page.locator("[data-phone-page] tbody").first).to_contain_text("137****4403")
    expect(page.locator(".ringing-one")).to_have_count(1)

    assert faults(sit, page) == []

    told(Kind.ABANDONED, "c2", "+8613700005504")
    callers = page.locator("[aria-labelledby=missed-title] tbody tr")
    expect(callers).to_have_count(2)
    callers.first.locator("button").last.focus()
    page.keyboard.press("Enter")
    expect(callers).to_have_count(1)
    expect(callers.first.locator("button").last).to_be_focused()  # on the next caller, for who works through the list
    page.keyboard.press("z")
    expect(callers).to_have_count(2)

    page.locator("[data-phone-page] tbody button").first.click()
    expect(page.locator("#call-phone")).to_have_value("+8613700004403")


def test_a_call_that_nobody_takes_sounds_at_the_supervisors_console_until_somebody_takes_it(sit, fire_at):
    told(Kind.RINGING, "late", "+8613600005504", 25)
    supervisor, taker = sit("supervisor", "/ops/"), sit("calltaker", "/intake/")
    expect(supervisor.locator(".ringing-one")).to_have_count(1)
    supervisor.keyboard.press("Escape")  # a browser sounds after the first key

    exchange.watch_ringing(Actor.system("telephony"), now=timezone.now())

    expect(supervisor.locator("html")).to_have_attribute("data-sounding", "2")
    expect(taker.locator(".ringing-foot")).to_contain_text("1")
    expect(taker.locator("html")).not_to_have_attribute("data-sounding", "2")
    taker.keyboard.press("F9")
    expect(supervisor.locator("html")).not_to_have_attribute("data-sounding", "2")


def test_callers_of_a_switchboard_stand_apart_on_every_open_list_and_z_puts_them_together_again(sit, fire_at):
    for ref in ("h1", "h2", "h3"):
        told(Kind.ABANDONED, ref, "+861085119999")
    page, other = sit("calltaker", "/phone-calls/", language="en"), sit("supervisor", "/phone-calls/", language="en")
    of_it = [each.locator("[aria-labelledby=missed-title] tbody tr", has_text="9999") for each in (page, other)]
    expect(of_it[0]).to_have_text([re.compile("3 ×")])

    of_it[0].get_by_role("button", name="Many call from it").click()

    for rows, each in zip(of_it, (page, other), strict=True):
        expect(rows).to_have_text([re.compile("many share it.*1 ×", re.DOTALL)] * 3)
        expect(each.locator("[aria-labelledby=shared-title]")).to_contain_text("赵静")
        assert each.locator("[aria-labelledby=shared-title] li").first.bounding_box()["height"] < 40  # one line, not a column of syllables
    assert faults(sit, page) == []
    page.keyboard.press("z")
    for rows in of_it:
        expect(rows).to_have_text([re.compile("3 ×")])
