"""A tablet in the field whose link comes and goes: nothing that was entered is lost, nothing is done twice, nothing overtakes.

`./city test -m offline`. The cases are those of the acceptance: six entries with a reload between, an answer that is lost, a fault of the
server, two tabs, the page without a link and with a server that never answers, refusals, a full memory, a new version, a wrong clock; and two
people, one room and one tablet without a link. What they take is measured by `./city bench field_tablet`.
"""

import json
import re
from datetime import timedelta

import pytest
from django.utils import timezone
from PIL import Image
from playwright.sync_api import expect

from access.actors import Actor
from access.models import Department, Membership, Region, User
from chat import services as chat
from chat.models import Addressee
from chat.services import NewMessage, NewOrder
from incidents import services
from incidents.models import Assignment, Attachment, HelpCall, IncidentType, Note, Task
from incidents.services.common import Moment
from incidents.services.work import NewTask
from resources.models import Unit, UnitPosition
from tests.browser.conftest import PASSWORD
from tests.browser.fingers import TAP, settled, tap_twice

pytestmark = pytest.mark.patient

TABLET = {"width": 800, "height": 1100}
AHEAD = """const Real = Date;
  window.Date = class extends Real {
    constructor(...given) { given.length ? super(...given) : super(Real.now() + 600000); }
    static now() { return Real.now() + 600000; }
  };"""
FORGIVEN = ("ERR_", "Failed to load resource", "WebSocket")


@pytest.fixture
def crew(city, django_db_blocker):
    """A crew member of the fire brigade."""
    with django_db_blocker.unblock():
        user, is_new = User.objects.get_or_create(username="crew", defaults={"name": "陈强", "password": "!" + PASSWORD})
        if is_new:
            fire, root = Department.objects.get(code="fire"), Region.objects.get(code="110000")
            Membership.objects.create(user=user, role="crew", department=fire, region=root, starts_at=timezone.now() - timedelta(days=1))
        city.people["crew"] = user
    return user


@pytest.fixture
def job(crew, fire_at, django_db_blocker):
    """A fire to which the crew's unit is sent, with a task for its department."""
    system = Actor.system("test")
    with django_db_blocker.unblock():
        now = timezone.now()
        incident = fire_at("莲花池东路 12 号")
        unit = Unit.objects.get(code="E1A")
        unit.set_state(Unit.Availability.AVAILABLE, Unit.Activity.ON_RADIO, None, at=now)
        unit.save()
        sent = services.dispatch_unit(system, incident_id=incident.pk, unit_id=unit.pk, moment=Moment(at=now), now=now)
        fire = Department.objects.get(code="fire")
        services.issue_task(system, incident_id=incident.pk, task=NewTask(title="疏散同楼人员", department_id=fire.pk), now=now)
    return sent


@pytest.fixture
def tablet(sit, job):
    """The crew's tablet, with its unit chosen and its worker in charge."""

    def open_one(*, worker=True):
        page = sit("crew", "/field/", size=TABLET)
        chosen = page.locator("#choose-list button", has_text="E1A")
        expect(chosen).to_be_visible()
        settled(page)
        chosen.click()
        expect(page.locator(f"#job-{job.pk}")).to_be_visible()
        expect(page.locator("#link")).to_have_attribute("data-state", "up")
        if worker:
            page.evaluate(
                """navigator.serviceWorker.ready.then(() => navigator.serviceWorker.controller
                || new Promise((tell) => navigator.serviceWorker.addEventListener("controllerchange", tell, {once: true}))).then(() => null)"""
            )
        return page

    yield open_one
    sit.complaints[:] = [text for text in sit.complaints if not any(each in text for each in FORGIVEN)]


def test_a_unit_chosen_while_an_older_question_is_on_its_way_shows_its_job(sit, job):
    page = sit("crew", "/field/", size=TABLET)
    chosen = page.locator("#choose-list button", has_text="E1A")
    expect(chosen).to_be_visible()
    settled(page)
    held = []
    page.route("**/api/v1/field/?**", lambda route: held.append(route), times=1)
    page.evaluate("() => void dispatchEvent(new Event('focus'))")
    while not held:
        page.wait_for_timeout(20)

    chosen.click()
    page.wait_for_timeout(300)
    held[0].continue_()

    expect(page.locator(f"#job-{job.pk}")).to_be_visible()


