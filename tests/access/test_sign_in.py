"""Coming in: with a password, with a second factor, and slowly for whoever guesses."""

import pytest
from allauth.mfa.totp.internal import auth as totp
from django.test import Client

from access.actors import Actor
from tests.conftest import user_of

SECRET = "a long enough secret"


def sign_in(client: Client, username: str, password: str, address: str = "10.1.0.1") -> bool:
    client.post("/accounts/login/", {"login": username, "password": password}, REMOTE_ADDR=address)
    return "_auth_user_id" in client.session


def test_a_dispatcher_signs_in_and_comes_to_the_operations_screen(client: Client, dispatcher: Actor) -> None:
    answer = client.post("/accounts/login/", {"login": "dispatcher", "password": SECRET})

    assert answer.status_code == 302
    assert answer["Location"] == "/ops/"


def test_a_guesser_is_slowed_down_but_never_the_room_behind_the_same_address(dispatcher: Actor, call_taker: Actor) -> None:
    for _ in range(12):
        assert not sign_in(Client(), "dispatcher", "wrong")

    assert not sign_in(Client(), "dispatcher", SECRET), "the guessed name at the guessing address waits"
    assert sign_in(Client(), "call_taker", SECRET), "a colleague at the same address comes in"
    assert sign_in(Client(), "dispatcher", SECRET, address="10.2.0.7"), "the person comes in from another seat"


def test_nobody_signs_themselves_up(client: Client, db: None) -> None:
    answer = client.post("/accounts/signup/", {"username": "stranger", "password1": SECRET, "password2": SECRET})

    assert "_auth_user_id" not in client.session
    assert answer.status_code in (200, 302)


def test_a_second_factor_is_asked_for_and_a_wrong_code_does_not_do(client: Client, supervisor: Actor) -> None:
    secret = totp.generate_totp_secret()
    totp.TOTP.activate(user_of(supervisor), secret)

    assert not sign_in(client, "supervisor", SECRET)
    client.post("/accounts/2fa/authenticate/", {"code": "000000"})
    assert "_auth_user_id" not in client.session

    code = totp.format_hotp_value(totp.hotp_value(secret, next(totp.yield_hotp_counters_from_time())))
    client.post("/accounts/2fa/authenticate/", {"code": code})
    assert client.session["_auth_user_id"] == str(supervisor.user_id)


@pytest.mark.parametrize("path", ["/ops/", "/profile/"])
def test_a_stranger_is_led_to_the_sign_in_page(client: Client, db: None, path: str) -> None:
    answer = client.get(path)

    assert answer.status_code == 302
    assert answer["Location"].startswith("/accounts/login/")
