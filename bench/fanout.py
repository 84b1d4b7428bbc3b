"""Fan-out: CPU of the web process for each delivered event, and the time from commit to socket, against two baselines.

The product runs whole: journal, relay, hub on daphne, five departments' scopes, sessions checked, windows acknowledged. The textbook
consumer gets the same event after the same commit through `group_send`. The bare server gets a ready text.
"""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.conf import settings
from django.contrib import auth
from django.contrib.sessions.backends.db import SessionStore
from django.db import transaction
from django.utils import timezone

from access.actors import Actor
from access.models import Department, Membership, User
from bench import fanout_textbook, harness
from bench.harness import Row
from journal import services as journal
from journal import wire
from journal.facts import Fact, fact
from journal.models import Entry

FACTS = 20
FACTS_PER_SECOND = 5.0
DEPARTMENTS = 5
PEOPLE = 125
PATIENCE_SECONDS = 30


@fact("bench.ticked", says="{actor} measured")
class Ticked(Fact):
    seq: int
    incident_id: int
    unit_id: int
    status: str


@dataclass
class Subject:
    """A server process with its screens, and what was measured of it."""

    kind: str
    sockets: int
    server: "subprocess.Popen[str]"
    screens: "subprocess.Popen[str]"
    latencies: list[float] = field(default_factory=list)
    p99: list[float] = field(default_factory=list)
    port: int = 0


def measure() -> list[Row]:
    """Four rows of the table."""
    cookies, scopes = _people()
    with ExitStack() as stack:
        stack.enter_context(relay())
        plan = [("product", 500), ("textbook", 500), ("bare", 500), ("product", 200), ("product", 2000)]
        subjects = {f"{kind} {sockets}": stack.enter_context(subject_of(kind, sockets, cookies)) for kind, sockets in plan}
        for subject in subjects.values():
            _run(subject, scopes)  # warm
        for subject in subjects.values():
            subject.p99.clear()
        first = {name: (lambda subject=subject: _run(subject, scopes)) for name, subject in subjects.items() if subject.sockets == 500}
        second = {name: (lambda subject=subject: _run(subject, scopes)) for name, subject in subjects.items() if subject.sockets != 500}
        runs = harness.in_turns(first) | harness.in_turns(second)
    return _rows(runs, subjects)


def _rows(runs: dict[str, list[float]], subjects: dict[str, Subject]) -> list[Row]:
    middle = {name: harness.median(values) * 1e6 for name, values in runs.items()}
    ours, theirs, bare = middle["product 500"], middle["textbook 500"], middle["bare 500"]
    flat, wide = middle["product 200"], middle["product 2000"]
    p99, textbook_p99 = (harness.median(subjects[name].p99) * 1e3 for name in ("product 500", "textbook 500"))
    what = "fan-out, server CPU per delivery, 500 sockets on daphne"
    return [
        Row(what, "µs", ours, theirs, "<= 1/10", ours <= theirs / 10, "textbook consumer", runs),
        Row(what, "µs", ours, bare, "<= 3.5x", ours <= 3.5 * bare, "bare websockets on uvloop"),
        Row("the same, 2,000 sockets over 200", "µs", wide, flat, "<= 2.2x", wide <= 2.2 * flat, "200 sockets"),
        Row("commit to socket p99, 500 sockets, 5 facts/s", "ms", p99, textbook_p99, "<= 1/4", p99 <= textbook_p99 / 4, "textbook consumer"),
    ]


def _people() -> tuple[list[str], list[str]]:
    """Sessions of people in five departments, and the scopes of an event that all of them may see."""
    departments = [Department.objects.get_or_create(code=f"bench-{n}", defaults={"name": f"Bench {n}"})[0] for n in range(DEPARTMENTS)]
    cookies = []
    for number in range(PEOPLE):
        user, _ = User.objects.get_or_create(username=f"bench-{number}", defaults={"name": f"Bench {number}", "password": "!"})
        department = departments[number % DEPARTMENTS]
        Membership.objects.get_or_create(user=user, role="dispatcher", department=department, defaults={"starts_at": timezone.now()})
        cookies.append(session_of(user))
    return cookies, [f"incidents.view@{one.pk}:*" for one in departments] + ["incidents.view@*:*"]


