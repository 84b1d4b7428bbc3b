"""The API's own reference opens under the strict content policy, without any network but ours."""

from playwright.sync_api import ConsoleMessage, Request
from tests.browser.conftest import Desk


def test_an_integrator_reads_the_reference_without_leaving_the_city(desk: Desk) -> None:
    page = desk.page
    complaints: list[str] = []
    outside: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        if message.type == "error":
            complaints.append(message.text)

    def see(request: Request) -> None:
        if not request.url.startswith((desk.url, "data:", "blob:")):
            outside.append(request.url)

    page.on("console", hear)
    page.on("request", see)
    page.goto(f"{desk.url}/api/v1/docs/")
    page.get_by_text("/api/v1/reports/", exact=True).first.wait_for(timeout=30_000)

    assert outside == []
    assert complaints == []
