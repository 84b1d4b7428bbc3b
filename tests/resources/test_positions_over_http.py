"""The REST face of positions: batches with their refusals, hostile numbers, tokens that end, who sees what."""

import struct
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import orjson
import pytest
from django.test import Client
from redis import Redis

from access import services as access
from access.actors import Actor
from access.models import Token, User
from gis.coordinates import Coordinate, System
from journal import wire
from journal.models import Entry
from resources.models import TrackPoint, Unit, UnitPosition
from tests.conftest import NewUnitMaker, user_of

Send = Callable[..., Any]


@pytest.fixture
def token_of(admin: Actor) -> Callable[[Actor], str]:
    def issue(actor: Actor) -> str:
        return access.issue_token(admin, user_id=actor.user_id or 0, name="tablet", actions=[], lifetime=timedelta(hours=1))[1]

    return issue


@pytest.fixture
def send(client: Client, crew: Actor, token_of: Callable[[Actor], str]) -> Send:
    """Post a body as the crew's tablet: `send(path, body)`."""
    secret = token_of(crew)

    def post(path: str, body: Any, **headers: str) -> Any:
        raw = body if isinstance(body, bytes) else orjson.dumps(body)
        return client.post(f"/api/v1/{path}", raw, content_type="application/json", headers={"Authorization": f"Token {secret}"} | headers)

    return post


def a_position(unit: Unit, at: datetime, **fields: Any) -> dict[str, Any]:
    return {"unit": unit.pk, "point": [116.41, 39.96], "at": at.isoformat(), "heading": 90, "speed": 12.5, "accuracy": 4} | fields


def test_a_tablet_reports_a_batch(send: Send, engine_7: Unit, engine_8: Unit, now: datetime) -> None:
    answer = send("positions/", {"positions": [a_position(engine_7, now), a_position(engine_8, now, heading=None, speed=None, accuracy=None)]})

    assert (answer.status_code, answer.json()) == (200, {"accepted": 2, "rejected": []})
    assert UnitPosition.objects.get(pk=engine_8.pk).heading is None


def test_a_tablet_reports_its_own_engine(send: Send, engine_7: Unit, now: datetime) -> None:
    answer = send(f"units/{engine_7.pk}/position/", {"point": [116.41, 39.96], "at": now.isoformat()})

    assert (answer.status_code, answer.json()["accepted"]) == (200, 1)


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"point": [200, 39.9]}, "out_of_range"),
        ({"point": [116.4, 1e300]}, "out_of_range"),
        ({"point": ["116.4", 39.9]}, "bad_point"),
        ({"point": [True, 39.9]}, "bad_point"),
        ({"point": [116.4]}, "bad_point"),
        ({"point": None}, "bad_point"),
        ({"at": "2026-11-22T20:15:00"}, "bad_time"),
        ({"at": 1700000000}, "bad_time"),
        ({"at": "yesterday"}, "bad_time"),
        ({"at": "0001-01-01T00:00:00+14:00"}, "too_old"),
        ({"at": "9999-12-31T23:59:59-14:00"}, "too_old"),
        ({"heading": 361}, "bad_number"),
        ({"heading": "north"}, "bad_number"),
        ({"speed": -1}, "bad_number"),
        ({"speed": 1e308}, "bad_number"),
        ({"accuracy": []}, "bad_number"),
        ({"unit": "7"}, "bad_unit"),
        ({"unit": 2**40}, "bad_unit"),
        ({"unit": 0}, "bad_unit"),
        ({"crs": "MARS"}, "bad_crs"),
    ],
)
def test_a_hostile_item_is_refused_with_its_reason_and_the_rest_is_kept(
    send: Send, engine_7: Unit, now: datetime, fields: dict[str, Any], code: str
) -> None:
    answer = send("positions/", {"positions": [a_position(engine_7, now) | fields, a_position(engine_7, now)]})

    refused = answer.json()["rejected"]
    assert (answer.status_code, answer.json()["accepted"]) == (200, 1)
    assert [(one["index"], one["status"], one["code"]) for one in refused] == [(0, 422, code)]
    assert refused[0]["reason"]


