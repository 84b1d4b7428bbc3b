"""A call outlives what happens to the tab and to the network: nothing that was typed is lost, and nothing is done twice."""

import re
import time
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Route, expect

from incidents.models import DeskCall, Incident, Report

pytestmark = pytest.mark.patient

WORDS = "二楼冒烟，三个人在阳台上，楼道里全是烟，电梯停了"


def begin(page, place="39.9512, 116.4507"):
    page.keyboard.press("n")
    expect(page.locator("#call-type")).to_be_focused()
    page.keyboard.type("jzhz")
    page.keyboard.press("Enter")
    expect(page.locator("#call-place")).to_be_focused()
    page.keyboard.insert_text(place)
    page.locator("#call-words").focus()


def until(page, is_so, seconds=6.0):
    """What the server does a moment later."""
    for _ in range(int(seconds * 10)):
        if is_so():
            return
        page.wait_for_timeout(100)
    raise AssertionError("it never came true")


def incidents_since(moment):
    return list(Incident.objects.filter(created_at__gte=moment))


def test_type_and_place_are_enough_to_be_on_the_board_within_ten_seconds(sit, fire_at):
    page, other = sit("calltaker"), sit("dispatcher")
    began = timezone.now()
    begin(page)

    expect(page.locator("[data-board-number]")).not_to_be_empty(timeout=10_000)
    incident = incidents_since(began)[0]
    assert incident.created_at - began < timedelta(seconds=10)
    expect(other.locator("#queue .row")).to_have_count(1)

    page.keyboard.insert_text(WORDS)
    page.keyboard.press("Control+Enter")
    expect(page.locator("#dialog")).to_be_hidden()
    assert incidents_since(began) == [incident]
    report = Report.objects.get(incident=incident)
    assert report.words == WORDS and report.place_words
    assert DeskCall.objects.get().state == "FINISHED"


def test_thirty_seconds_without_network_lose_nothing_and_double_nothing(sit, fire_at):
    page = sit("calltaker")
    began = timezone.now()
    begin(page)
    page.keyboard.insert_text(WORDS[:4])
    expect(page.locator("[data-kept]")).to_contain_text("草稿")
    page.context.set_offline(True)
    page.clock.install()

    for letter in WORDS[4:]:
        page.keyboard.insert_text(letter)
    page.clock.run_for(15_000)
    expect(page.locator("[data-kept]")).to_contain_text("本机")
    page.keyboard.press("Control+Enter")
    page.clock.run_for(15_000)
    expect(page.locator("[data-kept]")).to_contain_text("连接恢复")
    expect(page.locator("#call-words")).to_have_value(WORDS)
    page.context.set_offline(False)
    page.clock.run_for(10_000)

    expect(page.locator("#dialog")).to_be_hidden(timeout=15_000)
    made = incidents_since(began)
    assert len(made) == 1 and Report.objects.get(incident=made[0]).words == WORDS
    assert DeskCall.objects.get().state == "FINISHED"
    sit.complaints[:] = [text for text in sit.complaints if "ERR_INTERNET_DISCONNECTED" not in text and not text.startswith("htmx:")]


def test_a_reload_in_the_middle_of_a_word_brings_the_form_back_as_it_was(sit, fire_at):
    page = sit("calltaker")
    begin(page)
    page.keyboard.insert_text(WORDS)
    page.locator("[name=caller_phone]").fill("13800002201")
    page.reload()

    expect(page.locator("#call-words")).to_have_value(WORDS)
    expect(page.locator("[name=caller_phone]")).to_have_value("13800002201")
    expect(page.locator("#call-place")).to_have_value("39.9512, 116.4507")
    expect(page.locator("#call-type")).to_have_value("建筑火灾")


def test_what_a_crashed_tab_never_sent_reaches_the_server_from_the_next_one(sit, city, fire_at):
    page = sit("calltaker")
    begin(page, place="")
    expect(page.locator("[data-kept]")).to_contain_text("草稿")
    page.context.set_offline(True)
    page.keyboard.insert_text(WORDS)
    page.wait_for_timeout(100)
    page.close(run_before_unload=False)  # no farewell: what was typed is in the browser's own store only
    context = sit.contexts[-1]
    context.set_offline(False)

    again = context.new_page()
    again.goto(city.url + "/incidents/")

    expect(again.locator("#desk-calls [data-key=resume_call]")).to_be_visible()
    until(again, lambda: DeskCall.objects.filter(heard__words=WORDS).count() == 1)
    again.keyboard.press("Shift+N")
    expect(again.locator("#call-words")).to_have_value(WORDS)
    sit.complaints[:] = [text for text in sit.complaints if "ERR_INTERNET_DISCONNECTED" not in text and not text.startswith("htmx:")]


def test_calls_are_parked_by_escape_and_each_keeps_its_own_clock(sit, fire_at):
    page = sit("calltaker")
    for parked, words in enumerate(("第一个电话", "第二个电话"), start=1):
        page.keyboard.press("n")
        expect(page.locator("#call-type")).to_be_focused()
        page.locator("#call-words").focus()
        page.keyboard.insert_text(words)
        page.keyboard.press("Escape")
        expect(page.locator("#dialog")).to_be_hidden()
        expect(page.locator("#desk-calls [data-dialog-url*=call]")).to_have_count(parked)
    until(page, lambda: DeskCall.objects.filter(state="PARKED").count() == 2)

    page.keyboard.press("Shift+N")
    expect(page.locator("#call-words")).to_have_value("第一个电话")
    expect(page.locator("#desk-calls [data-since]").first).to_have_text(re.compile(r"^00:00:\d\d$"))


