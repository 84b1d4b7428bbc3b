"""A call taken until it is painted on a real console, while forty-nine other consoles hear of it and fetch its row too."""

import time
from contextlib import ExitStack

import httpx
from django.utils import timezone
from playwright.sync_api import Page

from bench import browsers, call_to_screens, harness
from bench.fanout import PATIENCE_SECONDS, Subject, relay, subject_of
from bench.harness import Row
from journal.models import Entry

CONSOLES = 50
CALLS = 40
CALLS_PER_SECOND = 1.0
GATE_MS = 300.0
# The moment after the frame in which a new row of the queue was painted.
WATCH = """() => {
  window.painted = {};
  const note = (row) => requestAnimationFrame(() => setTimeout(() => { window.painted[row.dataset.id] ??= Date.now(); }));
  new MutationObserver((changes) => {
    for (const change of changes) for (const node of change.addedNodes)
      if (node.nodeType === 1) for (const row of node.matches("[role=option]") ? [node] : node.querySelectorAll("[role=option]")) note(row);
  }).observe(document.getElementById("queue"), { childList: true, subtree: true });
}"""


def measure() -> list[Row]:
    """p95 from the database's clock in the transaction to the frame, in milliseconds; p50 in the note."""
    browsers.gather_static_files()
    type_code, secret, cookies = call_to_screens.people()
    mark = r'incident_opened.*?"incident_id":\s*(\d+)'
    with ExitStack() as stack:
        stack.enter_context(relay())
        subject = stack.enter_context(subject_of("product", CONSOLES - 1, cookies[1:], mark=mark, fetches="/ops/rows?ids="))
        page = stack.enter_context(browsers.desk(subject.port, cookies[0]))
        page.wait_for_selector("#link-state[data-state=up]")
        page.evaluate(WATCH)
        _take_calls(page, subject, type_code, secret, 5)  # warm
        took = _take_calls(page, subject, type_code, secret, CALLS)
    p95 = harness.percentile(took, 0.95)
    note = f"p50 {harness.percentile(took, 0.5):.0f} ms, worst {max(took):.0f} ms, {len(took)} calls"
    what = f"commit to paint, {CONSOLES} consoles, p95"
    return [Row(what, "ms", p95, GATE_MS, "<= 300 ms", p95 <= GATE_MS, "the gate itself", {"product": took}, note)]


def _take_calls(page: Page, subject: Subject, type_code: str, secret: str, count: int) -> list[float]:
    start, ids = time.monotonic(), []
    with httpx.Client(base_url=f"http://127.0.0.1:{subject.port}", headers={"Authorization": f"Token {secret}"}, timeout=10) as client:
        for number in range(count):
            page.wait_for_timeout(max(1.0, 1000 * (start + number / CALLS_PER_SECOND - time.monotonic())))
            body = {"source": "PHONE", "type": type_code, "place_words": f"{number} Bench Street", "received_at": timezone.now().isoformat()}
            answer = client.post("/api/v1/reports/", json=body)
            answer.raise_for_status()
            ids.append(answer.json()["incident_id"])
    painted: dict[str, float] = {}
    until = time.monotonic() + PATIENCE_SECONDS
    while not all(str(each) in painted for each in ids) and time.monotonic() < until:
        page.wait_for_timeout(200)
        painted = page.evaluate("window.painted")
    opened = Entry.objects.filter(name="incidents.incident_opened", about__overlap=[f"incident:{each}" for each in ids])
    written = {each.data["incident_id"]: each.recorded_at.timestamp() * 1000 for each in opened}
    return [painted[str(each)] - written[each] for each in ids]