def press(page, job, to):
    settled(page)
    page.locator(f"#job-{job.pk} > [data-to={to}]").click()


def write(page, words):
    settled(page)
    page.locator("#mine [data-do=note]").first.click()
    page.locator("#ask-words").fill(words)
    page.locator("#ask-send").click()


def waiting(page):
    return page.evaluate(
        """() => new Promise((tell) => { indexedDB.open("field").onsuccess = ({target}) => {
          target.result.transaction("outbox").objectStore("outbox").getAll().onsuccess = (all) => {
            target.result.close(); tell(all.target.result.filter((each) => each.state !== "sent")); }; }; })"""
    )


def drained(page):
    """Wait until everything has been heard or refused."""
    for look in range(200):
        if all(each["state"] == "rejected" for each in waiting(page)):
            return
        page.wait_for_timeout(100)
        if look % 10 == 9:
            page.evaluate("dispatchEvent(new Event('online'))")  # somebody looks again
    raise AssertionError(waiting(page))


@pytest.mark.offline
def test_six_entries_without_a_link_and_a_reload_between_arrive_once_and_in_order(tablet, job):
    page = tablet()
    page.context.grant_permissions(["geolocation"])
    page.context.set_geolocation({"longitude": 116.41, "latitude": 39.97, "accuracy": 7})
    page.reload()
    expect(page.locator("#position")).to_contain_text("±7")
    page.context.set_offline(True)
    began = timezone.now()
    press(page, job, "ACKNOWLEDGED")
    press(page, job, "EN_ROUTE")
    write(page, "在路上，前方拥堵")
    expect(page.locator("#to-queue")).to_contain_text("待发 3")
    page.reload()
    expect(page.locator(f"#job-{job.pk} .field-state")).to_have_text("途中")
    press(page, job, "ON_SCENE")
    write(page, "二楼明火，三人被困")
    settled(page)
    page.locator("#mine [data-do=support]").first.click()
    page.locator("#ask-words").fill("两台水泵")
    page.locator("#ask-send").click()
    expect(page.locator("#to-queue")).to_contain_text("待发 6")
    expect(page.locator("#as-of")).to_contain_text("数据截至")

    page.context.set_offline(False)
    drained(page)

    job.refresh_from_db()
    assert job.step == "ON_SCENE" and job.acknowledged_at <= job.en_route_at <= job.on_scene_at
    assert job.on_scene_at < timezone.now() and job.on_scene_at > began
    assert [note.text for note in Note.objects.filter(incident=job.incident).order_by("written_at")] == ["在路上，前方拥堵", "二楼明火，三人被困"]
    assert HelpCall.objects.filter(incident=job.incident, kind="SUPPORT").count() == 1
    assert job.sources["ACKNOWLEDGED"]["point"] == [116.41, 39.97]
    last = UnitPosition.objects.get(unit=job.unit)  # the tablet told where its unit is
    assert (last.lon, last.lat) == (116.41, 39.97)
    assert all("device_at" in job.sources[step] for step in ("ACKNOWLEDGED", "EN_ROUTE", "ON_SCENE"))


@pytest.mark.offline
def test_two_taps_on_one_place_make_one_step_and_nothing_is_pressed_that_slips_under_the_finger(tablet, job):
    page = tablet(worker=False)
    page.route("**/advance/", lambda route: route.abort())
    settled(page)

    tap_twice(page, f"#job-{job.pk} > [data-to=ACKNOWLEDGED]", then=None)
    expect(page.locator(f"#job-{job.pk} > [data-to=EN_ROUTE]")).to_be_visible()
    settled(page)
    tap_twice(page, f"#job-{job.pk} > [data-to=EN_ROUTE]", then=f"#job-{job.pk} > [data-to=ON_SCENE]")

    assert [json.loads(each["body"])["step"] for each in waiting(page)] == ["ACKNOWLEDGED", "EN_ROUTE"]
    settled(page)
    page.evaluate(
        f"""async () => {{
          const tap = {TAP};
          const job = document.getElementById("job-{job.pk}");
          const [upper, lower] = ["> [data-to=ON_SCENE]", "[data-do=note]"].map((name) => job.querySelector(`:scope ${{name}}`));
          const {{left, top, width, height}} = lower.getBoundingClientRect();
          const news = document.createElement("div");
          news.style.height = `${{top - upper.getBoundingClientRect().top}}px`;
          document.getElementById("mine").before(news);
          await null;
          tap(left + width / 2, top + height / 2);
        }}"""
    )
    expect(page.locator("#toasts")).to_contain_text("按钮刚刚移动")
    page.locator(f"#job-{job.pk} > [data-to=ON_SCENE]").press("Enter")  # a key is taken at once

    expect(page.locator(f"#job-{job.pk} .field-state")).to_have_text("到场")
    assert [json.loads(each["body"])["step"] for each in waiting(page)] == ["ACKNOWLEDGED", "EN_ROUTE", "ON_SCENE"]
    page.unroute("**/advance/")
    drained(page)


