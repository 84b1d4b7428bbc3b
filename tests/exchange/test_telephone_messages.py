"""An exchange tells of calls over HTTP: signed, once, within minutes, and by a token that may do nothing else."""

import base64
import logging
from datetime import timedelta
from typing import Any

import orjson
import pytest
from django.db import connection
from django.utils import timezone

from access.actors import Actor
from exchange import phone_api
from exchange.models import PhoneCall, PhoneMessage
from exchange.services import forget_phone_calls
from exchange.telephony.signing import Signed, secret_key, signature_of
from tests.api.conftest import Program

SECRET = "whsec_" + base64.b64encode(b"a secret of thirty-two bytes ....").decode()
OLD_SECRET = base64.b64encode(b"the secret of last year ........").decode()
ACTIONS = ["exchange.report_phone_call"]


@pytest.fixture(autouse=True)
def _door(settings: Any) -> None:
    settings.TELEPHONY_SECRETS = [SECRET, OLD_SECRET]
    phone_api.LIMIT.forget()


@pytest.fixture
def exchange(partner: Actor) -> Program:
    return Program(partner, ACTIONS)


def event(**changes: str) -> dict[str, str]:
    return {"system": "pbx", "call": "a-1", "event": "ringing", "at": timezone.now().isoformat(), "number": "13800002201", "line": "119"} | changes


def send(program: Program, body: Any, *, name: str = "msg-1", secret: str = SECRET, age: float = 0, alter: bytes = b"", **headers: str) -> Any:
    sent = body if isinstance(body, bytes) else orjson.dumps(body)
    stamp = str(int(timezone.now().timestamp() - age))
    signature = signature_of(secret, Signed(name, stamp, "", sent))
    signed = {"webhook_id": name, "webhook_timestamp": stamp, "webhook_signature": signature} | headers
    return program.post("phone-calls/events/", sent + alter, **signed)


def test_the_signature_is_that_of_standard_webhooks() -> None:
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"  # the example of standardwebhooks.com
    message = Signed("msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", "", b'{"test": 2432232314}')

    assert signature_of(secret, message) == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_ringing_call_is_told(exchange: Program) -> None:
    answer = send(exchange, event())

    assert (answer.status_code, answer.json()) == (201, {"is_new": True, "state": "RINGING"})
    assert PhoneCall.objects.get().line == "119"


def test_the_same_message_again_changes_nothing(exchange: Program) -> None:
    body = event()
    first, again = send(exchange, body), send(exchange, body)
    other_name = send(exchange, body, name="msg-2")

    assert [each.status_code for each in (first, again, other_name)] == [201, 200, 200]
    assert again.json() == {"is_new": False, "state": "RINGING"}
    assert PhoneCall.objects.count() == 1


def test_a_message_recorded_by_a_stranger_is_of_no_use(exchange: Program) -> None:
    send(exchange, event(), name="msg-1")
    send(exchange, event(event="ended"), name="msg-2")

    replayed = send(exchange, event(), name="msg-1")
    too_old = send(exchange, event(call="b"), name="msg-3", age=301)
    ahead = send(exchange, event(call="b"), name="msg-3", age=-301)

    assert replayed.json() == {"is_new": False, "state": "ABANDONED"}
    assert (too_old.status_code, ahead.status_code) == (422, 422)
    assert PhoneCall.objects.count() == 1


@pytest.mark.parametrize(
    "fault",
    [
        {"webhook_signature": ""},
        {"webhook_signature": "v1,AAAA"},
        {"webhook_signature": "v1,\u00e9"},
        {"webhook_timestamp": "now"},
        {"webhook_timestamp": "9" * 40},
        {"webhook_timestamp": "\u0661"},
        {"webhook_id": ""},
        {"webhook_id": "x" * 81},
        {"secret": base64.b64encode(b"another secret of 24 bytes").decode()},
        {"alter": b" "},
    ],
)
def test_what_is_not_signed_is_refused_in_one_sentence(exchange: Program, fault: dict[str, Any]) -> None:
    answer = send(exchange, event(), **fault)

    assert (answer.status_code, answer.json()["code"]) == (422, "not_signed")
    assert PhoneCall.objects.count() == PhoneMessage.objects.count() == 0


def test_an_older_secret_and_several_signatures_are_taken_while_they_are_changed(exchange: Program) -> None:
    assert send(exchange, event(), secret=OLD_SECRET).status_code == 201
    body = orjson.dumps(event(call="b"))
    stamp = str(int(timezone.now().timestamp()))
    both = " ".join(signature_of(secret, Signed("m", stamp, "", body)) for secret in (base64.b64encode(b"x" * 24).decode(), SECRET))
    assert exchange.post("phone-calls/events/", body, webhook_id="m", webhook_timestamp=stamp, webhook_signature=both).status_code == 201


def test_without_a_secret_the_door_is_closed(exchange: Program, settings: Any) -> None:
    settings.TELEPHONY_SECRETS = []

    answer = send(exchange, event())

    assert (answer.status_code, answer.json()["code"]) == (409, "not_set_up")


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (event(event="dancing"), 422),
        ({"system": "pbx"}, 422),
        (event(at="yesterday"), 422),
        (event(at="2020-01-01T00:00:00Z"), 422),
        (event(call="x" * 121), 422),
        (event(call="a b"), 422),
        (event(line="9" * 5_000), 413),
        (event(more="x"), 422),
        ([], 422),
        (b"{", 400),
    ],
)
def test_what_cannot_be_read_is_refused_and_the_number_not_repeated(exchange: Program, body: Any, status: int) -> None:
    answer = send(exchange, body)

    assert answer.status_code == status
    assert "13800002201" not in answer.content.decode()
    assert PhoneCall.objects.count() == 0


def test_only_the_token_of_an_exchange_opens_the_door(partner: Actor, dispatcher: Actor, sensor: Actor) -> None:
    answers = [send(Program(actor), event()) for actor in (dispatcher, sensor)]
    answers.append(send(Program(partner, ["exchange.report_caller_location"]), event()))

    assert [answer.status_code for answer in answers] == [403, 403, 403]


def test_an_exchange_that_floods_is_told_to_wait(exchange: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(phone_api.LIMIT, "_burst", 3)
    monkeypatch.setattr(phone_api.LIMIT, "_rate", 0.001)

    assert [exchange.post("phone-calls/events/", {}).status_code for _each in range(4)] == [422, 422, 422, 429]


def test_names_of_messages_are_kept_no_longer_than_a_replay_could_work(exchange: Program) -> None:
    send(exchange, event())

    forget_phone_calls(Actor.system("telephony"), now=timezone.now() + timedelta(minutes=11))

    assert PhoneMessage.objects.count() == 0
    assert PhoneCall.objects.get().number == "13800002201"


def test_the_number_stands_in_one_column_and_in_no_line_of_the_log(exchange: Program, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    send(exchange, event(), Idempotency_Key="once")
    send(exchange, event(event="ended"), name="msg-2")
    send(exchange, event(at="never"), name="msg-3")

    assert [record.getMessage() for record in caplog.records if "13800002201" in record.getMessage() and record.name != "pytest"] == []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT count(*) FROM {connection.ops.quote_name(table)} AS t WHERE t::text LIKE '%13800002201%'")
            assert cursor.fetchone()[0] == (1 if table == "exchange_phonecall" else 0), table


def test_a_short_secret_is_none() -> None:
    with pytest.raises(ValueError, match="fewer"):
        secret_key("whsec_c2hvcnQ=")
