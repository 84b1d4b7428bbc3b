"""A caller's phone tells where it is: who may tell it, who may look, what is kept, and what is never written down."""

import logging
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from access.actors import Actor
from access.models import Region
from exchange import api, selectors, services
from exchange.caller_location.numbers import key_of
from exchange.models import CallerLocation
from exchange.services import Wire
from exchange.tasks import forget_caller_locations
from journal.models import Entry
from kit.errors import Forbidden, Invalid, Refused
from tests.api.conftest import Program
from tests.exchange.test_caller_location_messages import CIRCLE, answer, sms

NUMBER, IMSI, IMEI = "+86 138 0000 2201", "460001234567890", "356938035643809"


@pytest.fixture(autouse=True)
def _nobody_has_told_yet(db: None) -> None:
    api.LIMIT.forget()


def message(at: datetime, *, lat: str = "+39.95000", radius: int = 80, method: str = "G") -> str:
    """What a phone sends, with the numbers of itself and of its card."""
    return sms(
        f'A"ML=1;lt={lat};lg=+116.40000;rd={radius};top={at.astimezone(UTC):%Y%m%d%H%M%S};lc=95;pm={method};si={IMSI};ei={IMEI};mcc=460;mnc=00'
    )


def told(actor: Actor, text: str, now: datetime, *, number: str = NUMBER) -> CallerLocation | None:
    return services.record_caller_location(actor, number=number, wire=Wire.AML, text=text, now=now)


def names_of_facts() -> list[str]:
    return list(Entry.objects.order_by("id").values_list("name", flat=True))


def test_a_call_taker_sees_where_the_phone_of_a_caller_is(partner: Actor, call_taker: Actor, north: Region, now: datetime) -> None:
    told(partner, message(now - timedelta(seconds=20)), now)

    [found] = services.look_up_caller(call_taker, number="138 0000 2201", now=now)

    assert (found.point.coords, found.radius_m, found.confidence, found.method) == ((116.4, 39.95), 80.0, 95.0, "GNSS")
    assert found.at == (now - timedelta(seconds=20)).replace(microsecond=0)
    assert names_of_facts() == ["exchange.caller_location_received", "exchange.caller_location_seen"]


def test_another_number_has_no_place(partner: Actor, call_taker: Actor, now: datetime) -> None:
    told(partner, message(now), now)

    assert services.look_up_caller(call_taker, number="13800002202", now=now) == []
    assert names_of_facts() == ["exchange.caller_location_received"]


def test_the_consoles_of_the_region_are_told_that_a_place_came_and_not_whose(partner: Actor, north: Region, now: datetime) -> None:
    told(partner, message(now), now)

    entry = Entry.objects.get(name="exchange.caller_location_received")
    assert f"exchange.caller_location.view@*:{north.pk}" in entry.scopes
    assert set(entry.data) == {"location_id", "method"}


def test_the_same_message_twice_is_one_place(partner: Actor, now: datetime) -> None:
    text = message(now)

    assert told(partner, text, now) == told(partner, text, now + timedelta(seconds=3))
    assert CallerLocation.objects.count() == 1
    assert len(names_of_facts()) == 1


def test_the_newest_five_places_of_a_caller_are_kept_in_the_order_of_measuring(partner: Actor, call_taker: Actor, now: datetime) -> None:
    for seconds in (70, 10, 60, 20, 50, 30, 40):
        told(partner, message(now - timedelta(seconds=seconds), radius=seconds), now)

    assert [place.radius_m for place in services.look_up_caller(call_taker, number=NUMBER, now=now)] == [10, 20, 30, 40, 50]


@pytest.mark.parametrize("who", ["dispatcher", "call_taker", "auditor", "admin", "sensor", "liaison"])
def test_only_an_integrator_tells_where_phones_are(request: pytest.FixtureRequest, who: str, now: datetime) -> None:
    with pytest.raises(Forbidden):
        told(request.getfixturevalue(who), message(now), now)


@pytest.mark.parametrize("who", ["partner", "auditor", "admin", "crew", "liaison", "outsider", "citizen"])
def test_nobody_outside_the_room_looks_where_a_caller_is(request: pytest.FixtureRequest, who: str, partner: Actor, now: datetime) -> None:
    told(partner, message(now), now)

    with pytest.raises(Forbidden):
        services.look_up_caller(request.getfixturevalue(who), number=NUMBER, now=now)


def test_a_phone_without_a_place_and_one_that_had_it_long_ago_keep_nothing(partner: Actor, now: datetime) -> None:
    lost = sms('A"ML=1;lt=+00.00000;lg=+000.00000;rd=N;top=N;lc=0;pm=N')

    assert told(partner, lost, now) is None
    assert told(partner, message(now - timedelta(minutes=31)), now) is None
    assert CallerLocation.objects.count() == 0


def test_a_phone_whose_clock_is_ahead_is_believed_but_not_its_clock(partner: Actor, now: datetime) -> None:
    place = told(partner, message(now + timedelta(hours=3)), now)

    assert place is not None
    assert place.at == now


