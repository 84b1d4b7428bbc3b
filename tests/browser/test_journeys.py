"""What a watch is: a call is taken, units are sent, the work is followed and closed, by keyboard, and every open screen sees it."""

import time
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.recording import compose, task

WITHIN_A_SECOND = 1_000


def row(page: Page, number: str) -> Any:
    return page.locator(f'#queue [data-number="{number}"]')


def test_the_first_dispatch_by_keyboard_is_seen_in_a_second_browser_within_a_second(sit, fire_at):
    fire = fire_at("莲花池东路 12 号")
    mine, theirs = sit("dispatcher"), sit("second")
    expect(row(theirs, fire.number)).to_contain_text("接报")

    mine.keyboard.press("j")
    mine.keyboard.press("d")
    expect(mine.locator("#dialog [name=unit]:checked")).to_have_count(1)
    mine.keyboard.press("Enter")

    expect(mine.locator("#toasts")).to_contain_text("已派", timeout=WITHIN_A_SECOND)
    expect(row(theirs, fire.number)).to_contain_text("已派", timeout=WITHIN_A_SECOND)
    expect(row(theirs, fire.number)).to_contain_text("1 个力量")
    expect(mine.locator("#panel .crew")).to_contain_text("已派")


@pytest.mark.tasks
def test_task_1_a_call_is_on_another_desk_before_the_caller_has_hung_up(sit, fire_at):
    taker, dispatcher = sit("calltaker"), sit("dispatcher")

    with task(taker, "1", "new incident by phone, twenty characters of words", keys=18, seconds=35, thoughts=4) as doing:
        taker.keyboard.press("n")
        expect(taker.locator("#call-type")).to_be_focused()
        compose(taker, "jzhz")  # the input method's own keys take nothing, and what it commits is looked for
        taker.keyboard.insert_text("建筑火灾")
        taker.keyboard.press("Enter")
        expect(taker.locator("#call-place")).to_be_focused()
        doing.say(taker, "39.93, 116.31", spoken=False)  # nothing else burns there
        taker.keyboard.press("Enter")
        expect(taker.locator("#call-words")).to_be_focused()
        doing.say(taker, "二楼厨房冒烟很大有三个人被困没有下来过")
        with doing.system():
            expect(dispatcher.locator("#queue .row").first).to_contain_text("建筑火灾", timeout=10_000)
        taker.keyboard.press("Control+Enter")
        with doing.system():
            expect(taker.locator("#toasts")).to_contain_text("已上板")

    expect(dispatcher.locator("#queue .row").first).to_contain_text("二楼厨房冒烟", timeout=2 * WITHIN_A_SECOND)


def test_the_work_is_followed_and_closed_by_keyboard(sit, fire_at):
    fire = fire_at("东路 3 号")
    page, other = sit("dispatcher"), sit("second")
    page.keyboard.press("j")
    page.keyboard.press("d")
    expect(page.locator("#dialog [name=unit]:checked")).to_have_count(1)
    page.keyboard.press("Enter")

    for step in ("途中", "到场", "撤离"):
        button = page.locator("#panel [data-unit-number='1'] button").first
        expect(button).to_contain_text(step)
        page.keyboard.press("1")
        page.keyboard.press("Enter")
        expect(page.locator("#panel .crew")).to_contain_text(step)
    page.locator("#queue").focus()
    page.keyboard.press("b")
    expect(page.locator("#dialog textarea")).to_be_focused()
    page.keyboard.insert_text("楼梯间有烟")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#panel .line")).to_contain_text("楼梯间有烟")
    page.keyboard.press("x")
    expect(page.locator("#dialog")).to_contain_text("处置结果")
    page.keyboard.press("2")
    page.keyboard.press("Enter")

    expect(page.locator("#toasts")).to_contain_text("已结案")
    expect(row(page, fire.number)).to_have_count(0)
    expect(row(other, fire.number)).to_have_count(0, timeout=2 * WITHIN_A_SECOND)