@pytest.mark.parametrize("item", [None, 7, "x", [], {}])
def test_what_is_no_position_is_refused(send: Send, engine_7: Unit, item: Any) -> None:
    assert send("positions/", {"positions": [item]}).json()["rejected"][0]["status"] == 422


def test_a_fix_from_the_future_is_refused_with_a_reason(send: Send, engine_7: Unit, now: datetime) -> None:
    answer = send("positions/", {"positions": [a_position(engine_7, now + timedelta(minutes=6)), a_position(engine_7, now + timedelta(minutes=4))]})

    assert [one["code"] for one in answer.json()["rejected"]] == ["in_future"]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b'{"positions": [NaN]}', 400),
        (b"[]", 422),
        (b"{}", 422),
        (b'{"positions": {}}', 422),
        (b'{"positions": [], "crs": "MARS"}', 422),
        (b'{"positions": []}', 200),
        (orjson.dumps({"positions": [{}] * 1001}), 413),
    ],
)
def test_a_body_that_makes_no_sense_is_refused_whole(send: Send, body: bytes, status: int) -> None:
    assert send("positions/", body).status_code == status


def test_a_wrong_unit_is_a_403_for_the_item_in_its_place(send: Send, new_unit: NewUnitMaker, engine_7: Unit, water: Any, now: datetime) -> None:
    foreign = new_unit("W1", department=water, department_ids=[water.pk])
    batch = [
        a_position(engine_7, now, point=[999, 0]),
        a_position(foreign, now),
        a_position(engine_7, now),
        a_position(foreign, now) | {"unit": 999_999},
    ]

    answer = send("positions/", {"positions": batch}).json()

    assert answer["accepted"] == 1
    assert [(one["index"], one["status"]) for one in answer["rejected"]] == [(0, 422), (1, 403), (3, 403)]
    assert send(f"units/{foreign.pk}/position/", {"point": [116.4, 39.9], "at": now.isoformat()}).status_code == 403


def test_a_revoked_token_reports_nothing_more(send: Send, crew: Actor, admin: Actor, engine_7: Unit, now: datetime) -> None:
    assert send("positions/", {"positions": [a_position(engine_7, now)]}).status_code == 200

    access.revoke_token(admin, token_key=Token.objects.get(user_id=crew.user_id).token_key)

    assert send("positions/", {"positions": [a_position(engine_7, now)]}).status_code == 401


def test_a_crew_whose_membership_ended_reports_nothing_more(send: Send, crew: Actor, admin: Actor, engine_7: Unit, now: datetime) -> None:
    assert send("positions/", {"positions": [a_position(engine_7, now)]}).status_code == 200

    membership = User.objects.get(pk=crew.user_id).memberships.get()
    access.end_membership(admin, membership_id=membership.pk, now=now)

    assert send("positions/", {"positions": [a_position(engine_7, now + timedelta(seconds=1))]}).status_code == 403


@pytest.mark.parametrize("header", ["", "Token", "Token x", "Token " + "a" * 64, "Token é"])
def test_a_stranger_reports_nothing(client: Client, engine_7: Unit, now: datetime, header: str) -> None:
    answer = client.post(
        "/api/v1/positions/", orjson.dumps({"positions": []}), content_type="application/json", headers={"Authorization": header} if header else {}
    )

    assert answer.status_code == 401


def test_a_point_of_a_chinese_map_is_stored_in_wgs84(send: Send, engine_7: Unit, engine_8: Unit, now: datetime) -> None:
    shifted = Coordinate(116.41, 39.96, System.WGS84).to(System.GCJ02)
    baidu = Coordinate(116.41, 39.96, System.WGS84).to(System.BD09)
    batch = [a_position(engine_7, now, point=[shifted.lon, shifted.lat]), a_position(engine_8, now, point=[baidu.lon, baidu.lat], crs="bd09")]

    send("positions/", {"positions": batch, "crs": "gcj02"})

    for unit in (engine_7, engine_8):
        found = UnitPosition.objects.get(pk=unit.pk)
        assert (found.lon, found.lat) == pytest.approx((116.41, 39.96), abs=1e-8)


