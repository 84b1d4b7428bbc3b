"""A tablet in the field: how soon its page stands without a link and before a server that never answers; 200 entries with 50 photos on it."""

import base64
import io
import os
import signal
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta

from django.templatetags.static import static
from django.utils import timezone
from PIL import Image
from playwright.sync_api import Page

from access.actors import Actor
from access.models import Department, Membership, Region, User
from bench import browsers
from bench.fanout import Subject, relay, session_of, subject_of
from bench.harness import Row
from incidents import services
from incidents.models import Assignment, Attachment, IncidentType, Note
from incidents.services.common import Moment
from incidents.services.reporting import NewReport
from kit.geo import Position
from resources.models import Unit, UnitType

NOTES, PHOTOS = 150, 50
PRESSES = 30
OUTLIER_OF = 50  # interaction to next paint leaves out the slowest of each fifty
ROUNDS = 5
PATIENCE_SECONDS = 600
SHELL_MS, LIE_FI_MS, INTERACTION_MS = 1000.0, 2500.0, 150.0
SHOWN = """window.shown = 0;
new MutationObserver((_, watch) => {
  if (!document.querySelector("article[id^=job-]")) return;
  window.shown = performance.now(); watch.disconnect();
}).observe(document, {childList: true, subtree: true});"""
WATCH = """() => { window.took = {}; new PerformanceObserver((list) => {
  for (const {interactionId, duration} of list.getEntries()) if (interactionId)
    window.took[interactionId] = Math.max(duration, window.took[interactionId] ?? 0);
}).observe({type: "event", durationThreshold: 16}); }"""
FILL = """async ({module, person, number, notes, photos, picture}) => {
  const {put} = await import(module);
  const bytes = Uint8Array.from(atob(picture), (each) => each.charCodeAt(0));
  const common = {person, about: `incident:${number}`, to: "", point: null, accuracy: null};
  for (let each = 0; each < notes; each++) await put({...common, lane: number, kind: "note", label: "note", text: `entry ${each}`,
    url: `/api/v1/incidents/${number}/notes/`, values: {text: `entry ${each}`}});
  for (let each = 0; each < photos; each++) await put({...common, lane: `${number}#file`, kind: "photo", label: "photo", text: "",
    url: `/api/v1/incidents/${number}/files/`, values: {}, file: new File([bytes, `${each}`], `photo-${each}.jpg`, {type: "image/jpeg"})});
}"""
LEFT = """() => new Promise((tell) => { indexedDB.open("field").onsuccess = ({target}) => {
  target.result.transaction("outbox").objectStore("outbox").getAll().onsuccess = (all) => {
    target.result.close(); tell(all.target.result.filter((each) => each.state !== "sent").map((each) => each.state)); }; }; })"""


@dataclass(frozen=True, slots=True)
class Crew:
    """Who carries the tablet, and the job of their unit."""

    user: User
    job: Assignment