def test_a_dispatch_sent_by_mistake_is_undone_by_one_key(sit, fire_at):
    fire_at("西路 9 号")
    page = sit("dispatcher")
    page.keyboard.press("j")
    page.keyboard.press("d")
    expect(page.locator("#dialog [name=unit]:checked")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(page.locator("#toasts")).to_contain_text("撤销")

    page.keyboard.press("z")

    expect(page.locator("#toasts")).to_contain_text("已召回")
    expect(page.locator("#panel .crew .ended")).to_contain_text("撤销")


def test_a_new_incident_never_moves_the_row_under_the_pointer(sit, fire_at):
    first = fire_at("第一处", kind="burst-pipe")
    page = sit("dispatcher")
    row(page, first.number).hover()
    before = row(page, first.number).bounding_box()

    second = fire_at("第二处")
    waiting = page.locator("#queue-waiting")
    expect(waiting).to_be_visible()

    assert row(page, first.number).bounding_box() == before
    expect(waiting).to_contain_text("1 条新事件")
    waiting.click()
    expect(page.locator("#queue .row").first).to_have_attribute("data-number", second.number)


def test_a_key_that_belongs_to_an_input_method_does_nothing(sit, fire_at):
    fire_at("南路 1 号")
    page = sit("dispatcher")
    page.keyboard.press("j")

    page.evaluate("""() => document.body.dispatchEvent(new KeyboardEvent("keydown", {code: "KeyD", key: "Process", keyCode: 229, bubbles: true}))""")
    page.wait_for_timeout(300)
    assert not page.locator("#dialog").evaluate("dialog => dialog.open")

    page.locator("#note-words").focus()
    session = page.context.new_cdp_session(page)
    session.send("Input.imeSetComposition", {"text": "d", "selectionStart": 1, "selectionEnd": 1})
    page.keyboard.press("x")
    page.wait_for_timeout(200)
    assert not page.locator("#dialog").evaluate("dialog => dialog.open")


def test_pressing_the_same_row_twice_shows_it_and_then_restores_the_view(sit, fire_at):
    fire_at("甲", lon=116.3, lat=39.95)
    far = fire_at("乙", lon=116.5, lat=40.05)
    page = sit("dispatcher")
    scale = page.locator(".leaflet-control-scale-line")
    whole = scale.inner_text()

    row(page, far.number).click()
    row(page, far.number).click()
    expect(scale).not_to_have_text(whole)
    expect(page.locator("#map-follow")).to_have_attribute("aria-pressed", "false")
    row(page, far.number).click()

    expect(scale).to_have_text(whole)


def test_the_table_holds_what_the_map_shows(sit, fire_at):
    fire = fire_at("东路 8 号")
    page = sit("dispatcher")
    page.keyboard.press("j")

    page.keyboard.press("l")

    expect(page.locator("#table")).to_contain_text("E1A")
    expect(page.locator("#table")).to_contain_text(fire.number)
    expect(page.locator("#map")).to_be_hidden()
    page.keyboard.press("l")
    expect(page.locator("#map")).to_be_visible()


def test_a_lost_link_is_said_at_once_and_healed_by_itself(sit, fire_at, city):
    page = sit("dispatcher")
    city.web.terminate()
    city.web.wait(10)

    expect(page.locator("#shell-lost")).to_be_visible(timeout=10_000)
    expect(page.locator("#shell-lost")).to_contain_text("数据停在")
    city.start_web()
    began = time.monotonic()
    fire = fire_at("断网时来的")
    expect(page.locator("#shell-lost")).to_be_hidden(timeout=15_000)
    expect(row(page, fire.number)).to_have_count(1, timeout=15_000)
    assert time.monotonic() - began < 20
    sit.complaints[:] = [
        text for text in sit.complaints if "ERR_CONNECTION" not in text and "WebSocket" not in text and "Failed to fetch" not in text
    ]


def test_the_overlay_of_keys_is_the_registry(sit, city):
    page = sit("dispatcher")

    page.keyboard.press("Shift+Slash")

    expect(page.locator("#keys")).to_contain_text("派遣推荐力量")
    page.keyboard.press("Escape")
    expect(page.locator("#keys")).to_be_hidden()


def test_somebody_signs_in_by_keyboard(sit, city):
    page = sit(None, "/accounts/login/")

    page.keyboard.type("dispatcher")
    page.keyboard.press("Tab")
    page.keyboard.type("a long enough secret")
    page.keyboard.press("Enter")

    page.wait_for_url("**/ops/")
    expect(page.locator("#queue")).to_be_visible()


def test_a_layout_follows_the_dispatcher_to_the_next_desk_of_that_size(sit):
    page = sit("dispatcher")
    bar = page.locator("city-splitter[data-name='queue-size']")
    before = int(bar.get_attribute("aria-valuenow"))
    bar.focus()
    with page.expect_response(lambda answer: answer.url.endswith("/profile/layout/")) as kept:
        for _ in range(5):
            page.keyboard.press("ArrowLeft")
    assert kept.value.status == 204
    size = int(bar.get_attribute("aria-valuenow"))

    assert size > before
    expect(sit("dispatcher").locator("city-splitter[data-name='queue-size']")).to_have_attribute("aria-valuenow", str(size))
    expect(sit("second").locator("city-splitter[data-name='queue-size']")).to_have_attribute("aria-valuenow", "520")
