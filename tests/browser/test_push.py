"""A tablet whose page is closed: the switch that asks for it, what its worker shows, and that nobody else reads it.

The push service of the browser's maker is the outside world, and Chromium without a head has none: where a subscription is needed,
`pushManager.subscribe` hands out one of the test's own; what comes in is delivered to the real worker by the browser's own tools.
"""

import json
import time

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from access.models import Membership, Region, User
from push.models import Subscription
from tests.browser.axe import faults
from tests.browser.conftest import PASSWORD, opened, sign_in
from tests.browser.fingers import settled
from tests.browser.test_offline import FORGIVEN
from tests.browser.test_offline import crew as crew
from tests.browser.test_offline import job as job
from tests.browser.test_offline import tablet as tablet
from tests.push.service_peer import Browser

pytestmark = pytest.mark.patient

# What a browser's maker would do: a subscription with an address and keys, kept until it is taken back.
MAKER = """([endpoint, p256dh, auth]) => {
  const toJSON = () => ({endpoint, keys: {p256dh, auth}});
  const made = {endpoint, toJSON, unsubscribe: async () => { sessionStorage.removeItem("made"); return true; }};
  PushManager.prototype.subscribe = async (options) => { sessionStorage.setItem("made", options.applicationServerKey.length); return made; };
  PushManager.prototype.getSubscription = async () => (sessionStorage.getItem("made") ? made : null);
}"""
SHOWN = """async () => (await (await navigator.serviceWorker.getRegistration("/field/")).getNotifications())
  .map((each) => ({title: each.title, body: each.body, tag: each.tag, silent: each.silent, lang: each.lang}))"""


@pytest.fixture(autouse=True)
def _nobody_is_told(city):
    """Each test begins with no browser that is told."""
    Subscription.objects.all().delete()


@pytest.fixture(scope="module")
def browser(playwright):
    """The whole Chromium: its shell shows no notifications."""
    yield from opened(playwright, "CHROMIUM_PATH")


@pytest.fixture
def maker():
    """The browser's maker answers on this page: `maker(page)`; also after a reload."""

    def answer(page, endpoint="https://fcm.googleapis.com/wp/of-this-tablet"):
        browser = Browser(endpoint)
        keys = json.dumps([endpoint, browser.keys["p256dh"], browser.keys["auth"]])
        page.context.grant_permissions(["notifications"])
        page.context.add_init_script(f"({MAKER})({keys})")
        page.reload()
        expect(page.locator("#link")).to_have_attribute("data-state", "up")
        return browser

    return answer


def open_switch(page):
    settled(page)
    page.locator(".field-menu > summary").click()
    settled(page)
    page.locator("#tell-closed").click()
    expect(page.locator("#tell")).to_be_visible()
    return page.locator("#tell-switch")


def switch_on(page):
    switch = open_switch(page)
    settled(page)
    switch.click()
    expect(switch).to_have_attribute("aria-checked", "true")
    return page.evaluate(KEPT)


KEPT = """() => new Promise((tell) => { indexedDB.open("field").onsuccess = ({target}) => {
  target.result.transaction("kept").objectStore("kept").get("push").onsuccess = (all) => {
    target.result.close(); tell(all.target.result ?? null); }; }; })"""


def deliver(page, **told):
    """A message comes to the worker, as from the browser's maker."""
    worker = page.context.new_cdp_session(page)
    found = []
    worker.on("ServiceWorker.workerRegistrationUpdated", lambda event: found.extend(event["registrations"]))
    worker.send("ServiceWorker.enable")
    until = time.monotonic() + 10
    while not found and time.monotonic() < until:
        page.wait_for_timeout(50)
    now = int(time.time() * 1000)
    message = {
        "tag": "assignment:7",
        "title": "E1A 已出动 · 2026-1",
        "body": "建筑火灾",
        "late": "迟到",
        "go": "#mine",
        "at": now,
        "until": now + 300_000,
    }
    message |= {"recall": False, "lang": "zh-hans"} | told
    origin = page.url.partition("/field/")[0]
    registration = next(each["registrationId"] for each in found if each["scopeURL"].endswith("/field/"))
    worker.send("ServiceWorker.deliverPushMessage", {"origin": origin, "registrationId": registration, "data": json.dumps(message)})
    page.wait_for_timeout(300)
    worker.detach()


def shown(page, number):
    until = time.monotonic() + 10
    while len(found := page.evaluate(SHOWN)) != number and time.monotonic() < until:
        page.wait_for_timeout(100)
    return found


