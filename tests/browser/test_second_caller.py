"""A second caller of the same fire: the form shows it, two keys add the call, one key takes it out again."""

import pytest
from playwright.sync_api import expect

from tests.browser.recording import task

pytestmark = pytest.mark.patient


def type_a_call(page, place="39.9805, 116.4001"):
    page.keyboard.press("n")
    expect(page.locator("#call-type")).to_be_focused()
    page.keyboard.type("jzhz")
    page.keyboard.press("Enter")
    expect(page.locator("#call-place")).to_be_focused()
    page.keyboard.insert_text(place)
    page.locator("#call-words").focus()
    page.keyboard.insert_text("二楼冒烟，有人喊救命")


@pytest.mark.tasks
def test_task_2_a_second_caller_is_added_by_two_keys_and_taken_out_again_by_one(sit, fire_at):
    fire = fire_at("莲花池东路 12 号", minutes=4)
    fire_at("西路 3 号", lon=116.403, minutes=9)
    page = sit("calltaker")
    type_a_call(page)
    first = page.locator("#same [data-candidate='1']")
    expect(first).to_contain_text(fire.number)
    expect(page.locator("#same [data-candidate]")).to_have_count(2)

    first.focus()
    expect(page.locator(".spot-ring")).to_have_count(1)
    page.locator("#call-words").focus()
    expect(page.locator(".spot-ring")).to_have_count(0)
    with task(page, "2", "merge a report into a suggested duplicate", keys=3, seconds=5, thoughts=2) as doing:
        page.keyboard.press("Alt+1")
        with doing.system():
            expect(page.locator("#toasts")).to_contain_text(f"来电已并入 {fire.number}")

    expect(page.locator("#dialog")).to_be_hidden()
    assert fire.reports.count() == 2 and fire.reports.last().words == "二楼冒烟，有人喊救命"
    page.keyboard.press("z")
    expect(page.locator("#toasts")).to_contain_text("已独立建单")
    expect(page.locator("#queue .row")).to_have_count(3)
    assert fire.reports.count() == 1


def test_what_was_typed_stays_when_the_incident_is_over_meanwhile(sit, fire_at, city, django_db_blocker):
    from django.utils import timezone

    from access.actors import Actor
    from incidents import services as incidents

    fire = fire_at("莲花池东路 12 号", minutes=4)
    page = sit("calltaker")
    type_a_call(page)
    expect(page.locator("#same [data-candidate='1']")).to_contain_text(fire.number)
    with django_db_blocker.unblock():
        incidents.cancel_incident(Actor.system("test"), incident_id=fire.pk, reason="误报", now=timezone.now())

    page.keyboard.press("Alt+1")

    expect(page.locator("#toasts .refused")).to_contain_text(fire.number)
    expect(page.locator("#call-words")).to_have_value("二楼冒烟，有人喊救命")
    expect(page.locator("#call-place")).to_have_value("39.9805, 116.4001")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#toasts")).to_contain_text("已上板")
    sit.complaints[:] = [text for text in sit.complaints if "409" not in text]