def session_of(user: User) -> str:
    """The cookie of a signed-in browser."""
    session = SessionStore()
    session[auth.SESSION_KEY] = str(user.pk)
    session[auth.BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[auth.HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return str(session.session_key)


@contextmanager
def program(*command: str) -> "Iterator[subprocess.Popen[str]]":
    log = harness.RESULTS / f"{'-'.join(command).replace('/', '_')[:60]}.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("w") as out, subprocess.Popen([sys.executable, *command], stdout=out, stderr=out, text=True) as process:
        try:
            yield process
        finally:
            process.terminate()


@contextmanager
def relay() -> Iterator[None]:
    """The relay, once it has nothing left to publish of what other benches recorded."""
    with program("manage.py", "relay"):
        until = time.monotonic() + 120
        while Entry.objects.filter(position=None).exists() and time.monotonic() < until:
            time.sleep(0.2)
        time.sleep(2)
        yield


@contextmanager
def subject_of(kind: str, sockets: int, cookies: list[str], **wishes: str) -> Iterator[Subject]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    applications = {"product": "command_center.asgi:application", "textbook": "bench.fanout_textbook:application"}
    daphne = ["-m", "daphne", "-b", "127.0.0.1", "-p", port, "--no-server-name", applications.get(kind, "")]
    command = ["-m", "bench.fanout_textbook", port, settings.REDIS_URL, wire.channel("bare")] if kind == "bare" else daphne
    with program(*command) as server:
        _wait_for(int(port))
        with subprocess.Popen(
            [sys.executable, "bench/fanout_screens.py"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": "."},
        ) as screens:
            wish = {"port": int(port), "sockets": sockets, "cookies": [] if kind == "bare" else cookies, "speaks": kind == "product", **wishes}
            ask(screens, wish)
            time.sleep(1)
            try:
                yield Subject(kind, sockets, server, screens, port=int(port))
            finally:
                screens.kill()


def ask(screens: "subprocess.Popen[str]", wish: object) -> dict[str, object]:
    assert screens.stdin
    assert screens.stdout
    screens.stdin.write(json.dumps(wish) + "\n")
    screens.stdin.flush()
    return json.loads(screens.stdout.readline())  # type: ignore[no-any-return]


def _wait_for(port: int) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise TimeoutError(f"nothing listens on {port}")


def _run(subject: Subject, scopes: list[str]) -> float:
    """Publish a few seconds of events and wait until every screen has them all; CPU seconds of the server for each delivery."""
    ask(subject.screens, "forget what came before")
    before, committed = harness.cpu_seconds(subject.server.pid), {}
    start = time.monotonic()
    for number in range(FACTS):
        time.sleep(max(0.0, start + number / FACTS_PER_SECOND - time.monotonic()))
        sequence = time.monotonic_ns()
        committed[sequence] = _publish(subject.kind, sequence, scopes)
    arrivals: list[tuple[int, float]] = []
    until = time.monotonic() + PATIENCE_SECONDS
    while len(arrivals) < FACTS * subject.sockets and time.monotonic() < until:
        time.sleep(0.2)
        answer = ask(subject.screens, "what came")
        arrivals += [(sequence, at) for sequence, at in answer["arrivals"] if sequence in committed]  # type: ignore[union-attr]
        assert not answer["closed"], f"{answer['closed']} sockets of {subject.kind} were closed"
    spent = harness.cpu_seconds(subject.server.pid) - before
    assert len(arrivals) == FACTS * subject.sockets, f"{subject.kind}: {len(arrivals)} of {FACTS * subject.sockets} deliveries"
    latencies = [at - committed[sequence] for sequence, at in arrivals]
    subject.p99.append(harness.percentile(latencies, 0.99))
    return spent / len(arrivals)


def _publish(kind: str, sequence: int, scopes: list[str]) -> float:
    """One event the way of the subject; the moment its transaction was committed."""
    happened = Ticked(seq=sequence, incident_id=42, unit_id=7, status="EN_ROUTE")
    frame = {"name": happened.name, "about": ["incident:42", "unit:7"], "at": timezone.now().isoformat(), "data": vars(happened)}
    if kind == "bare":
        wire.publisher().publish("bare", [json.dumps(frame).encode()])
        return time.monotonic()
    with transaction.atomic():
        # The relay numbers the textbook's entries too, but for nobody: its scope has no listener.
        journal.record(Actor.system("bench"), happened, about=["incident:42", "unit:7"], scopes=scopes if kind == "product" else ["nobody"])
    committed = time.monotonic()
    if kind == "textbook":
        async_to_sync(get_channel_layer().group_send)(fanout_textbook.GROUP, {"type": "fact", "frame": frame})
    return committed
