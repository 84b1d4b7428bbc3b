"""A desk with several windows: they share one socket, and when the one that holds it is closed, another goes on."""

import time

from playwright.sync_api import Page, expect

LISTEN = """() => {
  window.heard = [];
  document.addEventListener("live:fact", (event) => window.heard.push(event.detail.position));
}"""
COUNT_SOCKETS = """
  window.opened = 0;
  const Real = WebSocket;
  window.WebSocket = class extends Real { constructor(...given) { super(...given); window.opened += 1; } };
"""


def windows(first: Page, city, number: int) -> list[Page]:
    """More windows of the same browser."""
    first.context.add_init_script(COUNT_SOCKETS)
    opened = []
    for _ in range(number):
        page = first.context.new_page()
        page.goto(city.url + "/ops/")
        page.wait_for_selector("#link-state[data-state=up]")
        page.evaluate(LISTEN)
        opened.append(page)
    return opened


def sockets(pages: list[Page]) -> int:
    return sum(page.evaluate("window.opened") for page in pages)


def wait_for_news(pages: list[Page], seconds: float = 15) -> list[list[int]]:
    """What each window has heard, once all have heard something."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        heard = [page.evaluate("window.heard") for page in pages]
        if all(heard):
            return heard
        pages[0].wait_for_timeout(100)
    raise AssertionError(f"not everybody was told: {heard}")


def test_the_windows_of_a_desk_share_one_socket_and_another_takes_over_when_its_holder_is_closed(sit, fire_at, city):
    leader = sit("dispatcher")
    others = windows(leader, city, 3)
    assert sockets(others) == 0

    fire_at("三个窗口都看见")
    first = wait_for_news(others)
    assert all(heard == sorted(set(heard)) for heard in first)

    leader.close()
    expect(others[0].locator("#link-state[data-state=up]")).to_be_visible()
    for page in others:
        page.evaluate("window.heard = []")
    fire_at("接替之后的一起")

    again = wait_for_news(others)
    assert all(heard == sorted(set(heard)) for heard in again)
    assert sockets(others) == 1


def test_a_window_opened_from_an_old_page_is_told_what_happened_since(sit, fire_at, city):
    page = sit("dispatcher")
    at = int(page.evaluate("document.documentElement.dataset.position"))
    page.evaluate(LISTEN)
    fire_at("翻页时来的")
    wait_for_news([page])

    old = page.context.new_page()
    old.route(
        f"{city.url}/ops/",
        lambda route: route.fulfill(
            response=(answer := route.fetch()), body=answer.text().replace(f'data-position="{page_position(answer.text())}"', f'data-position="{at}"')
        ),
    )
    old.add_init_script("window.heard = []; document.addEventListener('live:fact', (event) => window.heard.push(event.detail.position))")
    old.goto(f"{city.url}/ops/")

    assert min(wait_for_news([old])[0]) > at


def page_position(html: str) -> str:
    return html.split('data-position="', 1)[1].split('"', 1)[0]