def test_the_map_gets_a_record_for_those_who_may_see_the_engine(send: Send, engine_7: Unit, now: datetime) -> None:
    with wire.client(2.0).pubsub(ignore_subscribe_messages=True) as listening:
        listening.subscribe(wire.channel("units"))
        _next(listening, seconds=0.3)

        send("positions/", {"positions": [a_position(engine_7, now)]})
        message = _next(listening, seconds=3)

    scopes, record = message.split(b"\n", 1)
    assert f"resources.view@{engine_7.department_id}:{engine_7.region_id}".encode() in scopes.split(b"\x1e")
    assert struct.unpack("<IiiHH", record) == (engine_7.pk, 1_164_100_000, 399_600_000, 90, 1)


def _next(listening: "Redis.pubsub", seconds: float) -> bytes:  # type: ignore[name-defined]
    """The next message, or nothing after some seconds."""
    found = listening.get_message(timeout=seconds)
    return found["data"] if found else b""


def test_a_person_sees_the_positions_of_visible_units_with_their_age(
    send: Send, client: Client, dispatcher: Actor, fire_chief_south: Actor, engine_7: Unit, now: datetime
) -> None:
    send("positions/", {"positions": [a_position(engine_7, now - timedelta(seconds=90))]})

    client.force_login(user_of(dispatcher))
    seen = client.get("/api/v1/units/positions/").json()["items"]
    client.force_login(user_of(fire_chief_south))
    unseen = client.get("/api/v1/units/positions/").json()["items"]

    assert [(line["unit"], line["point"], line["is_lost"], line["state"]) for line in seen] == [(engine_7.pk, [116.41, 39.96], False, 1)]
    assert 90 <= seen[0]["age_seconds"] < 120
    assert unseen == []


def test_positions_come_in_pages(send: Send, client: Client, dispatcher: Actor, new_unit: NewUnitMaker, now: datetime) -> None:
    units = [new_unit(f"P{number}") for number in range(5)]
    send("positions/", {"positions": [a_position(unit, now) for unit in units]})
    client.force_login(user_of(dispatcher))

    found, cursor = [], None
    while True:
        page = client.get("/api/v1/units/positions/", {"limit": 2} | ({"cursor": cursor} if cursor else {})).json()
        found += [line["unit"] for line in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break

    assert found == [unit.pk for unit in units]


def test_looking_at_a_track_is_recorded(send: Send, client: Client, dispatcher: Actor, engine_7: Unit, now: datetime) -> None:
    send("positions/", {"positions": [a_position(engine_7, now - timedelta(minutes=minute)) for minute in range(5)]})
    client.force_login(user_of(dispatcher))

    answer = client.get(
        f"/api/v1/units/{engine_7.pk}/track/", {"from": (now - timedelta(minutes=3)).isoformat(), "to": (now + timedelta(seconds=1)).isoformat()}
    )

    assert answer.status_code == 200
    assert [datetime.fromisoformat(line["at"]) for line in answer.json()["positions"]] == [now - timedelta(minutes=minute) for minute in (3, 2, 1, 0)]
    entry = Entry.objects.get(name="resources.track_viewed")
    assert (entry.actor_label, entry.about) == ("Dispatcher", [f"unit:{engine_7.pk}"])


def test_a_call_taker_may_not_look_at_a_track_and_a_southern_chief_does_not_learn_of_the_engine(
    client: Client, call_taker: Actor, fire_chief_south: Actor, engine_7: Unit, now: datetime
) -> None:
    span = {"from": (now - timedelta(minutes=3)).isoformat(), "to": now.isoformat()}

    client.force_login(user_of(call_taker))
    assert client.get(f"/api/v1/units/{engine_7.pk}/track/", span).status_code == 403
    client.force_login(user_of(fire_chief_south))
    assert client.get(f"/api/v1/units/{engine_7.pk}/track/", span).status_code == 404


@pytest.mark.parametrize("span", [{}, {"from": "x", "to": "y"}, {"from": "2026-11-22T00:00:00Z", "to": "2026-11-21T00:00:00Z"}])
def test_a_track_needs_a_beginning_and_an_end(client: Client, dispatcher: Actor, engine_7: Unit, span: dict[str, str]) -> None:
    client.force_login(user_of(dispatcher))

    assert client.get(f"/api/v1/units/{engine_7.pk}/track/", span).status_code in (400, 422)
    assert not TrackPoint.objects.filter(unit_id=engine_7.pk).exists()
