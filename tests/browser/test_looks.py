"""What every screen must be: free of accessibility faults, quiet in colour, in one language, unclipped, in both themes."""

import io
from typing import Any

import numpy
import pytest
from django.utils import timezone
from PIL import Image

from incidents.models import WeakPin
from tests.browser.axe import faults

pytestmark = pytest.mark.patient

SCREENS = (
    "login",
    "operations",
    "dispatch",
    "call",
    "intake",
    "pins",
    "status",
    "incident",
    "incidents",
    "profile",
    "settings",
    "unit form",
    "person",
    "search",
    "response",
    "mode",
)


def doubt(incident: Any) -> None:
    """Nobody is sure where it is."""
    answer = {"name": "百货大楼", "lon": 116.41, "lat": 39.985, "confidence": 0.7, "by": "gazetteer"}
    WeakPin.objects.create(incident=incident, why="UNSURE", confidence=0.7, answers=[answer], since=timezone.now())


def show(sit: Any, fire_at: Any, screen: str, **look: Any) -> Any:
    """One screen in its usual state."""
    if screen == "login":
        return sit(None, "/accounts/login/", **look)
    if screen in ("operations", "dispatch", "call", "status"):
        fire_at("莲花池东路 12 号")
        fire_at("和平里七区", kind="burst-pipe", lon=116.45, minutes=4)
        page = sit("dispatcher", "/ops/", **look)
        page.keyboard.press("j")
        page.wait_for_selector("#panel .five")
        key = {"dispatch": "d", "call": "n", "status": "s"}.get(screen)
        if key:
            page.keyboard.press(key)
            page.wait_for_selector("#dialog[open] form")
        return page
    if screen == "search":
        fire_at("莲花池东路 12 号")
        page = sit("dispatcher", "/ops/", **look)
        page.keyboard.press("Control+KeyK")
        page.keyboard.type("lhc")
        page.wait_for_selector("#palette-list [role=option]")
        return page
    if screen in ("response", "mode"):
        fire_at("莲花池东路 12 号")
        page = sit("supervisor", "/ops/", **look)
        page.keyboard.press("j")
        page.wait_for_selector("#panel .five")
        page.keyboard.press("r" if screen == "response" else "Shift+KeyM")
        page.wait_for_selector("#dialog[open] form")
        return page
    if screen == "incident":
        return sit("dispatcher", f"/incidents/{fire_at('莲花池东路 12 号').number}/", **look)
    if screen == "intake":
        fire_at("莲花池东路 12 号")
        page = sit("calltaker", "/intake/", **look)
        page.locator("#call-place").fill("39.9802, 116.4001")
        page.locator("#call-words").fill("二楼冒烟")
        page.wait_for_selector("#same [data-candidate]")
        page.wait_for_selector("#map[data-ready=true]")
        return page
    if screen == "pins":
        doubt(fire_at("老百货后面"))
        return sit("calltaker", "/intake/pins/", **look)
    if screen == "incidents":
        fire_at("莲花池东路 12 号")
        return sit("dispatcher", "/incidents/", **look)
    if screen == "profile":
        return sit("dispatcher", "/profile/", **look)
    path = {"settings": "/settings/units/", "unit form": "/settings/units/new/", "person": "/settings/people/"}[screen]
    return sit("admin", path, **look)


@pytest.mark.parametrize("screen", SCREENS)
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_axe_finds_nothing_by_day_and_by_night(sit, fire_at, screen, language):
    page = show(sit, fire_at, screen, theme="light", language=language)

    assert faults(sit, page) == []