def test_after_the_set_time_nobody_sees_it_and_the_clock_deletes_it(partner: Actor, call_taker: Actor, now: datetime, settings: Any) -> None:
    settings.CALLER_LOCATION_MINUTES = 10
    then = timezone.now() - timedelta(minutes=11)
    told(partner, message(then), then)
    told(partner, message(timezone.now()), timezone.now(), number="13800002202")

    assert list(selectors.fresh_locations(key_of(NUMBER), now=timezone.now())) == []
    assert forget_caller_locations() == 1
    assert forget_caller_locations() == 0
    assert CallerLocation.objects.get().caller == key_of("13800002202")
    assert names_of_facts()[-1] == "exchange.caller_locations_forgotten"


def test_a_network_tells_it_over_http_by_sms_text_or_by_held(partner: Actor, call_taker: Actor) -> None:
    network = Program(partner, ["exchange.report_caller_location"])
    document = answer(CIRCLE).replace("2026-11-22T20:15:00+08:00", timezone.now().isoformat())

    first = network.post("caller-locations/", {"number": NUMBER, "aml": message(timezone.now())}, Idempotency_Key="sms-1")
    again = network.post("caller-locations/", {"number": NUMBER, "aml": message(timezone.now() - timedelta(hours=2))})
    second = network.post("caller-locations/", {"number": "13800002202", "held": document})

    assert (first.status_code, first.json()["is_kept"]) == (201, True)
    assert (again.status_code, again.json()) == (200, {"is_kept": False, "forgotten_at": None})
    assert second.status_code == 201
    assert [place.radius_m for place in services.look_up_caller(call_taker, number="13800002202", now=timezone.now())] == [80.0]


def test_a_retry_under_its_key_is_answered_alike(partner: Actor, now: datetime) -> None:
    network, body = Program(partner), {"number": NUMBER, "aml": message(now)}

    answers = [network.post("caller-locations/", body, Idempotency_Key="sms-7") for _each in range(2)]

    assert answers[0].content == answers[1].content
    assert answers[1]["Idempotency-Replayed"] == "true"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"number": NUMBER}, 422),
        ({"number": NUMBER, "aml": "x", "held": "x"}, 422),
        ({"number": NUMBER, "aml": "hello"}, 422),
        ({"number": "hello", "aml": "x"}, 422),
        ({"number": NUMBER, "held": "<x/>"}, 422),
        ({"number": NUMBER, "aml": "x" * 481}, 422),
        ({"number": NUMBER, "held": "x" * 130_000}, 413),
        ({"number": 13800002201, "aml": "x"}, 422),
        ({"aml": "x"}, 422),
        ([], 422),
        (b"{", 400),
    ],
)
def test_what_cannot_be_read_is_refused_in_words(partner: Actor, body: Any, status: int) -> None:
    refused = Program(partner).post("caller-locations/", body)

    assert refused.status_code == status
    assert refused["Content-Type"] == "application/problem+json"
    assert "13800002201" not in refused.content.decode()


def test_a_token_for_other_things_and_a_stranger_are_turned_away(partner: Actor, now: datetime) -> None:
    body = {"number": NUMBER, "aml": message(now)}

    assert Program(partner, ["incidents.view"]).post("caller-locations/", body).status_code == 403
    assert Client().post("/api/v1/caller-locations/", body, content_type="application/json").status_code == 401


def test_a_token_that_floods_is_told_to_wait_while_another_is_heard(partner: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api.LIMIT, "_burst", 3)
    monkeypatch.setattr(api.LIMIT, "_rate", 0.001)
    loud, calm = Program(partner), Program(partner)

    answers = [loud.post("caller-locations/", {}) for _each in range(4)]

    assert [each.status_code for each in answers] == [422, 422, 422, 429]
    assert int(answers[3]["Retry-After"]) > 0
    assert calm.post("caller-locations/", {}).status_code == 422


def test_number_imsi_and_imei_stand_in_no_table_and_no_line_of_the_log(
    partner: Actor, call_taker: Actor, now: datetime, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    network = Program(partner)
    network.post("caller-locations/", {"number": NUMBER, "aml": message(now)}, Idempotency_Key="sms-1")
    network.post("caller-locations/", {"number": NUMBER, "aml": message(now)[:-1]}, Idempotency_Key="sms-2")
    network.post("caller-locations/", {"number": NUMBER, "held": answer(CIRCLE, before="<!DOCTYPE x>")}, Idempotency_Key="sms-3")
    services.look_up_caller(call_taker, number=NUMBER, now=now)
    with pytest.raises(Refused):
        told(partner, message(now) + IMEI, now)

    secrets = ("13800002201", "138 0000 2201", IMSI, IMEI)
    assert CallerLocation.objects.count() == 1
    assert _tables_that_hold(secrets) == []
    lines = [record.getMessage() for record in caplog.records if record.name != "pytest"]
    assert [line for line in lines if any(secret in line for secret in secrets)] == []


def _tables_that_hold(secrets: tuple[str, ...]) -> list[str]:
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(
                f"SELECT count(*) FROM {connection.ops.quote_name(table)} AS t WHERE t::text LIKE ANY(%s)", [[f"%{one}%" for one in secrets]]
            )
            if cursor.fetchone()[0]:
                found.append(table)
    return found


def test_what_is_no_number_is_no_caller(call_taker: Actor, now: datetime) -> None:
    with pytest.raises(Invalid):
        services.look_up_caller(call_taker, number="张女士", now=now)