def test_the_switch_says_what_is_so_and_the_city_knows_the_tablet_and_its_unit(tablet, job, maker, sit):
    page = tablet()
    maker(page)

    kept = switch_on(page)

    row = Subscription.objects.get(ended_at=None)
    assert kept["id"] == str(row.key) and row.unit_id == job.unit_id and row.service == "https://fcm.googleapis.com"
    assert page.evaluate("sessionStorage.getItem('made')") == "65"
    expect(page.locator("#tell-said")).to_contain_text("已开启")
    page.locator("#tell-switch").focus()
    page.keyboard.press("Space")  # by keyboard too
    expect(page.locator("#tell-said")).to_have_text("未开启。")
    row.refresh_from_db()
    assert row.ended == "SWITCHED_OFF" and page.evaluate(KEPT) is None and page.evaluate("sessionStorage.getItem('made')") is None
    assert faults(sit, page) == []


def test_what_comes_is_shown_once_for_each_thing_and_a_press_leads_to_it(tablet, job, maker):
    page = tablet()
    maker(page)
    kept = switch_on(page)
    page.locator("#tell-close").click()
    number = job.incident.number

    deliver(page, to=kept["id"], go=f"#incident/{number}")
    assert shown(page, 1) == [{"title": "E1A 已出动 · 2026-1", "body": "建筑火灾", "tag": "assignment:7", "silent": False, "lang": "zh-hans"}]
    deliver(page, to=kept["id"], title="E1A 已召回 · 2026-1", recall=True)
    assert [(each["title"], each["silent"]) for each in shown(page, 1)] == [("E1A 已召回 · 2026-1", True)]
    deliver(page, to=kept["id"], tag="task:3", title="任务", go=f"#incident/{number}")
    assert len(shown(page, 2)) == 2

    page.context.service_workers[0].evaluate(
        """async () => {
          const each = (await registration.getNotifications()).find((one) => one.tag === "task:3");
          dispatchEvent(new NotificationEvent("notificationclick", {notification: each}));
        }"""
    )
    expect(page.locator("#card")).to_contain_text(number[number.index("-") + 1 :])
    assert len(shown(page, 1)) == 1


def test_one_that_was_long_on_its_way_says_so_and_makes_no_sound(tablet, maker):
    page = tablet()
    maker(page)
    kept = switch_on(page)

    deliver(page, to=kept["id"], at=int(time.time() * 1000) - 900_000, until=int(time.time() * 1000) - 600_000)

    assert [(each["title"], each["silent"]) for each in shown(page, 1)] == [("迟到 · E1A 已出动 · 2026-1", True)]


def test_what_is_for_somebody_else_or_makes_no_sense_is_not_shown(tablet, maker):
    page = tablet()
    maker(page)
    deliver(page, to="somebody")  # nobody asked to be told here
    kept = switch_on(page)

    deliver(page, to="7f4b4b1e-0000-4000-8000-000000000009")
    deliver(page, to=[kept["id"]])

    page.wait_for_timeout(500)
    assert page.evaluate(SHOWN) == []


def test_signing_out_ends_it_before_anything_else(tablet, maker, sit):
    page = tablet()
    maker(page)
    kept = switch_on(page)
    deliver(page, to=kept["id"])
    assert len(shown(page, 1)) == 1
    page.locator("#tell-close").click()
    settled(page)
    page.locator(".field-menu > summary").click()
    settled(page)
    page.locator("#sign-out").click()
    page.wait_for_url("**/accounts/logout/")

    assert Subscription.objects.get(key=kept["id"]).ended == "SWITCHED_OFF"
    assert page.evaluate(KEPT) is None and page.evaluate(SHOWN) == []
    page.goto(page.url.replace("/accounts/logout/", "/field/"))
    deliver(page, to=kept["id"])
    assert page.evaluate(SHOWN) == []
    assert page.evaluate("sessionStorage.getItem('made')") is None


def test_signing_out_without_a_link_ends_it_on_the_tablet_all_the_same(tablet, maker):
    page = tablet()
    maker(page)
    kept = switch_on(page)
    page.locator("#tell-close").click()
    page.route("**/api/v1/field/push/**", lambda route: None)  # taken and never answered
    page.route("**/field/session", lambda route: None)
    settled(page)
    page.locator(".field-menu > summary").click()
    settled(page)
    began = time.monotonic()
    page.locator("#sign-out").click()
    page.wait_for_url("**/accounts/logout/", timeout=15_000)

    assert time.monotonic() - began < 10
    assert page.evaluate(KEPT) is None and page.evaluate("sessionStorage.getItem('made')") is None and kept["id"]


