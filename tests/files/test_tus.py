"""Resumable upload over REST, as tus 1.0 says it: by a token and by a session."""

import base64
import hashlib
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from access.actors import Actor
from access.models import Token
from files.models import File
from tests.conftest import user_of
from tests.files import material

TUS = {"Tus-Resumable": "1.0.0"}
OFFSET = "application/offset+octet-stream"


def named(**values: str) -> str:
    return ",".join(f"{name} {base64.b64encode(value.encode()).decode()}" for name, value in values.items())


class Tablet:
    """A program of a person, with a token."""

    def __init__(self, actor: Actor) -> None:
        secret = Token.objects.create(user=user_of(actor), expiry=timedelta(hours=1), name="tablet")[1]
        self.client, self.door = Client(), {"Authorization": f"Token {secret}"}

    def ask(self, method: str, address: str, **headers: str) -> Any:
        return self.client.generic(method.upper(), address, headers={**self.door, **TUS, **headers})

    def announce(self, size: int, **headers: str) -> Any:
        return self.ask("post", "/api/v1/uploads/", **{"Upload-Length": str(size), "Upload-Metadata": named(filename="现场.jpg"), **headers})

    def send(self, address: str, offset: int, data: bytes, **headers: str) -> Any:
        return self.client.patch(address, data, content_type=OFFSET, headers={**self.door, **TUS, "Upload-Offset": str(offset), **headers})


@pytest.fixture
def tablet(crew: Actor) -> Tablet:
    return Tablet(crew)


def test_a_tablet_hands_in_a_photograph_in_two_parts_and_asks_what_became_of_it(tablet: Tablet, now: datetime) -> None:
    content = material.photograph()
    made = tablet.announce(
        len(content), **{"Upload-Metadata": named(filename="现场.jpg", captured_at="2026-07-21T18:00:00+08:00", lon="116.5", lat="39.9")}
    )
    address = made["Location"]
    first, rest = content[:400], content[400:]

    cut = tablet.send(address, 0, first, **{"Upload-Checksum": "sha256 " + base64.b64encode(hashlib.sha256(first).digest()).decode()})
    asked = tablet.ask("head", address)
    done = tablet.send(address, 400, rest)

    assert (made.status_code, made["Tus-Resumable"], made["Upload-Offset"]) == (201, "1.0.0", "0")
    assert "GMT" in made["Upload-Expires"]
    assert (cut.status_code, asked["Upload-Offset"], asked["Upload-Length"], asked["Cache-Control"]) == (204, "400", str(len(content)), "no-store")
    assert (done.status_code, done["Upload-Offset"], done["Upload-State"]) == (204, str(len(content)), "READY")
    said = tablet.ask("get", address).json()
    assert (said["name"], said["kind"], said["sha256"]) == ("现场.jpg", "PICTURE", hashlib.sha256(content).hexdigest())
    assert (said["captured_by"], said["point_by"]) == ("FILE", "FILE")
    given = tablet.ask("get", said["url"])
    assert (given.status_code, given["Content-Disposition"][:10]) == (200, "attachment")
    assert tablet.ask("get", said["thumbnail_url"])["Content-Type"] == "image/jpeg"


def test_the_same_announcement_twice_is_one_file(tablet: Tablet) -> None:
    first = tablet.announce(100, **{"Idempotency-Key": "one"})
    again = tablet.announce(100, **{"Idempotency-Key": "one"})
    other = tablet.announce(200, **{"Idempotency-Key": "one"})

    assert again["Location"] == first["Location"]
    assert again["Upload-Offset"] == "0"
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    assert File.objects.count() == 1


def test_what_the_protocol_does_not_allow_is_refused_as_it_says(tablet: Tablet) -> None:
    address = tablet.announce(100)["Location"]

    refusals = {
        "another version": tablet.ask("head", address, **{"Tus-Resumable": "0.2.2"}).status_code,
        "another place": tablet.send(address, 5, b"x").status_code,
        "another type": tablet.client.patch(
            address, b"x", content_type="text/plain", headers={**tablet.door, **TUS, "Upload-Offset": "0"}
        ).status_code,
        "damaged": tablet.send(address, 0, b"x", **{"Upload-Checksum": "sha1 AAAA"}).status_code,
        "unknown digest": tablet.send(address, 0, b"x", **{"Upload-Checksum": "md5 AAAA"}).status_code,
        "no length": tablet.ask("post", "/api/v1/uploads/").status_code,
        "minus one": tablet.announce(1, **{"Upload-Length": "-1"}).status_code,
        "too large": tablet.announce(10**12).status_code,
        "too much": tablet.send(address, 0, b"x" * 101).status_code,
    }

    assert refusals == {
        "another version": 412,
        "another place": 409,
        "another type": 415,
        "damaged": 460,
        "unknown digest": 422,
        "no length": 422,
        "minus one": 422,
        "too large": 413,
        "too much": 409,
    }


def test_who_takes_it_back_takes_it_from_the_disk_and_others_never_knew_of_it(tablet: Tablet, dispatcher: Actor) -> None:
    address = tablet.announce(100)["Location"]
    stranger = Tablet(dispatcher)

    hidden = [stranger.ask(method, address).status_code for method in ("head", "get", "delete")] + [stranger.send(address, 0, b"x").status_code]
    taken = tablet.ask("delete", address)

    assert hidden == [404] * 4
    assert (taken.status_code, tablet.ask("head", address).status_code) == (204, 404)


def test_a_page_needs_its_csrf_token_for_every_part(crew: Actor) -> None:
    page = Client(enforce_csrf_checks=True)
    page.force_login(user_of(crew), backend="django.contrib.auth.backends.ModelBackend")
    page.get("/profile/")
    token = page.cookies["csrftoken"].value

    without = page.generic("POST", "/api/v1/uploads/", headers={**TUS, "Upload-Length": "4"})
    made = page.generic("POST", "/api/v1/uploads/", headers={**TUS, "Upload-Length": "4", "X-CSRFToken": token})
    bare = page.patch(made["Location"], b"text", content_type=OFFSET, headers={**TUS, "Upload-Offset": "0"})
    sent = page.patch(made["Location"], b"text", content_type=OFFSET, headers={**TUS, "Upload-Offset": "0", "X-CSRFToken": token})

    assert (without.status_code, made.status_code, bare.status_code, sent.status_code) == (403, 201, 403, 204)
    assert sent["Upload-State"] == "READY"


def test_a_browser_asks_what_is_spoken_here(tablet: Tablet) -> None:
    answer = tablet.ask("options", "/api/v1/uploads/")

    assert answer.status_code == 204
    assert answer["Tus-Extension"] == "creation,checksum,expiration,termination"
    assert int(answer["Tus-Max-Size"]) == 1_000_000_000