def measure() -> list[Row]:
    """Milliseconds from the reload to the list of jobs; the slowest press with all of it waiting; what was lost or doubled on the way."""
    browsers.gather_static_files()
    crew, picture = _crew(), _picture()
    with ExitStack() as stack:
        stack.enter_context(relay())
        server = stack.enter_context(subject_of("product", 1, [session_of(crew.user)]))
        page = stack.enter_context(browsers.desk(server.port, session_of(crew.user), "/field/"))
        _take_up(page, crew)
        page.add_init_script(SHOWN)
        cut = [_reload_without_link(page) for _round in range(ROUNDS)]
        held = [_reload_held(page, server) for _round in range(ROUNDS)]
        page.context.set_offline(True)
        wanted = {"module": static("js/field/outbox.js"), "person": str(crew.user.pk), "number": crew.job.incident.number}
        page.evaluate(FILL, wanted | {"notes": NOTES, "photos": PHOTOS, "picture": base64.b64encode(picture).decode()})
        full = _reload_without_link(page)
        presses = _press(page)
        seconds = _send(page)
    wrong = _wrong(crew)
    _end(crew)
    size = PHOTOS * len(picture) / 1e6
    to_paint = presses[min(len(presses) // OUTLIER_OF, len(presses) - 1)]
    note = f"{len(presses)} interactions, slowest {presses[0]:.0f} ms, median {presses[len(presses) // 2]:.0f} ms"
    what = f"{NOTES + PHOTOS} entries with {PHOTOS} photos ({size:.0f} MB)"
    return [
        _row("tablet without a link, reload to list of jobs, worst", max(cut), SHELL_MS, {"product": cut}, f"with {what} waiting {full:.0f} ms"),
        _row("tablet, server takes the connection and never answers, worst", max(held), LIE_FI_MS, {"product": held}, ""),
        _row(f"interaction to next paint with {what} waiting", to_paint, INTERACTION_MS, {"product": presses}, note),
        Row(f"{what} lost or doubled", "", wrong, 0.0, "0", wrong == 0, "the gate itself", {}, f"sent in {seconds:.0f} s, words in their order"),
    ]


def _row(what: str, product: float, gate: float, runs: dict[str, list[float]], note: str) -> Row:
    return Row(what, "ms", product, gate, f"<= {gate:.0f} ms", product <= gate, "the gate itself", runs, note)


def _crew() -> Crew:
    """A unit with a crew and a job that has just begun."""
    now, bench = timezone.now(), Actor.system("bench")
    region = Region.objects.filter(code="bench-field").first() or Region.add_root(code="bench-field", name="Bench field", level="CITY")
    department = Department.objects.get_or_create(code="bench-field", defaults={"name": "Bench field"})[0]
    kind = IncidentType.objects.get_or_create(
        code="bench-field", defaults={"name": "Bench field", "kind": "EMERGENCY", "severity": 3, "department": department}
    )[0]
    engine = UnitType.objects.get_or_create(code="bench-field", defaults={"name": "Engine", "name_en": "Engine"})[0]
    unit = Unit.objects.create(
        code=f"BF{now:%d%H%M%S}", type=engine, department=department, department_ids=[department.pk], region=region, status_at=now
    )
    user = User.objects.create(username=f"bench-field-{now:%d%H%M%S}", name="Bench crew", password="!")
    Membership.objects.create(user=user, role="crew", department=department, region=None, starts_at=now - timedelta(days=1))
    said = NewReport(source="PHONE", type_id=kind.pk, place_words="1 Bench Street", position=Position(116.4, 39.92), received_at=now)
    incident = services.report_incident(bench, report=said, now=now)
    job = services.dispatch_unit(bench, incident_id=incident.pk, unit_id=unit.pk, moment=Moment(at=now), now=now)
    return Crew(user, job)


def _picture() -> bytes:
    """A photo as the tablet makes it small: about 1.2 MB."""
    made = io.BytesIO()
    Image.effect_noise((1100, 1100), 90).convert("RGB").save(made, "JPEG", quality=88)
    return made.getvalue()


def _take_up(page: Page, crew: Crew) -> None:
    page.locator("#choose-list button", has_text=crew.job.unit.code).press("Enter")
    page.wait_for_selector(f"#job-{crew.job.pk}")
    page.evaluate(
        """navigator.serviceWorker.ready.then(() => navigator.serviceWorker.controller
        || new Promise((tell) => navigator.serviceWorker.addEventListener("controllerchange", tell, {once: true}))).then(() => null)"""
    )


def _reload_without_link(page: Page) -> float:
    page.context.set_offline(True)
    shown = _reload(page)
    if page.evaluate(LEFT) == []:
        page.context.set_offline(False)
    return shown


def _reload_held(page: Page, server: Subject) -> float:
    with _held(server):
        return _reload(page)


@contextmanager
def _held(server: Subject) -> Iterator[None]:
    """The kernel takes connections for it; it answers none."""
    os.kill(server.server.pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(server.server.pid, signal.SIGCONT)


def _reload(page: Page) -> float:
    page.reload(wait_until="commit")
    until = time.monotonic() + 30
    while not (shown := page.evaluate("window.shown ?? 0")) and time.monotonic() < until:
        page.wait_for_timeout(20)
    return float(shown or 30_000)


def _press(page: Page) -> list[float]:
    """Write notes as a person does, with everything else waiting; how long each key and press took to be painted, the slowest first."""
    page.evaluate(WATCH)
    for number in range(PRESSES):
        page.locator("#mine [data-do=note]").first.press("Enter")
        page.locator("#ask-words").fill(f"pressed {number}")
        page.locator("#ask-send").click()
        page.wait_for_timeout(450)
    page.locator("[data-tab=queue]").click()
    page.wait_for_timeout(500)
    return sorted((float(each) for each in page.evaluate("Object.values(window.took)")), reverse=True)


def _send(page: Page) -> float:
    began = time.monotonic()
    page.context.set_offline(False)
    page.evaluate("dispatchEvent(new Event('online'))")
    while "waiting" in (left := page.evaluate(LEFT)) or "sending" in left:
        if time.monotonic() - began > PATIENCE_SECONDS:
            raise TimeoutError(f"{len(left)} entries are left")
        page.wait_for_timeout(500)
    return time.monotonic() - began


def _wrong(crew: Crew) -> float:
    incident = crew.job.incident
    words = list(Note.objects.filter(incident=incident).order_by("written_at", "id").values_list("text", flat=True))
    expected = [f"entry {number}" for number in range(NOTES)] + [f"pressed {number}" for number in range(PRESSES)]
    return float((words != expected) + abs(Attachment.objects.filter(incident=incident).count() - PHOTOS))


def _end(crew: Crew) -> None:
    """Other benches find no job of this one still running."""
    now, bench = timezone.now(), Actor.system("bench")
    services.advance_assignment(bench, assignment_id=crew.job.pk, step="CLEARED", moment=Moment(at=now), now=now)
    services.cancel_incident(bench, incident_id=crew.job.incident_id, reason="bench over", now=now)
