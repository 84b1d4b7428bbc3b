"""The API's own reference opens under the strict content policy, without any network but ours."""

import pytest

pytestmark = pytest.mark.patient


def test_an_integrator_reads_the_reference_without_leaving_the_city(sit, city):
    page = sit("dispatcher")
    complaints, outside = [], []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("request", lambda request: None if request.url.startswith((city.url, "data:", "blob:")) else outside.append(request.url))

    page.goto(f"{city.url}/api/v1/docs/")
    page.locator("#operations-tag-reports").click(timeout=30_000)
    page.locator('[data-path="/api/v1/reports/"]').first.wait_for(timeout=30_000)

    assert outside == []
    assert complaints == []
