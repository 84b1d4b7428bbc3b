"""A program that lost the answer asks again with the same key; the city does it once."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connections

from access import idempotency
from access.actors import Actor
from access.models import IdempotencyKey, Token
from access.tasks import forget_idempotency_keys
from incidents.models import Assignment, Incident, IncidentType, Note
from resources.models import Unit
from tests.api.conftest import Program, ProgramOf
from tests.api.test_a_call_through_the_api import CALL
from tests.conftest import user_of


def test_a_repeated_note_is_written_once_and_answered_alike(program: ProgramOf, dispatcher: Actor, northern_fire: Incident) -> None:
    desk, address = program(dispatcher), f"incidents/{northern_fire.number}/notes/"

    first = desk.post(address, {"text": "风向转北"}, Idempotency_Key="k-1")
    again = desk.post(address, {"text": "风向转北"}, Idempotency_Key="k-1")

    assert (first.status_code, again.status_code, again.content) == (201, 201, first.content)
    assert (again["Idempotency-Replayed"], again["Location"], again["Content-Type"]) == ("true", first["Location"], "application/json")
    assert Note.objects.count() == 1


def test_the_same_key_for_another_note_is_refused(program: ProgramOf, dispatcher: Actor, northern_fire: Incident) -> None:
    desk, address = program(dispatcher), f"incidents/{northern_fire.number}/notes/"
    desk.post(address, {"text": "风向转北"}, Idempotency_Key="k-1")

    other = desk.post(address, {"text": "风向转南"}, Idempotency_Key="k-1")

    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    assert Note.objects.count() == 1


def test_two_people_may_use_the_same_key(program: ProgramOf, dispatcher: Actor, supervisor: Actor, northern_fire: Incident) -> None:
    address = f"incidents/{northern_fire.number}/notes/"

    answers = [program(actor).post(address, {"text": "收到"}, Idempotency_Key="k-1").status_code for actor in (dispatcher, supervisor)]

    assert answers == [201, 201]
    assert Note.objects.count() == 2


def test_a_refusal_is_remembered_too(program: ProgramOf, dispatcher: Actor, northern_fire: Incident, southern_pipe: Incident, engine_7: Unit) -> None:
    desk = program(dispatcher)
    desk.post(f"incidents/{southern_pipe.number}/assignments/", {"unit": engine_7.pk})
    address = f"incidents/{northern_fire.number}/assignments/"
    busy = desk.post(address, {"unit": engine_7.pk}, Idempotency_Key="k-1")
    desk.post(f"assignments/{Assignment.objects.get().pk}/cancel/", {})

    again = desk.post(address, {"unit": engine_7.pk}, Idempotency_Key="k-1")

    assert (busy.status_code, busy.json()["code"]) == (409, "unit_busy")
    assert again.content == busy.content
    assert again["Content-Type"] == "application/problem+json"


def test_a_fault_of_ours_is_not_remembered(program: ProgramOf, dispatcher: Actor, northern_fire: Incident, monkeypatch: pytest.MonkeyPatch) -> None:
    desk, address = program(dispatcher), f"incidents/{northern_fire.number}/notes/"
    desk.client.raise_request_exception = False
    with monkeypatch.context() as broken:
        broken.setattr("journal.services.INSERT", "SELECT broken")
        failed = desk.post(address, {"text": "风向转北"}, Idempotency_Key="k-1")

    again = desk.post(address, {"text": "风向转北"}, Idempotency_Key="k-1")

    assert (failed.status_code, failed["Content-Type"], failed.json()["code"]) == (500, "application/problem+json", "fault")
    assert failed.json()["request_id"] == failed["X-Request-ID"]
    assert again.status_code == 201
    assert Note.objects.count() == 1


def test_a_key_is_kept_for_a_day_and_cleaned_by_the_clock(program: ProgramOf, dispatcher: Actor, northern_fire: Incident, now: datetime) -> None:
    desk, address = program(dispatcher), f"incidents/{northern_fire.number}/notes/"
    desk.post(address, {"text": "风向转北"}, Idempotency_Key="old")
    desk.post(address, {"text": "风向转北"}, Idempotency_Key="young")
    IdempotencyKey.objects.filter(key="old").update(created_at=now - timedelta(hours=25))

    later = desk.post(address, {"text": "另一条"}, Idempotency_Key="old")
    IdempotencyKey.objects.filter(key="old").update(created_at=now - timedelta(hours=25))
    forget_idempotency_keys()

    assert later.status_code == 201
    assert [row.key for row in IdempotencyKey.objects.all()] == ["young"]


def test_a_secret_is_not_kept_in_the_clear(program: ProgramOf, admin: Actor, dispatcher: Actor) -> None:
    desk = program(admin)
    body = {"person": "dispatcher", "name": "tablet", "days": 1}

    first = desk.post("tokens/", body, Idempotency_Key="k-1")
    again = desk.post("tokens/", body, Idempotency_Key="k-1")

    assert first.status_code == 201, first.content
    assert again.json()["secret"] == first.json()["secret"]
    assert first.json()["secret"].encode() not in bytes(IdempotencyKey.objects.get().body or b"")
    assert Token.objects.filter(user=user_of(dispatcher)).count() == 1


@pytest.mark.parametrize("key", ["", "a b", "ü", "x" * 101])
def test_a_key_that_cannot_be_one_is_refused(program: ProgramOf, dispatcher: Actor, northern_fire: Incident, key: str) -> None:
    answer = program(dispatcher).post(f"incidents/{northern_fire.number}/notes/", {"text": "x"}, Idempotency_Key=key)

    assert (answer.status_code, list(answer.json()["fields"])) == (422, ["Idempotency-Key"])


@pytest.fixture
def two_senders() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(2) as pool:
        yield pool


@pytest.mark.django_db(transaction=True)
def test_two_at_once_with_one_key_open_one_incident(
    program: ProgramOf, call_taker: Actor, building_fire: IncidentType, north: object, two_senders: ThreadPoolExecutor
) -> None:
    taker = program(call_taker)

    def send(_: int) -> Any:
        try:
            return Program.post(taker, "reports/", CALL, Idempotency_Key="call-1")
        finally:
            connections.close_all()

    for _ in range(5):
        answers = list(two_senders.map(send, range(2)))
        assert [answer.status_code for answer in answers] == [201, 201]
        assert answers[0].content == answers[1].content
    assert Incident.objects.count() == 1


def test_the_row_belongs_to_the_command_and_goes_with_it(dispatcher: Actor, now: datetime, db: None) -> None:
    assert isinstance(idempotency.hold("user:1", "k", "d", now=now), int)
    assert IdempotencyKey.objects.get().status is None