def chroma(picture: bytes) -> numpy.ndarray:
    """OKLCH chroma of every pixel."""
    rgb = numpy.asarray(Image.open(io.BytesIO(picture)).convert("RGB"), dtype=float) / 255
    linear = numpy.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    lms = numpy.cbrt(
        linear
        @ numpy.array(
            [[0.4122214708, 0.5363325363, 0.0514459929], [0.2119034982, 0.6806995451, 0.1073969566], [0.0883024619, 0.2817188376, 0.6299787005]]
        ).T
    )
    lab = (
        lms
        @ numpy.array(
            [[0.2104542553, 0.793617785, -0.0040720468], [1.9779984951, -2.428592205, 0.4505937099], [0.0259040371, 0.7827717662, -0.808675766]]
        ).T
    )
    return numpy.hypot(lab[..., 1], lab[..., 2])


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_quiet_city_shows_no_colour_and_a_disturbed_one_little(sit, fire_at, theme):
    page = sit("dispatcher", "/ops/", theme=theme)
    quiet = (chroma(page.screenshot()) > 0.06).mean()

    for number in range(6):
        fire_at(f"{number} 号", lon=116.3 + number / 40)
    disturbed_page = sit("dispatcher", "/ops/", theme=theme)
    disturbed = (chroma(disturbed_page.screenshot()) > 0.06).mean()

    assert quiet <= 0.0005
    assert 0 < disturbed <= 0.02


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("size", [{"width": 1920, "height": 1080}, {"width": 1024, "height": 768}], ids=["desk", "small"])
@pytest.mark.parametrize("screen", ["operations", "incident", "incidents", "settings"])
def test_nothing_is_clipped_and_nothing_scrolls_sideways(sit, fire_at, screen, size, language):
    page = show(sit, fire_at, screen, language=language, size=size)

    sideways = page.evaluate("document.scrollingElement.scrollWidth > innerWidth + 1")
    clipped = page.evaluate(
        """() => [...document.querySelectorAll("button, a, h1, h2, h3, label, th, .code, kbd, .row-state, .row-units, .row-time")]
            .filter((each) => each.getClientRects().length && !each.closest(".sr, .cut, .leaflet-container"))
            .filter((each) => each.scrollWidth > each.clientWidth + 1 && getComputedStyle(each).overflow !== "visible"
                || each.getBoundingClientRect().right > innerWidth + 1)
            .map((each) => each.textContent.trim().slice(0, 40))"""
    )

    assert not sideways
    assert clipped == []


def test_tab_reaches_the_queue_within_25_stops(sit, fire_at):
    fire_at("东路")
    page = sit("dispatcher", "/ops/")
    page.evaluate("document.activeElement.blur()")

    stops = 0
    while page.evaluate("document.activeElement.id") != "queue" and stops < 40:
        page.keyboard.press("Tab")
        stops += 1

    assert stops <= 25


def test_the_first_load_stays_within_its_budget(sit, city, browser):
    """150 kB of script and 25 kB of style as brotli would send them, at most 25 requests besides map tiles."""
    import urllib.request

    import brotli

    page = sit("dispatcher", "/ops/")
    urls = {entry["name"] for entry in page.evaluate("performance.getEntriesByType('resource').map((each) => ({name: each.name}))")}

    def weight(ending: str) -> int:
        return sum(len(brotli.compress(urllib.request.urlopen(url).read())) for url in urls if url.split("?")[0].endswith(ending))

    script, style = weight(".js"), weight(".css")
    requests = 1 + len([url for url in urls if ".pmtiles" not in url])
    print(f"script {script / 1000:.1f} kB, style {style / 1000:.1f} kB, {requests} requests")
    assert script <= 150_000 and style <= 25_000 and requests <= 25


def test_layout_does_not_shift_while_incidents_come(sit, fire_at):
    page = sit("dispatcher", "/ops/")
    page.evaluate(
        """() => { window.shift = 0;
            new PerformanceObserver((list) => list.getEntries().forEach((each) => { window.shift += each.value; }))
                .observe({type: "layout-shift", buffered: false}); }"""
    )
    page.locator("#queue").hover()

    for number in range(3):
        fire_at(f"{number} 号")
    page.wait_for_timeout(1500)

    assert page.evaluate("window.shift") <= 0.02
