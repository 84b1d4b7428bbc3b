"""A type is offered while the caller's words are typed: one key takes it, nothing takes itself, the hands stay where they are."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.patient


@pytest.fixture
def words(city, django_db_blocker):
    from incidents.models import IncidentType, KeyQuestion, TypeRule

    with django_db_blocker.unblock():
        fire, pipe = (IncidentType.objects.get(code=code) for code in ("building-fire", "burst-pipe"))
        TypeRule.objects.create(type=fire, words="冒烟\n起火\n明火", words_en="smoke\nfire", weight=10)
        TypeRule.objects.create(type=pipe, words="冒水\n水管 + 爆", words_en="burst pipe", weight=10)
        asked = [
            ("有人被困吗？", "Anyone trapped?", "YES_NO"),
            ("受伤几人？", "How many hurt?", "NUMBER"),
            ("能看到明火吗？", "Can you see flames?", "YES_NO"),
        ]
        for order, (text, text_en, kind) in enumerate(asked, 1):
            KeyQuestion.objects.create(type=fire, order=order, text=text, text_en=text_en, kind=kind, weight=10)
        yield
        TypeRule.objects.all().delete()
        KeyQuestion.objects.all().delete()


def test_one_key_takes_the_type_that_the_words_speak_for_and_the_answers_suggest_a_level(sit, words, django_db_blocker):
    from incidents.models import Incident

    page = sit("calltaker")
    page.keyboard.press("n")
    page.locator("#call-words").focus()
    page.keyboard.insert_text("没有起火")
    page.wait_for_timeout(600)
    expect(page.locator("[data-take-type]")).to_have_count(0)
    page.keyboard.insert_text("。二楼冒烟")
    expect(page.locator("[data-take-type]")).to_contain_text("建筑火灾")
    expect(page.locator("#call-words")).to_be_focused()
    expect(page.locator("input[name=type]")).to_have_value("")

    page.keyboard.press("Alt+t")

    expect(page.locator("#call-type")).to_have_value("建筑火灾")
    expect(page.locator("#call-words")).to_be_focused()
    expect(page.locator("#call-suggestion .taken")).to_have_count(1)
    expect(page.locator(".question")).to_have_count(3)
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    expect(page.locator("#call-level")).to_contain_text("建议 1 级")
    expect(page.locator(".question input:checked")).to_be_focused()

    page.locator("#call-words").focus()
    page.keyboard.insert_text("，楼下水管爆了，冒水")
    expect(page.locator("[data-take-type]")).to_contain_text("供水管爆裂")
    expect(page.locator("#call-type")).to_have_value("建筑火灾")
    page.locator("#call-place").fill("39.9805, 116.4001")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#dialog")).to_be_hidden()
    with django_db_blocker.unblock():
        incident = Incident.objects.latest("pk")
        assert (incident.type.code, incident.severity) == ("building-fire", 1)
        assert incident.reports.get().answers["answers"][0]["answer"] is True


def test_the_suggestions_stay_quiet_when_the_network_is_away(sit, words):
    page = sit("calltaker")
    page.keyboard.press("n")
    page.locator("#call-words").focus()
    page.route("**/incidents/suggest-type/", lambda route: route.abort())

    page.keyboard.insert_text("二楼冒烟")
    page.wait_for_timeout(700)

    expect(page.locator("#toasts")).to_be_empty()
    expect(page.locator("#call-words")).to_have_value("二楼冒烟")
    sit.complaints.clear()  # the browser itself tells its console of the request that was cut
