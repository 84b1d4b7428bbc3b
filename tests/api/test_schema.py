"""The description of the API is true: whoever sends whatever, nothing breaks and what is answered is as described."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import cache
from itertools import count
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, connection
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from jsonschema import Draft202012Validator
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from access.actors import Actor
from access.rest.documents import description
from files import services as files
from incidents import services as incidents
from incidents.models import Disposition, Incident, IncidentType
from incidents.services.common import Moment
from incidents.services.work import NewTask
from resources.models import Unit
from tests.api.conftest import Program
from tests.undone import undone

pytestmark = pytest.mark.unhurried
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
schemathesis.serializer.alias("application/offset+octet-stream", "application/octet-stream")  # what tus sends is bytes
ROLES = {
    "citizen": 1,
    "outsider": 1,
    "fire_chief_south": 1,
    "auditor": 1,
    "crew": 1,
    "partner": 1,
    "liaison": 1,
    "call_taker": 1,
    "importer": 1,
    "admin": 2,
    "supervisor": 3,
}
PARTS = 4  # so that none takes minutes, and a fault is found in one of them


@pytest.fixture
def one_connection() -> Iterator[None]:
    """Requests run in the test's own transaction, so they may not give its connection back."""
    request_started.disconnect(close_old_connections)
    request_finished.disconnect(close_old_connections)
    yield
    request_started.connect(close_old_connections)
    request_finished.connect(close_old_connections)


@pytest.fixture
def things(
    one_connection: None,
    dispatcher: Actor,
    supervisor: Actor,
    northern_fire: Incident,
    southern_pipe: Incident,
    engine_7: Unit,
    engine_8: Unit,
    building_fire: IncidentType,
    done: Disposition,
    settings: Any,
    tmp_path: Any,
    now: Any,
) -> dict[str, Any]:
    """Real values, so that requests come further than the door."""
    settings.MEDIA_ROOT = tmp_path
    sent = incidents.dispatch_unit(dispatcher, incident_id=northern_fire.pk, unit_id=engine_7.pk, moment=Moment(at=now), now=now)
    note = incidents.write_note(dispatcher, incident_id=northern_fire.pk, words="x", now=now)
    task = incidents.issue_task(dispatcher, incident_id=northern_fire.pk, task=NewTask("关阀", northern_fire.department_id), now=now)
    file = incidents.attach_file(dispatcher, incident_id=northern_fire.pk, name="a.txt", content=b"x", now=now)
    coming = files.begin_file(supervisor, name="b.txt", size=20, captured=files.Captured(), now=now)
    with connection.cursor() as cursor:  # as the relay does, so that the journal has something to show
        cursor.execute("UPDATE journal_entry SET position = id, digest = sha256('x') WHERE position IS NULL")
        cursor.execute("UPDATE journal_head SET position = (SELECT max(id) FROM journal_entry)")
    return {
        "ids": {"units": engine_7.pk, "assignments": sent.pk, "notes": note.pk, "tasks": task.pk, "attachments": file.pk},
        "number": northern_fire.number,
        "file_key": str(coming.key),
        "body": {
            "unit": engine_8.pk,
            "incident": northern_fire.number,
            "into": southern_pipe.number,
            "parent": southern_pipe.number,
            "department": "fire",
            "region": "110101",
            "station": "S1",
            "disposition": "done",
            "person": "crew",
            "label": "",
            "reason": "误报",
            "point": [116.4, 39.95],
            "received_at": now.isoformat(),
            "at": now.isoformat(),
        },
        "types": {"units": "engine", "reports": "building-fire"},
    }


def _made_real(case: Case, things: dict[str, Any]) -> Case:
    """The same request about things that exist."""
    for name in ("number", "file_key"):
        if name in case.path_parameters:
            case.path_parameters[name] = things[name]
    kind = case.operation.path.removeprefix("/api/v1/").split("/")[0]
    if "id" in case.path_parameters and kind in things["ids"]:
        case.path_parameters["id"] = things["ids"][kind]
    if isinstance(case.body, dict) and case.media_type == "application/json":
        real = {name: things["body"][name] for name in case.body if name in things["body"]}
        if "type" in case.body and kind in things["types"]:
            real["type"] = things["types"][kind]
        case.body = {**case.body, **real}
    return case


@cache
def _operations() -> tuple[Any, ...]:
    schema = schemathesis.openapi.from_wsgi("/api/v1/schema/", get_wsgi_application())
    return tuple(found.ok() for found in schema.get_all_operations())


@pytest.mark.parametrize("part", range(PARTS))
def test_whatever_a_person_sends_is_answered_as_described(request: pytest.FixtureRequest, things: dict[str, Any], part: int) -> None:
    """Making up a request takes as long as answering it, so what was made up is sent by one person after the other."""
    tokens = {role: _token(request.getfixturevalue(role)) for role in ROLES}
    asked = Counter[str]()

    def send(case: Case, example: int) -> None:
        for one in _both(case, things):
            for role in (role for role, wanted in ROLES.items() if example < wanted):
                _ask(one, role, tokens[role])
                asked[role] += 1

    for operation in _operations()[part::PARTS]:
        can_be_wrong = bool(list(operation.body) or list(operation.query) or list(operation.path_parameters))
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)[: 1 + can_be_wrong]:
            _make_up(operation, mode, send)
    assert min(asked[role] for role in ROLES) > 100 / PARTS


def _make_up(operation: Any, mode: GenerationMode, send: Callable[[Case, int], None]) -> None:
    """Send some made-up requests of an operation, numbered from 0."""
    examples = count()

    @given(case=operation.as_strategy(generation_mode=mode))
    @settings(
        max_examples=max(ROLES.values()),
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def ask(case: Case) -> None:
        case.headers = {name: value for name, value in (case.headers or {}).items() if name.lower() != "authorization"}  # type: ignore[assignment]
        send(case, next(examples))

    with suppress(Unsatisfiable):  # nothing of this operation can be wrong
        ask()


def _token(actor: Actor) -> dict[str, str]:
    return {} if actor.user_id is None else {"Authorization": f"Token {Program(actor).secret}"}


def _both(case: Case, things: dict[str, Any]) -> Iterator[Case]:
    """The request as it is, and then about things that exist."""
    yield case
    if case.path_parameters or isinstance(case.body, dict):
        yield _made_real(case, things)


def _ask(case: Case, role: str, token: dict[str, str]) -> None:
    try:
        with undone():
            answer = case.call(headers=token)
        case.validate_response(answer, checks=CHECKS)
    except BaseException as wrong:
        wrong.add_note(f"asked by: {role}")
        raise


def test_the_description_is_openapi_3_1_and_speaks_of_every_address() -> None:
    found = description()

    assert found["openapi"].startswith("3.1")
    for shape in found["components"]["schemas"].values():
        Draft202012Validator.check_schema(shape)
    silent = [
        f"{method} {path}"
        for path, operations in found["paths"].items()
        for method, operation in operations.items()
        if not operation.get("description") or not operation["responses"] or not operation.get("tags")
    ]
    assert silent == []


def test_every_command_takes_an_idempotency_key_and_every_refusal_is_a_problem() -> None:
    for path, operations in description()["paths"].items():
        for method, operation in operations.items():
            names = {parameter["name"] for parameter in operation.get("parameters", [])}
            assert method != "post" or "Idempotency-Key" in names, path
            for status, answer in operation["responses"].items():
                if int(status) >= 400:
                    assert list(answer["content"]) == ["application/problem+json"], (path, status)
