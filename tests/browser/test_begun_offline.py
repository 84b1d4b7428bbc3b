"""A call begins while the link is away, and outlives the death of its tab."""

import os
import signal
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from incidents.models import DeskCall, Incident, Report

pytestmark = pytest.mark.patient

WORDS = "二楼冒烟，三个人在阳台上，楼道里全是烟"
CUT = ("ERR_INTERNET_DISCONNECTED", "htmx:")


def ready(page):
    """The first key on a page brings the form along; nobody pressed `N` yet."""
    page.keyboard.press("Escape")
    expect(page.locator("#desk-calls[data-ready]")).to_be_attached()


def type_a_call(page, words=WORDS):
    page.keyboard.press("n")
    expect(page.locator("#call-type")).to_be_focused()
    page.keyboard.type("jzhz")
    page.keyboard.press("Enter")
    expect(page.locator("#call-place")).to_be_focused()
    page.keyboard.insert_text("39.9512, 116.4507")
    page.locator("#call-words").focus()
    page.keyboard.insert_text(words)


def forgive(sit):
    sit.complaints[:] = [text for text in sit.complaints if not any(each in text for each in CUT)]


def test_a_call_that_begins_while_the_link_is_away_goes_on_the_board_once_when_it_is_back(sit, fire_at):
    page = sit("calltaker")
    ready(page)
    began = timezone.now()
    page.context.set_offline(True)

    type_a_call(page)
    expect(page.locator("[data-kept]")).to_contain_text("本机")
    page.keyboard.press("Control+s")
    expect(page.locator("[data-kept]")).to_contain_text("连接恢复")
    page.context.set_offline(False)

    expect(page.locator("#dialog")).to_be_hidden(timeout=20_000)
    incident = Incident.objects.get(created_at__gte=began)
    assert Report.objects.get(incident=incident).words == WORDS
    assert DeskCall.objects.get().state == "FINISHED"
    forgive(sit)


def test_a_call_whose_tab_is_killed_while_the_link_is_away_is_all_there_in_the_next_one(sit, city, browser, fire_at):
    page = sit("calltaker")
    ready(page)
    page.context.set_offline(True)
    type_a_call(page)
    page.wait_for_function(
        """(words) => new Promise((tell) => {
          indexedDB.open("calls", 1).onsuccess = ({target}) => {
            target.result.transaction("calls").objectStore("calls").getAll().onsuccess = (all) => {
              target.result.close();
              tell(all.target.result.some((each) => each.values.words === words));
            };
          };
        })""",
        arg=WORDS,
    )

    with page.expect_event("crash"):
        kill_tabs(browser)
    page.close()
    context = sit.contexts[-1]
    context.set_offline(False)
    again = context.new_page()
    again.goto(city.url + "/incidents/")

    expect(again.locator("#desk-calls [data-key=resume_call]")).to_be_visible(timeout=20_000)
    again.keyboard.press("Shift+N")
    expect(again.locator("#call-words")).to_have_value(WORDS)
    expect(again.locator("#call-place")).to_have_value("39.9512, 116.4507")
    expect(again.locator("#call-type")).to_have_value("建筑火灾")
    forgive(sit)


def kill_tabs(browser):
    """As when memory runs out: the processes of the pages end at once, with nothing said to them."""
    session = browser.new_browser_cdp_session()
    for each in session.send("SystemInfo.getProcessInfo")["processInfo"]:
        if each["type"] == "renderer" and b"top-chrome" not in Path(f"/proc/{each['id']}/cmdline").read_bytes():
            os.kill(each["id"], signal.SIGKILL)
    session.detach()


def test_the_end_of_a_call_opens_the_recommendation_for_its_dispatcher(sit, fire_at):
    page = sit("dispatcher")
    type_a_call(page)
    expect(page.locator("[data-board-number]")).not_to_be_empty(timeout=10_000)

    page.keyboard.press("Control+Enter")

    expect(page.locator("#dialog [name=unit]:checked").first).to_be_visible()
    expect(page.locator("#toasts")).to_contain_text("已上板")
