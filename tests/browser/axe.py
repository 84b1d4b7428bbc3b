"""What axe finds on a page, by day and by night: the page stays, its theme changes."""

from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

THEMES = ("light", "dark")
DRESS = """theme => {
  document.documentElement.dataset.theme = theme;
  document.dispatchEvent(new CustomEvent("theme:change", { detail: theme }));
}"""


def faults(sit: Any, page: Page) -> list[tuple[str, str, list[Any]]]:
    """Theme, rule and the first places of each fault. `sit` is the fixture that opened the page: nothing else may have been complained of."""
    assert sit.complaints == []
    told = []
    for theme in THEMES:
        page.evaluate(DRESS, theme)
        told += [(theme, each["id"], [node["target"] for node in each["nodes"]][:3]) for each in Axe().run(page).response["violations"]]
    sit.complaints.clear()  # axe tries inline styles of its own, which the policy rightly refuses
    return told