@pytest.mark.offline
def test_an_answer_that_is_lost_and_a_server_that_fails_make_one_copy(tablet, job):
    page = tablet(worker=False)
    lost, failed = [], []

    def lose(route):
        lost.append(route.fetch().status)
        route.abort()

    def fail(route):
        failed.append(500)
        route.fulfill(status=500, body="{}")

    page.route("**/notes/", fail, times=1)
    page.route("**/notes/", lose, times=1)  # the one named last is asked first
    write(page, "只写一次")
    drained(page)

    assert (lost, failed) == ([201], [500])
    assert Note.objects.filter(incident=job.incident, text="只写一次").count() == 1


@pytest.mark.offline
def test_two_tabs_send_the_same_entries_once(tablet, job):
    page = tablet()
    other = page.context.new_page()
    other.goto(page.url)
    expect(other.locator(f"#job-{job.pk}")).to_be_visible()
    page.context.set_offline(True)
    for number in range(4):
        write(page if number % 2 else other, f"第 {number} 条")
    page.context.set_offline(False)
    for each in (page, other):
        each.evaluate("dispatchEvent(new Event('online'))")
    drained(page)

    assert sorted(Note.objects.filter(incident=job.incident).values_list("text", flat=True)) == [f"第 {number} 条" for number in range(4)]


@pytest.mark.offline
def test_the_page_opens_though_the_server_takes_every_connection_and_never_answers(tablet, job, city):
    import os
    import signal

    page = tablet()
    os.kill(city.web.pid, signal.SIGSTOP)
    try:
        page.reload(wait_until="commit")
        expect(page.locator(f"#job-{job.pk}")).to_be_visible(timeout=10_000)
        expect(page.locator("#as-of")).to_contain_text("数据截至")
        write(page, "服务器没有应答时写的")
        assert len(waiting(page)) == 1
    finally:
        os.kill(city.web.pid, signal.SIGCONT)
    page.evaluate("dispatchEvent(new Event('online'))")
    drained(page)

    assert Note.objects.filter(incident=job.incident, text="服务器没有应答时写的").count() == 1


@pytest.mark.offline
def test_what_is_refused_stays_with_its_reason_and_the_rest_goes_on(tablet, job, django_db_blocker):
    page = tablet()
    with django_db_blocker.unblock():
        fire = Department.objects.get(code="fire")
        task = Task.objects.get(incident=job.incident, department=fire)
    page.context.set_offline(True)
    settled(page)
    page.locator(f"#task-{task.pk} [data-to=DONE]").click()
    write(page, "撤离完毕")
    with django_db_blocker.unblock():
        now = timezone.now()
        services.advance_task(Actor.system("test"), task_id=task.pk, state="CANCELLED", reason="误下达", now=now)
    page.context.set_offline(False)
    drained(page)

    settled(page)
    page.locator("#to-queue").click()
    refused = page.locator(".field-item[data-state=rejected]")
    expect(refused).to_contain_text("被拒")
    expect(refused).to_contain_text("疏散同楼人员")
    assert Note.objects.filter(incident=job.incident, text="撤离完毕").count() == 1
    settled(page)
    refused.get_by_role("button", name="改投").click()
    page.locator("#ask-choice button").first.click()
    drained(page)
    expect(refused).to_have_count(0)
    assert Note.objects.filter(incident=job.incident, text__contains="被拒").count() == 1


