"""A screen that nobody sits at: read from afar, awake, honest about its age, and fresh every night."""

import re
from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from access.models import Membership, Region, User

pytestmark = pytest.mark.patient

HD = {"width": 1920, "height": 1080}
FOUR_METRES = "kiosk=1&distance=4&pitch=0.634"


@pytest.fixture
def wall(city, django_db_blocker):
    """The account of a wall."""
    if "wall" not in city.people:
        with django_db_blocker.unblock():
            user = User.objects.create(username="wall", name="大屏", password=city.people["dispatcher"].password)
            root = Region.objects.get(code="110000")
            Membership.objects.create(user=user, role="wall", region=root, starts_at=timezone.now() - timedelta(days=1))
        city.people["wall"] = user
    return "wall"


def test_a_wall_shows_what_fits_in_letters_large_enough_and_counts_the_rest(sit, wall, fire_at):
    for number in range(12):
        fire_at(f"莲花池东路 {number} 号", minutes=number + 1 if number else 170)
    page = sit(wall, f"/ops/?{FOUR_METRES}", size=HD)

    more = page.locator("#queue + .wall-more")
    more.wait_for()
    whole = page.evaluate(
        """async () => { const look = () => { const box = document.querySelector("#queue").getBoundingClientRect();
                return [...document.querySelectorAll("#queue .row")].filter((row) => row.getClientRects().length)
                    .map((row) => row.getBoundingClientRect().bottom <= box.bottom + 1); };
            const until = performance.now() + 5000;
            while (!look().every(Boolean) && performance.now() < until) await new Promise(requestAnimationFrame);
            return look(); }"""
    )
    boxes = [row.bounding_box() for row in page.locator("#queue .row:visible").all()]
    assert more.bounding_box()["y"] - max(box["y"] + box["height"] for box in boxes) < 3
    assert page.evaluate("getComputedStyle(document.documentElement).fontSize") == "50px"
    assert all(whole) and len(whole) + int(re.search(r"\d+", more.text_content())[0]) >= 12
    assert page.locator("nav:visible, .menu:visible, .finder:visible, [role=toolbar]:visible").count() == 0
    assert "distance" not in page.url
    page.goto(page.url.partition("/ops/")[0] + "/dispatch/?kiosk=1")
    assert page.evaluate("document.documentElement.dataset.wall") == "50"
    page.locator(".card-time", has_text="02:").first.wait_for()
    overhangs = """() => [...document.querySelectorAll(".board-card:not(.is-dropped) .card-time")].map((each) => {
        const words = document.createRange(); words.selectNodeContents(each);
        return words.getBoundingClientRect().right - each.closest(".board-card").getBoundingClientRect().right; })"""
    assert max(page.evaluate(overhangs)) <= 0


def test_a_wall_says_when_its_picture_stands_and_takes_a_fresh_one_at_night(sit, wall):
    page = sit(wall, "/ops/")
    page.clock.install()
    page.goto(page.url.partition("/ops/")[0] + "/ops/?kiosk=1")
    page.wait_for_selector("#link-state[data-state=up]")
    page.evaluate(
        """() => { document.documentElement.dataset.old = "1";
            document.dispatchEvent(new CustomEvent("live:state", { detail: { connected: false, lag: null } }));
            document.addEventListener("live:state", (event) => event.stopImmediatePropagation(), true); }"""
    )
    page.clock.fast_forward(20_000)
    page.locator("#wall-stale").wait_for()

    page.goto(page.url)
    page.wait_for_selector("#link-state[data-state=up]")
    page.evaluate("document.documentElement.dataset.old = 1")
    page.clock.fast_forward(int((_three_in_the_morning(timezone.localtime()) - timezone.localtime()).total_seconds() * 1000))

    page.wait_for_selector("html:not([data-old])", state="attached")


def _three_in_the_morning(now: datetime) -> datetime:
    """Half past three, when the page will have stood for most of a day."""
    at = now.replace(hour=3, minute=30, second=0, microsecond=0)
    while at - now < timedelta(hours=21):
        at += timedelta(days=1)
    return at
