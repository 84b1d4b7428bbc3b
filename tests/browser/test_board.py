"""The dispatch board by keyboard: what waits is sent, what was sent is followed, a slip is taken back, and every open board sees it."""

import time
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import faults
from tests.browser.fingers import settled, tap_twice

WITHIN_A_SECOND = 1_000


def board(sit: Any, name: str = "dispatcher", **look: Any) -> Page:
    page = sit(name, "/dispatch/", **look)
    page.wait_for_selector("#main[data-ready=true]")
    page.wait_for_selector("#link-state[data-state=up]")
    return page


def column(page: Page, code: str) -> Any:
    return page.locator(f'.column[data-column="{code}"]')


def test_what_waits_is_sent_and_followed_to_its_end_by_crew_keys_and_another_board_sees_it(sit, fire_at):
    fire = fire_at("莲花池东路 12 号")
    page, other = board(sit), board(sit, "second")
    expect(column(other, "assign").locator(f'[data-number="{fire.number}"]')).to_contain_text("供水灭火")

    page.keyboard.press("j")
    page.keyboard.press("d")
    expect(page.locator("#dialog [name=unit]:checked")).to_have_count(1)
    page.keyboard.press("Enter")

    expect(column(other, "sent").locator(".unit-line")).to_have_count(1, timeout=2 * WITHIN_A_SECOND)
    expect(column(other, "assign").locator(f'[data-number="{fire.number}"]')).to_have_count(0)
    column(page, "sent").locator(".unit-line").click()
    for key, code in (("3", "moving"), ("4", "scene"), ("1", "done")):
        page.keyboard.press(key)
        expect(column(page, code).locator(".unit-line")).to_have_count(1, timeout=2 * WITHIN_A_SECOND)
        expect(column(page, code).locator(".unit-line")).to_be_focused()
    expect(column(other, "done").locator(".unit-line")).to_have_count(1, timeout=2 * WITHIN_A_SECOND)


def test_a_line_is_said_back_while_it_is_typed_and_carried_out_by_enter(sit, fire_at):
    fire = fire_at("西路 9 号")
    page = board(sit)

    page.keyboard.press("/")
    page.keyboard.type(f"d {int(fire.number[-4:])} e3a")
    expect(page.locator(".command-says")).to_contain_text("E3A")
    page.keyboard.press("Enter")
    expect(page.locator("#toasts")).to_contain_text("E3A")
    page.keyboard.type("s e3a dc")
    page.keyboard.press("Enter")

    expect(column(page, "scene").locator('[data-code="E3A"]')).to_be_visible(timeout=2 * WITHIN_A_SECOND)


def test_a_slip_is_taken_back_by_one_key(sit, fire_at):
    fire = fire_at("南路 2 号")
    page = board(sit)
    page.keyboard.press("/")
    page.keyboard.type(f"d {int(fire.number[-4:])} e4a")
    page.keyboard.press("Enter")
    line = column(page, "sent").locator('[data-code="E4A"]')
    expect(line).to_be_visible(timeout=2 * WITHIN_A_SECOND)
    page.keyboard.press("Escape")
    line.click()
    page.keyboard.press("1")
    expect(column(page, "done").locator('[data-code="E4A"]')).to_be_visible(timeout=2 * WITHIN_A_SECOND)

    page.keyboard.press("z")

    expect(line).to_be_visible(timeout=2 * WITHIN_A_SECOND)


def test_several_units_are_marked_and_get_one_status(sit, fire_at):
    fire = fire_at("北路 3 号")
    page = board(sit)
    page.keyboard.press("/")
    page.keyboard.type(f"d {int(fire.number[-4:])} e5a e5b e6a")
    page.keyboard.press("Enter")
    expect(column(page, "sent").locator(".unit-line")).to_have_count(3, timeout=2 * WITHIN_A_SECOND)
    page.keyboard.press("Escape")
    column(page, "sent").locator(".unit-line").first.click()

    page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("Shift+ArrowDown")
    expect(page.locator("[data-marked-count]")).to_have_text("3")
    page.keyboard.press("3")

    expect(column(page, "moving").locator(".unit-line")).to_have_count(3, timeout=2 * WITHIN_A_SECOND)
    expect(page.locator("[data-marked]")).to_be_hidden()


def test_a_unit_is_dragged_onto_an_incident_and_then_into_the_next_column(sit, fire_at):
    fire = fire_at("中路 4 号")
    page = board(sit)
    card = column(page, "assign").locator(f'[data-number="{fire.number}"]')

    page.locator('#units [data-code="E7A"]').drag_to(card)
    line = column(page, "sent").locator('[data-code="E7A"]')
    expect(line).to_be_visible(timeout=2 * WITHIN_A_SECOND)
    line.drag_to(column(page, "moving"))

    expect(column(page, "moving").locator('[data-code="E7A"]')).to_be_visible(timeout=2 * WITHIN_A_SECOND)


def test_the_units_beside_are_those_for_the_chosen_incident_and_enter_sends_one(sit, fire_at):
    fire_at("内路 5 号")
    page = board(sit)

    page.keyboard.press("j")
    expect(page.locator("#units .units-for")).to_contain_text("内路 5 号", timeout=2 * WITHIN_A_SECOND)
    page.keyboard.press("u")
    page.keyboard.press("Enter")

    expect(column(page, "sent").locator(".unit-line")).to_have_count(1, timeout=2 * WITHIN_A_SECOND)