def test_another_person_on_the_tablet_is_shown_nothing_and_starts_anew(tablet, maker, sit, city, django_db_blocker):
    page = tablet()
    maker(page)
    kept = switch_on(page)
    with django_db_blocker.unblock():
        other, is_new = User.objects.get_or_create(username="crew2", defaults={"name": "刘洋", "password": "!" + PASSWORD})
        if is_new:
            Membership.objects.create(user=other, role="crew", region=Region.objects.get(code="110000"), starts_at=timezone.now())
        city.people["crew2"] = other
        cookie = sign_in(other)
    page.context.add_cookies([{"name": "sessionid", "value": cookie, "url": city.url}])
    page.reload()
    expect(page.locator("#who")).to_have_text("刘洋")
    page.wait_for_function("() => !sessionStorage.getItem('made')")

    deliver(page, to=kept["id"])

    page.wait_for_timeout(300)
    assert page.evaluate(SHOWN) == [] and page.evaluate(KEPT) is None


def test_a_browser_that_gets_another_address_tells_the_city_by_itself(tablet, job, maker):
    page = tablet()
    maker(page)
    kept = switch_on(page)
    browser = Browser("https://updates.push.services.mozilla.com/wpush/v2/anew")

    page.context.service_workers[0].evaluate(
        """(keys) => new Promise((done) => {
          const event = new ExtendableEvent("pushsubscriptionchange");
          const {endpoint, ...own} = keys;
          event.newSubscription = {toJSON: () => ({endpoint, keys: own})};
          dispatchEvent(event);
          setTimeout(done, 1500);
        })""",
        browser.keys,
    )

    row = Subscription.objects.filter(ended_at=None).latest("pk")
    assert row.service == "https://updates.push.services.mozilla.com" and row.unit_id == job.unit_id
    assert page.evaluate(KEPT)["id"] == str(row.key) != kept["id"]


def test_what_the_city_has_ended_is_not_called_on(tablet, maker):
    page = tablet()
    maker(page)
    kept = switch_on(page)
    page.locator("#tell-close").click()
    Subscription.objects.filter(key=kept["id"]).update(ended_at=timezone.now(), endpoint="", p256dh="", auth="", session_key="")

    switch = open_switch(page)

    expect(page.locator("#tell-said")).to_contain_text("不再向此浏览器")
    expect(switch).to_have_attribute("aria-checked", "false")
    assert page.evaluate(KEPT) is None


def test_a_browser_without_a_service_says_so_and_does_not_spin(tablet, sit):
    page = tablet()
    page.context.grant_permissions(["notifications"])
    known = set(Subscription.objects.values_list("pk", flat=True))
    switch = open_switch(page)
    settled(page)

    switch.click()

    expect(switch).to_have_attribute("aria-busy", "false", timeout=30_000)
    expect(switch).to_have_attribute("aria-checked", "false")
    expect(page.locator("#tell-said")).to_contain_text("没有应答")
    assert set(Subscription.objects.values_list("pk", flat=True)) == known
    sit.complaints[:] = [text for text in sit.complaints if "does not support the Push API in incognito mode" not in text]


def test_a_service_that_never_answers_is_given_up_within_its_bound(tablet, maker):
    page = tablet()
    maker(page)
    page.evaluate("() => void (PushManager.prototype.subscribe = () => new Promise(() => undefined))")
    switch = open_switch(page)
    settled(page)
    began = time.monotonic()

    switch.click()
    expect(page.locator("#tell-said")).to_contain_text("没有应答", timeout=25_000)

    assert time.monotonic() - began < 20


def test_whoever_refused_is_told_where_it_can_be_allowed_again(tablet, maker):
    page = tablet()
    page.evaluate("() => void Object.defineProperty(Notification, 'permission', {get: () => 'denied'})")

    switch = open_switch(page)

    expect(page.locator("#tell-said")).to_contain_text("浏览器")
    expect(switch).to_be_disabled()


@pytest.mark.parametrize("look", [("light", "zh-hans", 1024, 768), ("dark", "en", 800, 1100)])
def test_the_dialog_is_read_by_everybody(sit, job, look):
    theme, language, width, height = look
    page = sit("crew", "/field/", theme=theme, language=language, size={"width": width, "height": height})
    expect(page.locator("#choose-cancel")).to_be_visible()
    settled(page)
    page.locator("#choose-cancel").click()
    open_switch(page)
    expect(page.locator("#tell-said")).not_to_be_empty()

    sit.complaints[:] = [text for text in sit.complaints if not any(each in text for each in FORGIVEN)]
    assert faults(sit, page) == []
