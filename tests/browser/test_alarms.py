"""Alarms at real desks: one key answers, one window sounds, silence is everywhere at once."""

import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from access.actors import Actor
from alerts import services as alerts
from alerts.models import Alarm, AlarmRule
from incidents import services as incidents
from incidents.models import Assignment
from incidents.services.common import Moment
from resources.models import Unit
from tests.browser.axe import faults
from tests.browser.recording import task

# Every pulse the page plans, and every cut, with the page's clock.
LISTEN = """
  window.pulses = []; window.cuts = [];
  const start = OscillatorNode.prototype.start, cut = AudioNode.prototype.disconnect;
  OscillatorNode.prototype.start = function (at) { window.pulses.push(Date.now()); return start.call(this, at); };
  AudioNode.prototype.disconnect = function () { if (this instanceof GainNode) window.cuts.push(Date.now()); return cut.call(this); };
"""
SOUNDS = "document.documentElement.dataset.sounding ?? ''"

Raise = Callable[..., Alarm]


@pytest.fixture
def crew_silent(fire_at: Any, django_db_blocker: Any) -> Iterator[Raise]:
    """The watch finds a crew that has not acknowledged: `crew_silent("E1A")`. The alarms are over after the test."""
    actor = Actor.system("watch")

    def look() -> None:
        time.sleep(0.55)  # two looks are half a second apart at least
        alerts.look_around(actor, now=timezone.now(), took_ms=0.0)

    def find(code: str, level: int = 3) -> Alarm:
        fire = fire_at(f"{code} 号")
        with django_db_blocker.unblock():
            values = {"name": "派遣未确认", "name_en": "Dispatch not acknowledged", "watch": "NOT_ACKNOWLEDGED", "seconds": 60, "response": "呼叫"}
            rule, _new = AlarmRule.objects.update_or_create(code=f"silent-{level}", defaults=values | {"level": level, "is_active": True})
            AlarmRule.objects.exclude(pk=rule.pk).update(is_active=False)
            now = timezone.now()
            unit = Unit.objects.get(code=code)
            sent = incidents.dispatch_unit(actor, incident_id=fire.pk, unit_id=unit.pk, moment=Moment(at=now), now=now)
            Assignment.objects.filter(pk=sent.pk).update(dispatched_at=now - timedelta(seconds=61))
            Unit.objects.filter(pk=unit.pk).update(status_at=now - timedelta(seconds=61))
            look()
            return Alarm.objects.get(unit=unit, ended_at=None)

    yield find
    with django_db_blocker.unblock():
        AlarmRule.objects.update(is_active=False)
        look()
        alerts.acknowledge_alarms(actor, alarm_ids=list(Alarm.objects.live().values_list("pk", flat=True)), now=timezone.now())
        Alarm.objects.all().delete()


def wait_for(page: Page, expression: str, seconds: float = 5) -> None:
    """Until the expression is true; the content policy lets nothing be evaluated within the page."""
    until = time.monotonic() + seconds
    while not page.evaluate(expression):
        assert time.monotonic() < until, f"{expression} is {page.evaluate(expression)}"
        page.wait_for_timeout(20)


def listening(sit: Any, name: str = "dispatcher", **look: Any) -> Page:
    """A desk whose sound is on and whose every pulse is noted."""
    page = sit(name, "/ops/", **look)
    page.context.add_init_script(LISTEN)
    page.reload()
    page.wait_for_selector("html[data-alarms=on]")
    page.mouse.click(5, 300)
    expect(page.locator("#sound-off")).to_be_hidden()
    return page


def test_an_alarm_is_framed_and_sounds_within_half_a_second_and_one_key_answers_it(sit, crew_silent, city):
    page = listening(sit)

    crew_silent("E1A")
    raised = time.time() * 1000
    wait_for(page, "window.pulses.length > 0")
    heard = page.evaluate("window.pulses[0]")
    expect(page.locator(".alarm[data-state=UNACKED]")).to_be_visible()
    page.wait_for_timeout(500)
    page.keyboard.press("a")
    expect(page.locator(".alarm[data-state=ACKED]")).to_be_visible()

    assert heard - raised <= 500
    assert page.evaluate(SOUNDS) == ""
    assert Alarm.objects.get().state == "ACKED"


def test_an_answer_at_one_desk_silences_every_other_within_a_fifth_of_a_second(sit, crew_silent):
    first, second = listening(sit), listening(sit, "second")
    crew_silent("E1B")
    for page in (first, second):
        wait_for(page, f"({SOUNDS}) === '3'")
    expect(first.locator(".alarm[data-state=UNACKED]")).to_be_visible()
    first.wait_for_timeout(500)
    second.evaluate("window.cuts = []")

    first.evaluate("addEventListener('keydown', () => { window.pressed = Date.now(); }, {capture: true, once: true})")
    first.keyboard.press("a")
    wait_for(first, f"({SOUNDS}) === ''")
    wait_for(second, f"({SOUNDS}) === ''")

    took = second.evaluate("window.cuts[0]") - first.evaluate("window.pressed")
    print(f"silent at the other desk after {took} ms")
    assert took <= 200


