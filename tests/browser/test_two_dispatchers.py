"""Two dispatchers send one engine in the same moment, two hundred times: one has it, the other reads who has, and nothing is half done."""

import http.client
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.utils import timezone

from access.actors import Actor
from incidents import services as incidents
from incidents.models import Assignment
from incidents.services.common import Moment
from journal.models import Entry
from resources.models import Unit
from tests.browser.conftest import sign_in

pytestmark = pytest.mark.patient
TRIALS = 200
TOKEN = "t" * 32


def desk(url: str, session: str, start: Barrier) -> Callable[[str, int], tuple[int, str]]:
    """A signed-in dispatcher's browser, less its picture: sends a unit when the other does; gives the answer's status and words."""
    line = http.client.HTTPConnection(urlsplit(url).netloc, timeout=20)
    headers = {
        "Cookie": f"sessionid={session}; csrftoken={TOKEN}; django_language=zh-hans",
        "X-CSRFToken": TOKEN,
        "HX-Request": "true",
        "Content-Type": "application/x-www-form-urlencoded",
    }

    def send(number: str, unit_id: int) -> tuple[int, str]:
        start.wait(timeout=20)
        line.request("POST", f"/incidents/{number}/send/", f"unit={unit_id}", headers)
        answer = line.getresponse()
        return answer.status, answer.read().decode()

    return send


def test_one_of_two_dispatchers_has_the_engine_each_of_two_hundred_times_and_the_other_is_told(
    city: Any, fire_at: Any, django_db_blocker: Any
) -> None:
    fires = [fire_at("莲花池东路 12 号"), fire_at("和平里七区", lon=116.45)]
    actor, start = Actor.system("test"), Barrier(2)
    with django_db_blocker.unblock():
        engine = Unit.objects.get(code="E4A")
        desks = [desk(city.url, sign_in(city.people[name]), start) for name in ("dispatcher", "second")]
    wins: Counter[str] = Counter()

    with ThreadPoolExecutor(2) as hands, django_db_blocker.unblock():
        for trial in range(TRIALS):
            pair = fires if trial % 2 else fires[::-1]
            answers = list(hands.map(lambda send, fire: send(fire.number, engine.pk), desks, pair))
            held = Assignment.objects.open().get(unit=engine)
            won = pair.index(held.incident)
            wins[("dispatcher", "second")[won]] += 1
            assert [status for status, _ in answers] == ([204, 409] if won == 0 else [409, 204]), answers
            told = f"{engine.code} 已由{('李敏', '王芳')[won]}于"
            assert told in answers[1 - won][1] and held.incident.number in answers[1 - won][1], answers
            now = timezone.now()
            incidents.advance_assignment(actor, assignment_id=held.pk, step="CLEARED", moment=Moment(at=now), now=now)

        sent = Assignment.objects.filter(unit=engine, incident__in=fires)
        entries = Entry.objects.filter(name="incidents.unit_dispatched", data__assignment_id__in=list(sent.values_list("pk", flat=True)))
        assert entries.count() == sent.count() == TRIALS
    print(f"won: {dict(wins)}")
