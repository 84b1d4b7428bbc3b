"""A room with five hundred people in it and twenty messages a second; and one in which ten thousand messages stand.

The product runs whole: service, journal, relay, hub on daphne; one of the five hundred is a real browser, in which the moment is taken when a
message has been painted. The way there is measured from the end of the transaction. CPU is that of the web process for each delivered frame,
against the same baselines as `fanout`: the frame of a message carries the message, theirs carry ids alone.
"""

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

from django.utils import timezone
from playwright.sync_api import Page

from access.actors import Actor
from access.models import Department, Membership, User
from bench import browsers, fanout, harness
from bench.fanout import PATIENCE_SECONDS, Subject, ask, relay, session_of, subject_of
from bench.harness import Row
from chat import services as chat
from chat.models import Message, Room
from chat.services import NewMessage
from chat.words import pairs_of
from incidents import services as incidents
from incidents.models import IncidentType
from incidents.services.reporting import NewReport

SOCKETS = 499
PEOPLE = 125
MESSAGES = 100
PER_SECOND = 20.0
LONG = 10_000
ROUNDS = 3
PAINT_MS, OPEN_MS, FRAMES = 300.0, 1000.0, 50.0
SAID = "二楼有人，疏散半径 200 米；E7 已到场，关阀两处。第 {} 条"

# When each message stood in a painted frame, by number, in ms since 1970.
WATCH = """() => {
  window.painted = {};
  const look = () => { for (const row of document.querySelectorAll(".chat-row[data-seq]")) {
    const seq = row.dataset.seq;
    if (seq in window.painted) continue;
    window.painted[seq] = 0;
    requestAnimationFrame(() => setTimeout(() => (window.painted[seq] = performance.timeOrigin + performance.now())));
  } };
  new MutationObserver(look).observe(document.querySelector(".chat-rows"), { childList: true });
  look();
}"""
OPEN = """async (room) => {
  const began = performance.now();
  document.querySelector(`.chat-side [data-room="${room}"]`).click();
  for (;;) {
    await new Promise((tell) => requestAnimationFrame(tell));
    if (document.querySelector(`.chat-row[data-seq="%d"]:not(.is-waiting)`)) break;
  }
  await new Promise((tell) => requestAnimationFrame(() => setTimeout(tell)));
  return performance.now() - began;
}"""
SCROLL = """async () => {
  const box = document.querySelector(".chat-list");
  const times = [];
  const until = performance.now() + 8000;
  for (let at = performance.now(); at < until; ) {
    const next = await new Promise((tell) => requestAnimationFrame(tell));
    times.push(next - at);
    at = next;
    box.scrollTop -= 160;
  }
  times.sort((one, other) => one - other);
  return { fps: 1000 * times.length / times.reduce((sum, each) => sum + each, 0), slow: times[Math.floor(times.length * 0.95)] };
}"""


def measure() -> list[Row]:
    """Five rows of the table."""
    browsers.gather_static_files()
    room, long, cookies = _furnish()
    with ExitStack() as stack:
        stack.enter_context(relay())
        crowd = stack.enter_context(subject_of("product", SOCKETS, cookies))
        bare = stack.enter_context(subject_of("bare", SOCKETS, cookies))
        textbook = stack.enter_context(subject_of("textbook", SOCKETS, cookies))
        page = stack.enter_context(browsers.desk(crowd.port, cookies[0], f"/chat/?room={room.pk}"))
        page.wait_for_selector("#link-state[data-state=up]")
        page.evaluate(WATCH)
        painted: list[float] = []
        turns = {
            "room": lambda: _talk(crowd, page, room, painted),
            "textbook": lambda: _apart(textbook),
            "bare": lambda: _apart(bare),
        }
        for each in turns.values():
            each()
        painted.clear()
        runs = harness.in_turns(turns, ROUNDS)
        opened, frames, slow = _long(page, long, room)
    return _rows(runs, painted, opened, frames, slow)


