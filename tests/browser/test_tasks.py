"""The operators' tasks: each done by keyboard alone, within its budget of keys and seconds (`tests/browser/recording.py`)."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.recording import compose, task

pytestmark = pytest.mark.tasks


def choose(page: Page, number: str) -> None:
    """The row is chosen, as somebody at work has it."""
    page.locator(f'#queue [data-number="{number}"]').click()
    page.locator("#queue").focus()
    expect(page.locator("#panel .five")).to_be_visible()


def test_task_4_the_recommended_set_is_sent(sit, fire_at):
    fire = fire_at("莲花池东路 12 号")
    page = sit("dispatcher")
    choose(page, fire.number)

    with task(page, "4", "dispatch the recommended set", keys=3, seconds=4, thoughts=2) as doing:
        page.keyboard.press("d")
        with doing.system():
            expect(page.locator("#dialog [name=unit]:checked")).not_to_have_count(0)
        page.keyboard.press("Enter")
        with doing.system():
            expect(page.locator("#toasts")).to_contain_text("已派")


def test_task_5_the_state_of_a_unit_is_changed_from_the_chosen_incident(sit, fire_at):
    fire = fire_at("莲花池东路 12 号")
    page = sit("dispatcher")
    choose(page, fire.number)
    page.keyboard.press("d")
    expect(page.locator("#dialog [name=unit]:checked")).not_to_have_count(0)
    page.keyboard.press("Enter")
    button = page.locator("#panel [data-unit-number='1'] button").first
    expect(button).to_contain_text("途中")

    with task(page, "5", "change a unit's state, incident chosen", keys=2, seconds=3, thoughts=1) as doing:
        page.keyboard.press("1")
        page.keyboard.press("Enter")
        with doing.system():
            expect(button).to_contain_text("到场")  # the next step


def test_task_5_the_state_of_a_unit_is_changed_from_any_screen_while_an_input_method_composes(sit, fire_at):
    fire = fire_at("莲花池东路 12 号")
    page = sit("dispatcher")
    choose(page, fire.number)
    page.keyboard.press("d")
    expect(page.locator("#dialog [name=unit]:checked")).not_to_have_count(0)
    page.keyboard.press("Enter")
    code = page.locator("#panel [data-unit-number='1'] b").first.inner_text()
    page.goto(page.url.replace("/ops/", "/profile/"))
    page.wait_for_selector("#link-state[data-state=up]")

    with task(page, "5", "change a unit's state from another screen", keys=12, seconds=7, thoughts=2) as doing:
        page.keyboard.press("Control+KeyK")
        expect(page.locator("#palette input")).to_be_focused()
        compose(page, "sn")  # nothing fires and nothing is lost
        page.locator("#palette input").fill("")
        page.keyboard.type(f"s {code.lower()} dc")
        expect(page.locator("#palette")).to_contain_text("到场")
        page.keyboard.press("Enter")
        with doing.system():
            expect(page.locator("#toasts")).to_contain_text(code)


def test_task_6_an_incident_is_opened_by_the_end_of_its_number(sit, fire_at):
    fire = fire_at("莲花池东路 12 号")
    fire_at("和平里七区", kind="burst-pipe", lon=116.45)
    page = sit("dispatcher")

    with task(page, "6", "open an incident by its number", keys=8, seconds=5, thoughts=2) as doing:
        page.keyboard.press("Control+KeyK")
        page.keyboard.type(fire.number[-4:])
        page.keyboard.press("Enter")
        with doing.system():
            expect(page.locator(f'#queue [data-number="{fire.number}"]')).to_have_attribute("aria-selected", "true")


def test_enter_is_not_lost_while_the_first_answer_of_the_search_is_on_its_way(sit, fire_at):
    """The script comes after the last digit, so its first question holds them all; Enter is pressed before the answer."""
    fire = fire_at("莲花池东路 12 号")
    page = sit("dispatcher")
    scripts, questions = [], []
    page.route("**/palette*.js", lambda route: scripts.append(route))
    page.route("**/find/?*", lambda route: route.continue_() if questions else questions.append(route))
    with page.expect_request("**/palette*.js"):
        page.keyboard.press("Control+KeyK")
    page.keyboard.type(fire.number[-4:])

    with page.expect_request("**/find/?*"):
        scripts.pop().continue_()
    page.keyboard.press("Enter")
    questions[0].continue_()

    expect(page.locator(f'#queue [data-number="{fire.number}"]')).to_have_attribute("aria-selected", "true")


def test_task_6_a_unit_is_opened_by_pinyin_while_an_input_method_composes(sit, fire_at):
    """The keys of the composition belong to the input method: they take nothing, and what it commits is searched."""
    fire_at("莲花池东路 12 号")
    page = sit("dispatcher", "/incidents/")
    page.wait_for_selector("#link-state[data-state=up]")

    with task(page, "6", "open a place's incident in Chinese, from another screen", keys=8, seconds=8, thoughts=2) as doing:
        page.keyboard.press("Control+KeyK")
        expect(page.locator("#palette input")).to_be_focused()
        compose(page, "lhc")
        expect(page.locator("#palette")).to_be_visible()
        doing.say(page, "莲花池")
        page.keyboard.press("Enter")
        with doing.system():
            page.wait_for_url("**/incidents/2*/", wait_until="commit")
    expect(page.locator("h1")).to_contain_text("建筑火灾")


def test_a_slash_typed_into_a_field_is_a_slash(sit):
    page = sit("dispatcher", "/incidents/")
    page.locator("#id_q").focus()

    page.keyboard.press("/")

    expect(page.locator("#palette")).to_be_hidden()
    expect(page.locator("#id_q")).to_have_value("/")


def test_search_is_left_as_it_was_entered_and_a_dead_server_is_said(sit, fire_at):
    fire_at("莲花池东路 12 号")
    page = sit("dispatcher")
    page.locator("#queue").focus()
    page.keyboard.press("Control+KeyK")
    page.route("**/find/**", lambda route: route.abort())

    page.keyboard.type("lhc")

    expect(page.locator("#palette-list")).to_contain_text("服务器无响应")
    page.keyboard.press("Escape")
    expect(page.locator("#palette")).to_be_hidden()
    expect(page.locator("#queue")).to_be_focused()
    sit.complaints.clear()


def test_a_server_that_fails_is_told_of_in_one_sentence_and_not_by_its_page(sit, fire_at):
    fire = fire_at("莲花池东路 12 号")
    page = sit("dispatcher")
    choose(page, fire.number)
    broken = {"status": 500, "content_type": "text/html", "body": "<!doctype html><html><title>Server Error (500)</title></html>"}
    page.route("**/triage/", lambda route: route.fulfill(**broken))
    page.route("**/note/", lambda route: route.fulfill(**broken))

    for key in ("i", "b"):
        page.keyboard.press(key)
        expect(page.locator("#toasts .toast.refused p").last).to_have_text("操作未成功，请重试。")
        page.locator("#toasts .toast").evaluate_all("(all) => all.forEach((each) => each.remove())")
    sit.complaints.clear()  # the browser tells of each 500 itself


def test_task_7_a_plan_is_set_in_motion_at_level_two(sit, fire_at):
    fire = fire_at("莲花池东路 12 号")
    page = sit("supervisor")
    choose(page, fire.number)

    with task(page, "7", "decide response level II and its plan", keys=4, seconds=8, thoughts=3) as doing:
        page.keyboard.press("r")
        expect(page.locator("#dialog [name=level]")).to_have_count(4)
        page.keyboard.press("2")
        expect(page.locator("#dialog .plan-effects:visible")).to_contain_text("疏散同楼人员")
        page.keyboard.press("Enter")
        with doing.system():
            expect(page.locator("#panel .tasks")).to_contain_text("疏散同楼人员")
    page.keyboard.press("z")
    expect(page.locator("#toasts")).to_contain_text("已终止")


def test_task_12_the_city_is_switched_to_emergency_and_every_console_says_so(sit, fire_at):
    fire_at("和平里七区", kind="burst-pipe", lon=116.45)
    page, other = sit("supervisor"), sit("dispatcher", "/incidents/")
    other.wait_for_selector("#link-state[data-state=up]")

    with task(page, "12", "switch to emergency at level II", keys=6, seconds=10, thoughts=3) as doing:
        page.keyboard.press("Shift+KeyM")
        expect(page.locator("#mode-form [name=level]")).to_have_count(4)
        page.keyboard.press("2")
        page.locator("#id_reason").focus()  # Tab passes the region and the incident; the words are free text
        page.keyboard.insert_text("暴雨橙色预警")
        page.locator("#id_typed").focus()
        page.keyboard.press("2")
        page.keyboard.press("Enter")
        with doing.system():
            expect(other.locator("#mode")).to_contain_text("II", timeout=2_000)
    page.keyboard.press("Shift+KeyM")
    page.locator(".mode-now [name=looked]").check()  # the request that waited
    page.locator(".mode-now [name=reason]").fill("雨停")
    page.locator(".mode-now [name=reason]").press("Enter")
    expect(other.locator("#mode")).to_contain_text("平时")
