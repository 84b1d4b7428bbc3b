"""The recommendation by keyboard: another unit in place of one, a greater alarm, help asked; and nothing for axe to find in it."""

import pytest
from playwright.sync_api import Page, expect

from incidents.models import AidRequest, GreaterAlarm, Incident, IncidentType, Neighbour, RunCard, RunCardLine
from kit.geo import Position
from resources.models import Capability
from tests.browser.axe import faults

WITHIN_A_SECOND = 1_000


@pytest.fixture
def cards(fire_at, django_db_blocker, now):
    """Two alarms of fires, of which the second wants what nobody here has; and a neighbour that has it."""
    with django_db_blocker.unblock():
        type_ = IncidentType.objects.get(code="building-fire")
        height, _new = Capability.objects.get_or_create(code="z-height", defaults={"name": "登高", "name_en": "Height"})
        pump = Capability.objects.get(code="pump")
        for alarm, capability in ((1, pump), (2, height)):
            card = RunCard.objects.create(type=type_, alarm=alarm, version=1, saved_at=now, saved_by="x")
            RunCardLine.objects.create(card=card, order=1, capability=capability, count=1)
        neighbour = Neighbour.objects.create(code="beyond", name="邻市消防", name_en="Next city", phone="119", point=Position(116.6, 39.9).as_point())
        neighbour.capabilities.set([height])
    yield
    with django_db_blocker.unblock():
        AidRequest.objects.all().delete()
        GreaterAlarm.objects.all().delete()
        RunCard.objects.all().delete()
        neighbour.delete()


def open_dialog(page: Page, fire: Incident) -> None:
    page.locator(f'#queue [data-number="{fire.number}"]').click()
    page.locator("#queue").focus()
    expect(page.locator("#panel .five")).to_be_visible()
    page.keyboard.press("d")
    expect(page.locator("#dialog [name=unit]:checked")).to_have_count(1, timeout=3 * WITHIN_A_SECOND)


def chosen(page: Page) -> str:
    return page.locator("#dialog [name=unit]:checked").get_attribute("value") or ""


def test_a_dispatcher_swaps_a_unit_strikes_the_next_alarm_and_asks_for_what_is_short_by_one_key_each(sit, fire_at, cards, django_db_blocker):
    fire = fire_at("莲花池东路 12 号")
    page = sit("dispatcher")
    open_dialog(page, fire)
    first = chosen(page)

    page.keyboard.press("s")
    expect(page.locator(f'#dialog [name=unit][value="{first}"]')).not_to_be_checked(timeout=3 * WITHIN_A_SECOND)
    assert chosen(page) != first
    expect(page.locator("#dialog [name=unit]:checked")).to_be_focused()

    page.keyboard.press("u")
    expect(page.locator("#dialog .short")).to_contain_text("登高", timeout=3 * WITHIN_A_SECOND)
    page.keyboard.press("h")
    expect(page.locator("#dialog [name=neighbour]:checked")).to_be_focused(timeout=3 * WITHIN_A_SECOND)
    page.keyboard.press("Enter")
    expect(page.locator("#toasts")).to_contain_text("邻市消防")
    expect(page.locator("#panel")).to_contain_text("已请求", timeout=3 * WITHIN_A_SECOND)

    assert sit.complaints == []
    with django_db_blocker.unblock():
        assert GreaterAlarm.objects.get(incident=fire).alarm == 2
        assert AidRequest.objects.get(incident=fire).capability.code == "z-height"


def test_a_key_pressed_in_the_moment_in_which_the_dialog_is_replaced_is_not_lost(sit, fire_at, cards):
    fire = fire_at("莲花池东路 12 号")
    page = sit("dispatcher")
    open_dialog(page, fire)
    page.evaluate("""() => {
        const dialog = document.getElementById("dialog");
        dialog.addEventListener("htmx:afterSwap", () => setTimeout(() => dialog.querySelector("[data-key=strike_alarm]").click()), {once: true});
    }""")

    page.keyboard.press("s")

    expect(page.locator("#dialog .short")).to_contain_text("登高", timeout=3 * WITHIN_A_SECOND)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_axe_finds_nothing_in_the_recommendation_nor_in_asking_for_help(sit, fire_at, cards, language):
    page = sit("dispatcher", language=language)
    open_dialog(page, fire_at("莲花池东路 12 号"))

    found = faults(sit, page)
    page.keyboard.press("u")
    expect(page.locator("#dialog .short")).to_be_visible(timeout=3 * WITHIN_A_SECOND)
    page.keyboard.press("h")
    expect(page.locator("#dialog [name=neighbour]:checked")).to_be_focused(timeout=3 * WITHIN_A_SECOND)
    found += faults(sit, page)

    assert found == []