@pytest.mark.offline
def test_a_wrong_clock_a_new_version_and_a_crowded_memory_lose_nothing(tablet, job, city):
    page = tablet()
    page.add_init_script(AHEAD)
    page.add_init_script("navigator.storage.estimate = async () => ({usage: 85, quota: 100});")
    page.reload()
    expect(page.locator(f"#job-{job.pk}")).to_be_visible()
    expect(page.locator("#as-of")).to_contain_text("本机时钟偏差")
    expect(page.locator("#quota")).to_contain_text("85")
    page.context.set_offline(True)
    press(page, job, "ACKNOWLEDGED")
    body = json.loads(waiting(page)[0]["body"])
    assert 590 < (parsed(body["device_at"]) - parsed(body["at"])).total_seconds() < 610
    page.route("**/field/session", answer_as_newer)
    page.context.set_offline(False)
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.locator("#newer")).to_be_visible()
    drained(page)

    job.refresh_from_db()
    assert abs((job.acknowledged_at - timezone.now()).total_seconds()) < 60


def parsed(text):
    from django.utils.dateparse import parse_datetime

    return parse_datetime(text)


def answer_as_newer(route):
    answer = route.fetch()
    route.fulfill(response=answer, json={**answer.json(), "version": "another"})


@pytest.mark.offline
def test_pictures_taken_without_a_link_arrive_once_and_what_is_said_does_not_wait_for_them(tablet, job, tmp_path):
    Image.new("RGB", (60, 40), (90, 90, 90)).save(tmp_path / "one.jpg")
    page = tablet()
    page.context.set_offline(True)
    settled(page)
    page.locator("#mine [data-do=photo]").first.click()
    page.locator("#pictures").set_input_files([tmp_path / "one.jpg", tmp_path / "one.jpg"])
    expect(page.locator("#to-queue")).to_contain_text("待发 2")
    write(page, "照片见附件")
    expect(page.locator("#to-queue")).to_contain_text("待发 3")
    page.reload()
    expect(page.locator("#to-queue")).to_contain_text("待发 3")
    page.route("**/api/v1/uploads/*/", lambda route: route.abort(), times=1)
    page.context.set_offline(False)
    drained(page)

    assert Note.objects.filter(incident=job.incident, text="照片见附件").count() == 1
    assert [row.media_type for row in Attachment.objects.filter(incident=job.incident)] == ["image/jpeg", "image/jpeg"]


@pytest.mark.offline
def test_an_emergency_call_takes_two_presses_waits_in_no_line_and_is_heard_at_the_desk(tablet, job, sit):
    page = tablet()
    page.context.set_offline(True)
    write(page, "先写的")
    page.locator("#help").click()
    expect(page.locator("#help")).to_contain_text("再按")
    page.locator("#help").click()
    expect(page.locator("#called")).to_contain_text("等待连接")
    page.route("**/notes/", lambda route: None)  # what was written first is taken and never answered
    page.context.set_offline(False)

    expect(page.locator("#called")).to_contain_text("已收到", timeout=15_000)
    assert Note.objects.filter(incident=job.incident).count() == 0
    call = HelpCall.objects.get(kind="EMERGENCY")
    assert call.unit.code == "E1A" and call.unit.distress_at is not None
    settled(page)
    page.locator("#take-back").click()
    expect(page.locator("#called")).to_be_hidden(timeout=15_000)
    expect(page.locator("#to-queue")).to_have_text("待发 1", timeout=15_000)  # what was written first; nothing was refused
    ended = HelpCall.objects.select_related("unit").get(pk=call.pk)
    assert (ended.ended_by, ended.unit.distress_at) == ("陈强", None)
    assert Assignment.objects.get(pk=job.pk).step == "DISPATCHED"


def room_of(desk):
    pane = desk.locator("city-chat")
    pane.scroll_into_view_if_needed()
    expect(pane.locator("textarea")).to_be_visible()
    return pane


def give_order(desk, words):
    room_of(desk).locator(".chat-list").focus()
    desk.keyboard.press("o")
    desk.keyboard.type("@E1A")
    desk.locator(".chat-offers [role=option]", has_text="E1A").first.click()
    desk.keyboard.type(words)
    desk.keyboard.press("Enter")


