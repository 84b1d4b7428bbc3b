"""Trackers and phones that speak the OsmAnd protocol."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.conf import settings
from django.test import Client

from access.actors import Actor
from resources import positions_api
from resources.models import TrackPoint, Unit
from resources.positions import devices

PUBLISHED = Path(settings.BASE_DIR).parent / "shared" / "data" / "gps-osmand"
KNOT = 1852 / 3600

Register = Callable[..., str]


@pytest.fixture(autouse=True)
def _fresh_start(db: None) -> None:
    """No one has spoken yet; the track is not among the tables that the runner empties after tests that commit."""
    TrackPoint.objects.all().delete()
    positions_api.DEVICE_LIMIT.forget()
    positions_api.STRANGER_LIMIT.forget()


@pytest.fixture
def register(admin: Actor, engine_7: Unit, now: datetime) -> Register:
    """Let a device report for engine 7; gives its key."""

    def make(identifier: str, *, needs_key: bool = False) -> str:
        return devices.register_device(admin, unit_id=engine_7.pk, identifier=identifier, needs_key=needs_key, now=now)[1]

    return make


def fixes() -> list[tuple[float, float, datetime, int | None, float | None]]:
    return list(TrackPoint.objects.order_by("at", "lon").values_list("lon", "lat", "at", "heading", "speed"))


@pytest.mark.parametrize(
    ("query", "lon", "lat", "at"),
    [
        ("lat=42.5&lon=-88.2&timestamp=1442068686", -88.2, 42.5, datetime.fromtimestamp(1442068686, UTC)),
        ("lat=42.5&lon=-88.2&timestamp=1442068686579", -88.2, 42.5, datetime.fromtimestamp(1442068686.579, UTC)),
        ("lat=42.5&lon=-88.2&timestamp=2016-01-27T18%3A55%3A47Z", -88.2, 42.5, datetime(2016, 1, 27, 18, 55, 47, tzinfo=UTC)),
        ("lat=42.5&lon=-88.2&timestamp=2014-06-04+09%3A10%3A11", -88.2, 42.5, datetime(2014, 6, 4, 9, 10, 11, tzinfo=UTC)),
        ("location=60.5,30.25&timestamp=1377177267", 30.25, 60.5, datetime.fromtimestamp(1377177267, UTC)),
    ],
)
def test_a_tracker_says_where_and_when_in_its_own_way(client: Client, register: Register, query: str, lon: float, lat: float, at: datetime) -> None:
    register("902064")

    answer = client.get(f"/osmand/?id=902064&{query}")

    assert (answer.status_code, answer.content) == (200, b"")
    assert fixes() == [(lon, lat, at, None, None)]


def test_speed_comes_in_knots_and_a_time_may_be_missing(client: Client, register: Register, now: datetime) -> None:
    register("123456")

    client.get("/osmand/?deviceid=123456&lat=60.0&lon=30.0&speed=40&bearing=359.9&hacc=7")

    [(lon, lat, at, heading, speed)] = fixes()
    assert (lon, lat, heading) == (30.0, 60.0, 0)
    assert speed == pytest.approx(40 * KNOT)
    assert abs(at - now) < timedelta(minutes=1)


def test_a_phone_sends_json_with_metres_a_second_and_minus_one_for_unknown(client: Client, register: Register) -> None:
    register("48241179")
    coords = {"latitude": 37.42, "longitude": -122.08, "accuracy": 5, "speed": 2.5, "heading": -1, "altitude": 5}
    body = {"location": {"timestamp": "2025-06-15T13:45:12.862Z", "coords": coords, "extras": {}}, "device_id": "48241179"}

    answer = client.post("/osmand/", json.dumps(body), content_type="application/json")

    assert answer.status_code == 200
    assert fixes() == [(-122.08, 37.42, datetime(2025, 6, 15, 13, 45, 12, 862000, tzinfo=UTC), None, 2.5)]


def test_a_phone_posts_a_form(client: Client, register: Register) -> None:
    register("5")

    answer = client.post("/osmand", "id=5&lat=60.0&lon=30.0&timestamp=1377177267", content_type="application/x-www-form-urlencoded")

    assert (answer.status_code, len(fixes())) == (200, 1)


@pytest.mark.parametrize("query", ["cell=257,02,16,2224&wifi=00-14-22-01-23-45,-80", "lat=0&lon=0", "lat=60&lon=30&valid=false"])
def test_a_tracker_without_a_fix_is_heard_and_moves_nothing(client: Client, register: Register, query: str) -> None:
    register("123456")

    assert client.get(f"/osmand/?id=123456&timestamp=1377177267&{query}").status_code == 200
    assert fixes() == []


@pytest.mark.parametrize(
    "query",
    [
        "timestamp=1377177267&lat=60.0&lon=30.0",
        "id=&lat=60&lon=30",
        "id=7&lat=91&lon=30",
        "id=7&lat=nan&lon=30",
        "id=7&lat=1e300&lon=30",
        "id=7&lat=60",
        "id=7&lat=x&lon=y",
        "id=7&location=60",
        "id=7&lat=60&lon=30&timestamp=soon",
        "id=7&lat=60&lon=30&timestamp=99999999999999999999",
        "id=7&lat=60&lon=30&timestamp=1e308",
        "id=7&lat=60&lon=30&timestamp=4102444800",
        "id=%00&lat=60&lon=30",
        "id=" + "7" * 200 + "&lat=60&lon=30",
    ],
)
def test_what_makes_no_sense_is_malformed(client: Client, register: Register, query: str) -> None:
    register("7")

    assert client.get(f"/osmand/?{query}").status_code == 400
    assert fixes() == []


@pytest.mark.parametrize(
    "body", [b"{", b"[]", b"{}", b'{"device_id": "7", "location": 5}', b'{"device_id": "7", "location": {"coords": []}}', b'{"device_id": [7]}']
)
def test_json_that_is_none_of_the_protocol_is_malformed(client: Client, register: Register, body: bytes) -> None:
    register("7")

    assert client.post("/osmand/", body, content_type="application/json").status_code == 400


def test_a_device_shows_its_key_as_id_or_beside_it(client: Client, register: Register) -> None:
    key = register("tablet-7", needs_key=True)
    place = "lat=60&lon=30&timestamp=13771772"

    assert client.get(f"/osmand/?id={key}&{place}67").status_code == 200
    assert client.get(f"/osmand/?id=tablet-7&token={key}&{place}68").status_code == 200
    assert client.get(f"/osmand/?id=tablet-7&{place}69").status_code == 401
    assert client.get(f"/osmand/?id=tablet-7&token=wrong&{place}69").status_code == 401
    assert client.get(f"/osmand/?id=tablet-8&token={key}&{place}69").status_code == 401
    assert len(fixes()) == 2


def test_an_unknown_and_a_revoked_device_are_answered_alike(client: Client, admin: Actor, register: Register, now: datetime) -> None:
    key = register("9")
    devices.revoke_device(admin, device_id=devices.PositionDevice.objects.get().pk, now=now)

    answers = [client.get(f"/osmand/?id={name}&lat=60&lon=30") for name in ("9", key, "never-heard-of")]

    assert {(answer.status_code, answer.content) for answer in answers} == {(401, b"")}
    assert register("9")


def test_a_device_in_use_is_not_given_to_another_unit(register: Register) -> None:
    register("9")

    with pytest.raises(devices.IdentifierTaken, match="9"):
        register("9")


def test_whoever_guesses_is_slowed_down(client: Client, register: Register) -> None:
    register("9")

    codes: list[int] = []
    while codes.count(401) == len(codes) < 600:
        codes.append(client.get(f"/osmand/?id=guess-{len(codes)}&lat=60&lon=30").status_code)

    assert codes[:30] == [401] * 30
    assert codes[-1] == 429


def test_a_device_that_talks_too_much_is_slowed_down(client: Client, register: Register) -> None:
    register("9")

    codes: list[int] = []
    while codes.count(200) == len(codes) < 600:
        codes.append(client.get(f"/osmand/?id=9&lat=60&lon=30&timestamp={1377177267 + len(codes)}").status_code)

    assert set(codes[:60]) == {200}
    assert codes[-1] == 429


@pytest.mark.parametrize("method", ["put", "delete", "patch"])
def test_only_get_and_post_are_spoken(client: Client, db: None, method: str) -> None:
    assert getattr(client, method)("/osmand/").status_code == 405


def _published(name: str) -> list[str]:
    path = PUBLISHED / name
    return path.read_text().splitlines() if path.exists() else []


@pytest.mark.skipif(not PUBLISHED.exists(), reason=f"the published requests are not in {PUBLISHED}")
class TestPublishedRequests:
    """The requests of Traccar's own tests (Apache-2.0), read from beside the checkout."""

    def test_every_query_is_answered_as_documented(self, client: Client, register: Register) -> None:
        lines = [line for line in _published("urls.txt") if line.strip()]
        for name in {value for line in lines for field in ("id", "deviceid") for value in parse_qs(urlsplit(line).query).get(field, [])}:
            register(name)

        answers = {line: client.get("/osmand" + line).status_code for line in lines}

        nameless = {line for line in lines if "id=" not in line}
        without_fix = {line for line in lines if "cell=" in line}
        assert nameless
        assert without_fix
        assert {line for line, status in answers.items() if status != 200} == nameless
        assert all(answers[line] == 400 for line in nameless)
        assert len(fixes()) == len(_distinct(lines) - without_fix - nameless)

    def test_every_json_body_makes_a_fix(self, client: Client, register: Register) -> None:
        bodies = [json.loads(line) for line in _published("json-bodies.jsonl") if line.strip()]
        for name in {body["device_id"] for body in bodies}:
            register(name)

        for body in bodies:
            answer = client.post("/osmand/", json.dumps(body), content_type="application/json")
            assert answer.status_code == 200

        expected = {_coords(body) for body in bodies}
        assert {(lon, lat) for lon, lat, *_rest in fixes()} == expected


def _distinct(lines: list[str]) -> set[str]:
    """One of the lines for each moment: all devices of this test report for the same engine."""
    return set(
        {
            (parse_qs(urlsplit(line).query).get("timestamp") or [line])[0] + ("c" if "cell=" in line else "n" if "id=" not in line else ""): line
            for line in lines
        }.values()
    )


def _coords(body: dict[str, Any]) -> tuple[float, float]:
    coords = body["location"]["coords"]
    return coords["longitude"], coords["latitude"]