def _apart(subject: Subject) -> float:
    """A turn of a baseline in a thread of its own: the browser's loop runs in this one, and the channel layer wants none beside it."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(fanout._run, subject, ["nobody"]).result()


def _rows(runs: dict[str, list[float]], painted: list[float], opened: float, frames: float, slow: float) -> list[Row]:
    ours, theirs, bare = (harness.median(runs[name]) * 1e6 for name in ("room", "textbook", "bare"))
    p95, p50 = harness.percentile(painted, 0.95), harness.percentile(painted, 0.5)
    what = "a message to 500 people, server CPU per delivery"
    paint = "commit to paint p95, 500 people, 20 messages/s"
    return [
        Row(paint, "ms", p95, PAINT_MS, "<= 300 ms", p95 <= PAINT_MS, "the gate itself", note=f"p50 {p50:.0f} ms"),
        Row(what, "µs", ours, theirs, "<= 1/10", ours <= theirs / 10, "textbook consumer", runs),
        Row(what, "µs", ours, bare, "<= 3.5x", ours <= 3.5 * bare, "bare websockets on uvloop, ids only"),
        Row("room of 10,000 messages, opened and painted", "ms", opened, OPEN_MS, "<= 1 s", opened <= OPEN_MS, "the gate itself"),
        Row("the same, scrolled", "fps", frames, FRAMES, ">= 50", frames >= FRAMES, "the gate itself", note=f"p95 of a frame {slow:.1f} ms"),
    ]  # fmt: skip


def _furnish() -> tuple[Room, Room, list[str]]:
    """The room of a fire that everybody of a department sees, another with ten thousand messages, and the sessions of people."""
    now, actor = timezone.now(), Actor.system("bench")
    department = Department.objects.get_or_create(code="bench-0", defaults={"name": "Bench 0"})[0]
    kind = IncidentType.objects.get_or_create(
        code="bench-fire", defaults={"name": "Bench fire", "kind": "EMERGENCY", "severity": 3, "department": department}
    )[0]
    cookies = []
    for number in range(PEOPLE):
        user = User.objects.get_or_create(username=f"bench-room-{number}", defaults={"name": f"Bench {number}", "password": "!"})[0]
        Membership.objects.get_or_create(user=user, role="dispatcher", department=department, region=None, defaults={"starts_at": now})
        cookies.append(session_of(user))
    rooms = []
    for place in ("1 Bench Street", "2 Bench Street"):
        told = NewReport(source="PHONE", type_id=kind.pk, place_words=place, position=None, words="", received_at=now)
        incident = incidents.report_incident(actor, report=told, now=now)
        rooms.append(chat.open_incident_room(actor, incident_id=incident.pk, now=now))
    chat.post_message(actor, room_id=rooms[0].pk, message=NewMessage("first"), now=now)
    _fill(rooms[1])
    return rooms[0], rooms[1], cookies


def _fill(room: Room) -> None:
    """Ten thousand messages of several lengths."""
    now = timezone.now()
    rows = []
    for seq in range(1, LONG + 1):
        text = SAID.format(seq) * (1 + seq % 5)
        rows.append(
            Message(
                room=room, seq=seq, revision=seq, author_key="bench", author_label=f"Bench {seq % 7}", text=text, pairs=pairs_of(text), written_at=now
            )
        )
    Message.objects.bulk_create(rows, batch_size=1000)
    room.last_seq = room.last_revision = LONG
    room.last_at = now
    room.save(update_fields=["last_seq", "last_revision", "last_at"])


def _talk(crowd: Subject, page: Page, room: Room, painted: list[float]) -> float:
    """Say so many things at a steady rate until all have all of them; CPU seconds of the server for each delivery."""
    actor = Actor.system("bench")
    ask(crowd.screens, "forget what came before")
    before, committed = harness.cpu_seconds(crowd.server.pid), {}
    start = time.monotonic()
    for number in range(MESSAGES):
        page.wait_for_timeout(max(0.0, (start + number / PER_SECOND - time.monotonic()) * 1e3))
        said = chat.post_message(actor, room_id=room.pk, message=NewMessage(SAID.format(number)), now=timezone.now())
        committed[said.seq] = time.time() * 1e3
    came, until = 0, time.monotonic() + PATIENCE_SECONDS
    while came < MESSAGES * SOCKETS and time.monotonic() < until:
        page.wait_for_timeout(200)
        told = ask(crowd.screens, "what came")
        came += sum(seq in committed for seq, _at in told["arrivals"])  # type: ignore[attr-defined]
    spent = harness.cpu_seconds(crowd.server.pid) - before
    assert came == MESSAGES * SOCKETS, f"{came} of {MESSAGES * SOCKETS} deliveries, closed with {told['closed']}"
    stood: dict[str, float] = page.evaluate("window.painted")
    missed = [seq for seq in committed if not stood.get(str(seq))]
    assert not missed, f"{len(missed)} messages were not painted"
    painted += [stood[str(seq)] - at for seq, at in committed.items()]
    return spent / (came + MESSAGES)


def _long(page: Page, room: Room, other: Room) -> tuple[float, float, float]:
    """How long the long room takes to open (ms, median), how many frames a second it scrolls with, and the time of a slow frame in ms."""
    page.reload()
    page.wait_for_selector(f'.chat-side [data-room="{room.pk}"]')
    opened = []
    for _ in range(5):
        opened.append(page.evaluate(OPEN % LONG, room.pk))
        page.evaluate(OPEN % Room.objects.get(pk=other.pk).last_seq, other.pk)
    page.evaluate(OPEN % LONG, room.pk)
    found = page.evaluate(SCROLL)
    return harness.median(opened), found["fps"], found["slow"]