def test_it_is_answered_while_somebody_types_and_the_capital_a_is_not_written(sit, crew_silent):
    page = listening(sit)
    crew_silent("E2A")
    expect(page.locator(".alarm[data-state=UNACKED]")).to_be_visible()
    page.keyboard.press("n")
    page.wait_for_selector("#dialog[open] form")
    page.keyboard.type("jz")
    page.wait_for_timeout(400)

    page.keyboard.press("Shift+KeyA")
    expect(page.locator(".alarm[data-state=ACKED]")).to_have_count(1)
    page.keyboard.press("Shift+KeyA")

    assert page.evaluate("document.activeElement.value") == "jzA"  # without an alarm the letter is a letter


@pytest.mark.tasks
def test_task_3_it_is_answered_from_a_page_without_the_strip(sit, crew_silent):
    page = sit("dispatcher", "/incidents/")
    page.wait_for_selector("html[data-alarms=on]")
    crew_silent("E2B")
    expect(page.locator("#alarm-chip a")).to_be_visible()
    page.wait_for_timeout(500)

    with task(page, "3", "acknowledge the top alarm from another screen", keys=1, seconds=2, thoughts=1) as doing:
        page.keyboard.press("a")
        with doing.system():
            expect(page.locator("#alarm-chip a")).to_be_hidden()

    expect(page.locator(".toast")).to_contain_text("E2B")


def test_one_window_of_a_person_sounds_and_another_goes_on_when_it_is_closed(sit, crew_silent, city):
    first = listening(sit)
    second = first.context.new_page()
    second.goto(city.url + "/ops/")
    second.wait_for_selector("html[data-alarms=on]")
    second.mouse.click(5, 300)
    crew_silent("E3A")
    wait_for(first, f"({SOUNDS}) === '3'")
    second.wait_for_timeout(500)
    assert second.evaluate("window.pulses.length") == 0
    assert second.locator("#sound-off").is_hidden()

    began = time.monotonic()
    first.close()
    wait_for(second, f"({SOUNDS}) === '3'")

    print(f"the other window sounds after {(time.monotonic() - began) * 1000:.0f} ms")
    assert second.evaluate("window.pulses.length") > 0


def test_silence_is_not_an_answer_and_the_next_alarm_sounds_again(sit, crew_silent):
    page = listening(sit)
    crew_silent("E3B")
    wait_for(page, f"({SOUNDS}) === '3'")

    page.keyboard.press("Shift+KeyS")
    wait_for(page, f"({SOUNDS}) === ''")
    assert Alarm.objects.get().state == "UNACKED"
    page.reload()
    page.wait_for_selector("html[data-alarms=on]")
    page.mouse.click(5, 300)
    page.wait_for_timeout(500)
    assert page.evaluate(SOUNDS) == ""

    crew_silent("E4A", level=2)
    wait_for(page, f"({SOUNDS}) === '2'")


@pytest.mark.parametrize("size", [{"width": 1920, "height": 1080}, {"width": 1024, "height": 768}])
def test_what_came_of_a_command_hides_no_alarm(sit, crew_silent, size):
    crew_silent("E4B")
    page = sit("dispatcher", "/ops/", size=size)
    page.locator("#queue .row").first.click()
    page.keyboard.press("b")
    page.locator("#dialog textarea").fill("关阀")
    page.keyboard.press("Control+Enter")

    said = page.locator("#toasts .toast").bounding_box()
    strip = page.locator("#alarm-strip").bounding_box()

    assert said["y"] + said["height"] <= strip["y"]


def test_a_step_that_is_late_by_hours_is_read_whole_in_the_panel(sit, fire_at):
    fire_at("莲花池东路 12 号", minutes=170)
    page = sit("dispatcher", "/ops/")
    page.locator("#queue .row").first.click()
    late = page.locator("#panel .five [data-due]").first
    expect(late).to_contain_text("02:")

    ends = """(each) => { const words = document.createRange(); words.selectNodeContents(each);
        return [words.getBoundingClientRect().right, each.parentElement.getBoundingClientRect().right]; }"""
    words, column = late.evaluate(ends)
    assert words <= column


def test_a_desk_that_may_not_sound_yet_says_so(sit, crew_silent):
    page = sit("dispatcher", "/incidents/")
    page.wait_for_timeout(3_000)  # whatever asks the page something counts as a press for the browser, so nothing is asked until it stands

    expect(page.locator("#sound-off")).to_be_visible()
    page.mouse.click(5, 300)
    expect(page.locator("#sound-off")).to_be_hidden()


def test_a_call_taker_is_not_asked_for_sound(sit, crew_silent):
    page = sit("calltaker", "/ops/")

    expect(page.locator("#alarm-strip")).to_be_visible()
    assert page.locator("#sound-off").count() == 0


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_axe_finds_nothing_with_an_alarm_on_the_screen(sit, crew_silent, language):
    crew_silent("E5A")
    for path in ("/ops/", "/alarms/"):
        page = sit("dispatcher", path, language=language)
        page.wait_for_selector("[data-alarm-answer]")

        assert faults(sit, page) == []