def test_an_order_about_an_incident_that_is_not_on_the_tablet_offers_no_card_of_it(tablet, job, fire_at, django_db_blocker):
    with django_db_blocker.unblock():
        water, _is_new = Department.objects.get_or_create(code="water", defaults={"name": "供排水", "name_en": "Water"})
        IncidentType.objects.get_or_create(
            code="leak", defaults={"name": "漏水", "name_en": "Leak", "kind": "SERVICE", "severity": 4, "department": water}
        )
    elsewhere = fire_at("莲花池西路 8 号", kind="leak")
    page = tablet()
    with django_db_blocker.unblock():
        dispatcher, now = Actor.of_user(User.objects.get(username="dispatcher")), timezone.now()
        for incident in (elsewhere, job.incident):
            room = chat.open_incident_room(dispatcher, incident_id=incident.pk, now=now)
            order = NewOrder(NewMessage(f"封控 {incident.address}"), (f"unit:{job.unit_id}",), None)
            chat.give_order(dispatcher, room_id=room.pk, order=order, now=now)

    orders = page.locator("#mine article[id^=order-]")
    expect(orders).to_have_count(2, timeout=15_000)
    expect(orders.filter(has_text="西路").locator("[data-do=open]")).to_have_count(0)
    settled(page)
    orders.filter(has_not_text="西路").locator("[data-do=open]").click()
    expect(page.locator("#card-top")).to_contain_text(job.incident.address)


@pytest.mark.offline
def test_two_people_in_one_room_and_a_tablet_without_a_link_come_to_the_same_end(tablet, job, sit):
    page = tablet()
    desks = [sit(name, f"/incidents/{job.incident.number}/") for name in ("dispatcher", "second")]
    panes = [room_of(each) for each in desks]
    give_order(desks[0], "关阀两处")
    entry = page.locator("#mine article[id^=order-]", has_text="关阀两处")
    expect(entry).to_be_visible(timeout=15_000)
    for pane in panes:
        expect(pane.locator(".chat-way tbody tr")).to_have_attribute("data-step", "READ", timeout=15_000)

    way = entry.locator(".field-way td")
    expect(way).to_have_text([re.compile(r"^\d\d:\d\d$")] * 2 + ["—", "—"], timeout=15_000)
    page.context.set_offline(True)
    for step in ("ACCEPTED", "DONE"):
        settled(page)
        entry.locator(f"[data-to={step}]").click()
    expect(entry.locator(".field-state")).to_have_text("已完成")
    expect(way).to_have_text([re.compile(r"^\d\d:\d\d$")] * 2 + ["↑", "↑"])
    give_order(desks[1], "再关一处")
    for pane in panes:
        expect(pane.locator(".chat-order")).to_have_count(2)
        expect(pane.locator(".chat-orders")).to_contain_text("0/1")
    page.context.set_offline(False)

    for pane in panes:
        done = pane.locator(".chat-row", has_text="关阀两处").locator(".chat-way td")
        expect(done).to_have_text([re.compile(r"^\d\d:\d\d:\d\d$")] * 4, timeout=20_000)
        expect(pane.locator(".chat-row", has_text="再关一处").locator("tbody tr")).to_have_attribute("data-step", "READ", timeout=20_000)
    expect(page.locator("#mine article[id^=order-]", has_text="再关一处")).to_be_visible()
    first, second = Addressee.objects.filter(unit=job.unit, order__message__room__incident=job.incident).order_by("pk")
    assert first.delivered_at <= first.read_at <= first.accepted_at <= first.done_at and first.by == "陈强"
    assert second.read_at is not None and second.accepted_at is None


@pytest.mark.offline
def test_the_console_is_never_kept(tablet, sit, city):
    page = tablet()
    page.goto(city.url + "/crew/")
    page.goto(city.url + "/field/")
    kept = page.evaluate(
        """async () => {
          const found = [];
          for (const name of await caches.keys()) found.push(...(await (await caches.open(name)).keys()));
          return found.map((each) => new URL(each.url).pathname);
        }"""
    )

    assert kept and all(path == "/field/" or path.startswith("/static/") for path in kept)
    page.context.set_offline(True)
    with pytest.raises(Exception, match="ERR_INTERNET_DISCONNECTED"):
        page.goto(city.url + "/ops/")