def test_keys_of_an_input_method_do_nothing_on_the_board_and_none_is_lost_in_the_line(sit, fire_at):
    fire_at("外路 6 号")
    page = board(sit)
    page.keyboard.press("j")
    page.evaluate(
        """() => document.activeElement.dispatchEvent(new KeyboardEvent("keydown", {code: "KeyD", key: "Process", keyCode: 229, bubbles: true}))"""
    )
    time.sleep(0.3)
    assert not page.locator("#dialog").evaluate("dialog => dialog.open")

    page.keyboard.press("/")
    page.keyboard.type("s e8a ")
    session = page.context.new_cdp_session(page)
    session.send("Input.imeSetComposition", {"text": "daochang", "selectionStart": 8, "selectionEnd": 8})
    page.keyboard.press("4")
    session.send("Input.insertText", {"text": "到场"})

    assert "到场" in page.locator("#command-board").input_value()
    expect(page.locator("#toasts")).to_be_empty()


def test_a_crew_presses_without_a_network_and_the_room_hears_it_once_when_it_is_back(sit, fire_at, city):
    fire = fire_at("桥路 7 号")
    page = board(sit)
    page.keyboard.press("/")
    page.keyboard.type(f"d {int(fire.number[-4:])} e2b")
    page.keyboard.press("Enter")
    expect(column(page, "sent").locator('[data-code="E2B"]')).to_be_visible(timeout=2 * WITHIN_A_SECOND)
    unit = column(page, "sent").locator('[data-code="E2B"]').get_attribute("data-unit")
    phone = sit("second", f"/crew/{unit}/", size={"width": 390, "height": 844})
    phone.wait_for_selector("#main[data-ready=true]")

    phone.route("**/say/", lambda route: route.abort())
    settled(phone)
    tap_twice(phone, ".crew-next")
    settled(phone)
    phone.locator('[data-say="EN_ROUTE"]').first.click()
    expect(phone.locator("#crew-queue li")).to_have_count(2)
    phone.reload()
    expect(phone.locator("#crew-queue li")).to_have_count(2)
    expect(column(page, "sent").locator('[data-code="E2B"]')).to_be_visible()
    phone.unroute("**/say/")
    phone.evaluate("dispatchEvent(new Event('online'))")

    expect(column(page, "moving").locator('[data-code="E2B"]')).to_be_visible(timeout=8 * WITHIN_A_SECOND)
    expect(phone.locator("#crew-queue li")).to_have_count(0)
    sit.complaints.clear()  # the browser itself complains of the requests that were cut off


def test_an_emergency_call_takes_two_presses(sit, fire_at):
    page = board(sit)
    unit = page.locator('#units [data-code="E8B"]').get_attribute("data-unit")
    phone = sit("second", f"/crew/{unit}/", size={"width": 390, "height": 844})
    phone.wait_for_selector("#main[data-ready=true]")

    phone.locator(".crew-distress").click()
    expect(phone.locator("#crew-queue li")).to_have_count(0)
    phone.locator(".crew-distress").click()

    expect(page.locator('#units [data-code="E8B"] use')).to_have_attribute("href", "#glyph-distress", timeout=3 * WITHIN_A_SECOND)


def test_a_line_is_given_from_the_search_of_the_operations_screen(sit, fire_at):
    fire_at("海路 8 号")
    page = sit("dispatcher")
    page.keyboard.press("j")
    page.keyboard.press("r")
    expect(page.locator("#toasts")).to_contain_text("您无权决定响应级别")  # and not nothing at all

    page.keyboard.press("Control+k")
    page.keyboard.type("d e1a")
    expect(page.locator("#palette [data-line]")).to_contain_text("E1A")
    page.keyboard.press("Enter")

    expect(page.locator("#toasts")).to_contain_text("E1A")
    expect(page.locator("#panel .crew")).to_contain_text("E1A", timeout=2 * WITHIN_A_SECOND)


@pytest.mark.parametrize(
    ("screen", "language"),
    [("empty", "zh-hans"), ("normal", "en"), ("line", "zh-hans"), ("crew", "en")],
)
def test_axe_finds_nothing_on_the_board_nor_on_the_phone(sit, fire_at, screen, language):
    if screen != "empty":
        fire_at("莲花池东路 12 号")
    page = board(sit, language=language)
    if screen == "normal":
        page.keyboard.press("j")
        expect(page.locator("#units .units-for")).to_be_visible(timeout=3 * WITHIN_A_SECOND)
    if screen == "line":
        page.keyboard.press("/")
        page.keyboard.type("s e1")
        expect(page.locator("#command-board-reading [role=option]").first).to_be_visible()
    if screen == "crew":
        unit = page.locator('#units [data-code="E1A"]').get_attribute("data-unit")
        page = sit("second", f"/crew/{unit}/", language=language, size={"width": 390, "height": 844})
        page.wait_for_selector("#main[data-ready=true]")

    assert faults(sit, page) == []


@pytest.mark.parametrize(
    ("size", "language"), [({"width": 1920, "height": 1080}, "zh-hans"), ({"width": 1024, "height": 768}, "en")], ids=["desk", "small"]
)
def test_nothing_on_the_board_is_clipped_and_nothing_scrolls_sideways(sit, fire_at, size, language):
    fire_at("莲花池东路 12 号")
    page = board(sit, language=language, size=size)

    sideways = page.evaluate("document.scrollingElement.scrollWidth > innerWidth + 1")
    clipped = page.evaluate(
        """() => [...document.querySelectorAll("button, a, h1, h2, label, kbd")]
            .filter((each) => each.getClientRects().length && !each.closest(".sr, .cut"))
            .filter((each) => each.scrollWidth > each.clientWidth + 1 && getComputedStyle(each).overflow !== "visible"
                || each.getBoundingClientRect().right > innerWidth + 1)
            .map((each) => each.textContent.trim().slice(0, 40))"""
    )

    assert not sideways and clipped == []
