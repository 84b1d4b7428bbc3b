"""A call taken over REST until it stands on two hundred screens: HTTP, permission, transaction, relay, Redis, hub, socket."""

import time
from contextlib import ExitStack
from datetime import timedelta

import httpx
from django.utils import timezone

from access import services as access
from access.actors import Actor
from access.models import Department, Membership, User
from bench import harness
from bench.fanout import PATIENCE_SECONDS, Subject, ask, relay, session_of, subject_of
from bench.harness import Row
from incidents.models import IncidentType

SCREENS = 200
PEOPLE = 50
CALLS = 25
CALLS_PER_SECOND = 2.5
GATE_MS = 600.0


def measure() -> list[Row]:
    """One row: the slowest hundredth of all arrivals, in milliseconds from the first byte of the request."""
    type_code, secret, cookies = people()
    with ExitStack() as stack:
        stack.enter_context(relay())
        mark = r'"incident_id":\s*(\d+)(?=.*incident_opened)|incident_opened.*"incident_id":\s*(\d+)'
        subject = stack.enter_context(subject_of("product", SCREENS, cookies, mark=mark))
        _take_calls(subject, type_code, secret)  # warm
        runs = {"product": [_take_calls(subject, type_code, secret) * 1e3 for _ in range(harness.ROUNDS)]}
    p99 = harness.median(runs["product"])
    return [Row(f"call to {SCREENS} screens p99", "ms", p99, GATE_MS, "<= 600 ms", p99 <= GATE_MS, "the gate itself", runs)]


def people() -> tuple[str, str, list[str]]:
    """A type of incident, a call-taker's token, and the sessions of dispatchers who see every department."""
    now = timezone.now()
    department = Department.objects.get_or_create(code="bench-0", defaults={"name": "Bench 0"})[0]
    kind = IncidentType.objects.get_or_create(
        code="bench-fire", defaults={"name": "Bench fire", "kind": "EMERGENCY", "severity": 3, "department": department}
    )[0]
    cookies = []
    for number in range(PEOPLE):
        user = User.objects.get_or_create(username=f"bench-any-{number}", defaults={"name": f"Bench {number}", "password": "!"})[0]
        Membership.objects.get_or_create(user=user, role="dispatcher", department=None, region=None, defaults={"starts_at": now})
        cookies.append(session_of(user))
    taker = User.objects.get_or_create(username="bench-taker", defaults={"name": "Bench taker", "password": "!"})[0]
    Membership.objects.get_or_create(user=taker, role="call_taker", department=None, region=None, defaults={"starts_at": now})
    _, secret = access.issue_token(Actor.system("bench"), user_id=taker.pk, name="bench", actions=[], lifetime=timedelta(hours=1))
    return kind.code, secret, cookies


def _take_calls(subject: Subject, type_code: str, secret: str) -> float:
    """Take calls at a steady rate and wait until every screen has every one; seconds, p99."""
    ask(subject.screens, "forget what came before")
    taken: dict[int, float] = {}
    start = time.monotonic()
    with httpx.Client(base_url=f"http://127.0.0.1:{subject.port}", headers={"Authorization": f"Token {secret}"}, timeout=10) as client:
        for number in range(CALLS):
            time.sleep(max(0.0, start + number / CALLS_PER_SECOND - time.monotonic()))
            body = {"source": "PHONE", "type": type_code, "place_words": f"{number} Bench Street", "received_at": timezone.now().isoformat()}
            began = time.monotonic()
            answer = client.post("/api/v1/reports/", json=body)
            answer.raise_for_status()
            taken[answer.json()["incident_id"]] = began
    arrivals: list[tuple[int, float]] = []
    until = time.monotonic() + PATIENCE_SECONDS
    while len(arrivals) < CALLS * SCREENS and time.monotonic() < until:
        time.sleep(0.2)
        told = ask(subject.screens, "what came")
        arrivals += [(incident_id, at) for incident_id, at in told["arrivals"] if incident_id in taken]  # type: ignore[attr-defined]
    assert len(arrivals) == CALLS * SCREENS, f"{len(arrivals)} of {CALLS * SCREENS} arrivals, closed with {told['closed']}"
    return harness.percentile([at - taken[incident_id] for incident_id, at in arrivals], 0.99)
