"""Whatever a program sends, it is answered in the documented form and nothing breaks."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.test.utils import override_settings

from access.actors import Actor
from access.models import Token
from incidents.models import Incident, IncidentType
from tests.api.conftest import ProgramOf
from tests.api.test_a_call_through_the_api import CALL
from tests.conftest import user_of


def _is_problem(answer: Any, status: int, code: str) -> bool:
    body = answer.json()
    assert (answer.status_code, body["code"]) == (status, code), answer.content
    assert answer["Content-Type"] == "application/problem+json"
    assert body["request_id"] == answer["X-Request-ID"]
    assert body["status"] == status
    return True


def test_who_says_nothing_is_asked_who_it_is(db: None) -> None:
    answer = Client().get("/api/v1/units/")

    assert _is_problem(answer, 401, "not_authenticated")
    assert answer["WWW-Authenticate"] == "Token"


@pytest.mark.parametrize("header", ["Token", "Token x", "Token a b", "Token " + "f" * 64, "Token " + "é" * 40, "Bearer x", "Token " + "f" * 5000])
def test_a_token_that_is_none_opens_nothing(db: None, header: str) -> None:
    assert Client().get("/api/v1/units/", headers={"Authorization": header}).status_code == 401


def test_a_token_past_its_end_or_of_one_who_left_opens_nothing(program: ProgramOf, dispatcher: Actor, supervisor: Actor) -> None:
    late, gone = program(dispatcher), program(supervisor)
    Token.objects.filter(pk=late.token.pk).update(expiry=late.token.created - timedelta(seconds=1))
    person = user_of(supervisor)
    person.is_active = False
    person.save()

    assert (late.get("me/").status_code, gone.get("me/").status_code) == (401, 401)


def test_a_narrow_token_may_not_do_more_than_it_names(program: ProgramOf, dispatcher: Actor, northern_fire: Incident) -> None:
    reader = program(dispatcher, ["incidents.view"])

    assert reader.get(f"incidents/{northern_fire.number}/").status_code == 200
    assert _is_problem(reader.post(f"incidents/{northern_fire.number}/triage/"), 403, "forbidden")
    assert reader.get("me/").json()["actions"] == ["incidents.view"]


def test_a_browser_without_a_csrf_token_changes_nothing(dispatcher: Actor, northern_fire: Incident) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(user_of(dispatcher), backend="django.contrib.auth.backends.ModelBackend")

    assert browser.get(f"/api/v1/incidents/{northern_fire.number}/").status_code == 200
    assert _is_problem(browser.post(f"/api/v1/incidents/{northern_fire.number}/triage/"), 403, "permission_denied")


def test_an_address_that_leads_nowhere_is_a_problem_too(program: ProgramOf, dispatcher: Actor) -> None:
    desk = program(dispatcher)

    for address in ("nowhere/", "units", "units/0000000000000000000000001/", "incidents/x/", "incidents/%00/", "/api/", "/api/v2/units/"):
        assert _is_problem(desk.get(address), 404, "not_found")


def test_methods_types_and_broken_bodies(program: ProgramOf, dispatcher: Actor, northern_fire: Incident) -> None:
    desk, notes = program(dispatcher), f"/api/v1/incidents/{northern_fire.number}/notes/"
    token = {"Authorization": f"Token {desk.secret}"}

    assert _is_problem(desk.client.delete(notes, headers=token), 405, "method_not_allowed")
    assert _is_problem(
        desk.client.post(notes, "text=x", content_type="application/x-www-form-urlencoded", headers=token), 415, "unsupported_media_type"
    )
    assert _is_problem(desk.client.post(notes, "<x/>", content_type="application/xml", headers=token), 415, "unsupported_media_type")
    assert _is_problem(desk.client.get(notes, headers=token | {"Accept": "text/html"}), 406, "not_acceptable")
    for broken in (
        b"{",
        b'{"text": 1%s}' % (b"0" * 400),
        b"\xff",
        b'{"text": NaN}',
        b'{"text":"\\ud800"}',
        b"[" * 100_000,
        b'{"text":' * 5000 + b"1" + b"}" * 5000,
    ):
        assert _is_problem(desk.post(notes, broken), 400, "parse_error")


@pytest.mark.parametrize(
    ("part", "field"),
    [
        ({"point": [1e300, 1]}, "point"),
        ({"point": [116.4, 91]}, "point"),
        ({"point": ["116.4", "39.9"]}, "point"),
        ({"point": [116.4]}, "point"),
        ({"point": {"lon": 1}}, "point"),
        ({"crs": "EPSG:2437"}, "crs"),
        ({"severity": 10**30}, "severity"),
        ({"severity": True}, "severity"),
        ({"severity": "2"}, "severity"),
        ({"words": "a\0b"}, "words"),
        ({"words": 7}, "words"),
        ({"words": "x" * 5001}, "words"),
        ({"type": "no-such"}, "type"),
        ({"type": ["building-fire"]}, "type"),
        ({"department": 1}, "department"),
        ({"received_at": "2026-11-22T20:15:00"}, "received_at"),
        ({"received_at": "0001-01-01T00:00:00+14:00"}, "received_at"),
        ({"received_at": "9999-12-31T23:59:59-12:00"}, "received_at"),
        ({"received_at": 1}, "received_at"),
        ({"geocoder_answer": {"a": "\0"}}, "geocoder_answer"),
        ({"geocoder_answer": {"a": [[[[[[[[[1]]]]]]]]]}}, "geocoder_answer"),
        ({"incident": "1"}, "incident"),
        ({"no_such_field": 1}, "no_such_field"),
    ],
)
def test_a_report_with_a_wrong_part_names_that_part(
    program: ProgramOf, call_taker: Actor, building_fire: IncidentType, north: object, part: dict[str, Any], field: str
) -> None:
    body = {**CALL, **part}

    answer = program(call_taker).post("reports/", json.dumps(body).encode())

    assert answer.status_code == 422, answer.content
    assert field in answer.json()["fields"], answer.json()


@pytest.mark.parametrize(
    "query",
    [
        "severity=9",
        "state=FLYING",
        "no_such=1",
        "cursor=x",
        "cursor=WzFd",
        "limit=0",
        "limit=x",
        "limit=201",
        "severity=1&severity=2",
        "received_since=yesterday",
        "type=none",
        "state=%00",
        "cursor=%00",
    ],
)
def test_a_filter_that_is_none_is_refused(program: ProgramOf, dispatcher: Actor, query: str) -> None:
    answer = program(dispatcher).get(f"incidents/?{query}")

    assert answer.status_code == 400, answer.content
    assert answer.json()["fields"], answer.json()


def test_a_chinese_map_s_point_is_converted_at_the_door(program: ProgramOf, call_taker: Actor, building_fire: IncidentType, north: object) -> None:
    program(call_taker).post("reports/", {**CALL, "point": [116.40624, 39.95140], "crs": "gcj02"})

    point = Incident.objects.get().point
    assert point is not None
    assert abs(point.x - 116.40) < 2e-4
    assert abs(point.y - 39.95) < 2e-4


@override_settings(API_RATE_PER_MINUTE=3)
def test_a_program_gone_wild_is_slowed_and_its_room_is_not(program: ProgramOf, partner: Actor, dispatcher: Actor) -> None:
    wild, desk = program(partner), program(dispatcher)

    statuses = [wild.get("me/").status_code for _ in range(8)]
    slowed = wild.get("me/")

    assert statuses.count(200) in (3, 6)  # six when a minute turned over in between
    if slowed.status_code == 429:
        assert 0 < int(slowed["Retry-After"]) <= 60
    assert desk.get("me/").status_code == 200


def test_what_came_with_the_request_is_not_told_to_others(program: ProgramOf, dispatcher: Actor, northern_fire: Incident) -> None:
    answer = program(dispatcher).get(f"incidents/{northern_fire.number}/")

    assert answer["Cache-Control"] == "private, no-cache"
    assert answer["Vary"] == "Authorization, Cookie, Accept-Language"
