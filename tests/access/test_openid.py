"""Signing in through the city's OpenID Connect server: only people who are known, recognised by `sub`."""

import urllib.parse
from collections.abc import Iterator

import pytest
from allauth.socialaccount.models import SocialAccount
from django.conf import LazySettings
from django.test import Client

from access.actors import Actor
from tests.access.oidc_peer import OpenIdPeer


@pytest.fixture
def peer(settings: LazySettings) -> Iterator[OpenIdPeer]:
    with OpenIdPeer("subject-17") as running:
        app = {"provider_id": "city", "name": "City", "client_id": "city", "secret": "s", "settings": {"server_url": running.url, "uid_field": "sub"}}
        settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": [app]}}
        yield running


def come_back_from(client: Client) -> None:
    leaving = client.post("/accounts/oidc/city/login/")
    state = urllib.parse.parse_qs(urllib.parse.urlsplit(leaving["Location"]).query)["state"][0]
    client.get("/accounts/oidc/city/login/callback/", {"code": "abc", "state": state})


def test_a_person_linked_by_sub_comes_in(client: Client, dispatcher: Actor, peer: OpenIdPeer) -> None:
    SocialAccount.objects.create(user_id=dispatcher.user_id, provider="city", uid="subject-17")

    come_back_from(client)

    assert client.session["_auth_user_id"] == str(dispatcher.user_id)


def test_a_stranger_with_a_valid_token_stays_outside(client: Client, dispatcher: Actor, peer: OpenIdPeer) -> None:
    come_back_from(client)

    assert "_auth_user_id" not in client.session
    assert not SocialAccount.objects.exists()


def test_a_forged_state_is_refused(client: Client, dispatcher: Actor, peer: OpenIdPeer) -> None:
    SocialAccount.objects.create(user_id=dispatcher.user_id, provider="city", uid="subject-17")

    client.get("/accounts/oidc/city/login/callback/", {"code": "abc", "state": "made-up"})

    assert "_auth_user_id" not in client.session