@pytest.mark.parametrize(("path", "parked"), [("/ops/", "[data-key=resume_call]"), ("/intake/", "[data-parked]")])
def test_a_parked_call_that_is_taken_up_stays_open_and_is_written_on(sit, fire_at, path, parked):
    page = sit("calltaker", path)
    if path == "/ops/":
        page.keyboard.press("n")
    expect(page.locator("#call-type")).to_be_focused()
    page.locator("#call-words").focus()
    page.keyboard.insert_text("电梯里困人")
    page.keyboard.press("Escape")
    until(page, lambda: DeskCall.objects.filter(state="PARKED").count() == 1)
    expect(page.locator(parked)).to_have_count(1)

    with page.expect_response("**/resume/"):
        page.locator(parked).click()

    until(page, lambda: DeskCall.objects.filter(state="TAKING", heard__words="电梯里困人").exists())
    page.wait_for_timeout(500)  # what comes of the answer has come
    expect(page.locator("#call-words")).to_have_value("电梯里困人")
    page.locator("#call-words").focus()
    page.keyboard.press("End")
    page.keyboard.insert_text("，两个人")
    until(page, lambda: DeskCall.objects.filter(state="TAKING", heard__words="电梯里困人，两个人").exists())


def test_what_is_typed_until_the_next_form_has_come_belongs_to_the_call_that_is_put_aside(sit, fire_at):
    page = sit("calltaker", "/intake/")
    held: list[Route] = []
    page.route("**/incidents/new/", lambda route: held.append(route))
    page.locator("#call-words").focus()
    page.keyboard.insert_text("电梯里困人")
    page.keyboard.press("Escape")
    until(page, lambda: held)

    page.keyboard.insert_text("，在六楼")
    for route in held:
        route.continue_()
    page.unroute("**/incidents/new/")

    expect(page.locator("#call-words")).to_be_empty()
    until(page, lambda: DeskCall.objects.filter(state="PARKED", heard__words="电梯里困人，在六楼").count() == 1)


def test_what_is_read_of_the_place_of_a_parked_call_is_not_said_of_the_next(sit, fire_at):
    page = sit("calltaker")
    held: list[Route] = []
    page.route("**/intake/place/", lambda route: held.append(route))
    page.keyboard.press("n")
    expect(page.locator("#call-type")).to_be_focused()
    page.locator("#call-place").fill("39.95, 116.4")
    page.locator("#call-words").focus()
    page.keyboard.insert_text("第一个电话")
    until(page, lambda: held)
    page.keyboard.press("Escape")
    expect(page.locator("#desk-calls [data-dialog-url*=call]")).to_have_count(1)

    page.keyboard.press("n")
    expect(page.locator("#call-type")).to_be_focused()
    with page.expect_response("**/intake/place/"):
        held[0].continue_()

    page.locator("#call-words").fill("第二个电话")
    expect(page.locator("[data-kept]")).to_contain_text("草稿")
    expect(page.locator("[data-point]")).not_to_contain_text("39.95")


def test_a_parked_call_is_opened_however_slow_the_server_is(sit, fire_at):
    page = sit("calltaker")
    page.keyboard.press("n")
    expect(page.locator("#call-type")).to_be_focused()
    page.locator("#call-words").focus()
    page.keyboard.insert_text("慢线路上的电话")
    page.keyboard.press("Escape")
    until(page, lambda: DeskCall.objects.filter(state="PARKED", heard__words="慢线路上的电话").exists())
    page.wait_for_selector("#desk-calls[data-ready]", state="attached", timeout=15_000)
    page.route("**/incidents/new/?call=*", lambda route: (time.sleep(3.5), route.continue_()))

    page.keyboard.press("Shift+N")

    expect(page.locator("#call-words")).to_have_value("慢线路上的电话", timeout=10_000)


def test_two_windows_on_one_call_keep_what_was_typed_in_both(sit, city, fire_at):
    page = sit("calltaker", "/intake/")
    page.locator("#call-words").fill("窗口一")
    expect(page.locator("[data-kept]")).to_contain_text("草稿")
    call = DeskCall.objects.get()
    other = page.context.new_page()
    other.goto(f"{city.url}/intake/{call.key}/")
    expect(other.locator("#call-words")).to_have_value("窗口一")

    page.locator("#call-name").fill("张女士")
    expect(page.locator("[data-kept]")).to_contain_text("草稿")
    page.wait_for_timeout(700)
    other.locator("#call-phone").fill("13800002201")
    other.wait_for_timeout(1500)

    kept = DeskCall.objects.get().heard
    assert (kept["words"], kept["caller_name"], kept["caller_phone"]) == ("窗口一", "张女士", "13800002201")
    sit.complaints[:] = [text for text in sit.complaints if "409" not in text]


def test_a_form_in_which_nothing_was_said_does_not_come_back_on_the_next_page(sit, city):
    page = sit("calltaker")
    page.keyboard.press("n")
    expect(page.locator("#call-type")).to_be_focused()

    page.goto(f"{city.url}/incidents/")
    page.wait_for_selector("#link-state[data-state=up]")

    expect(page.locator("#dialog")).to_be_hidden()
    page.keyboard.press("n")
    expect(page.locator("#call-type")).to_be_focused()
    page.keyboard.type("jz")
    page.wait_for_timeout(300)
    page.goto(f"{city.url}/incidents/")
    expect(page.locator("#dialog #call-type")).to_be_visible()
