"""People at their desks: a client signed in for each of the cast."""

from collections.abc import Callable

import pytest
from django.test import Client

from access.actors import Actor
from tests.conftest import user_of

Desk = Callable[[Actor], Client]


@pytest.fixture
def desk() -> Desk:
    """A desk at which a person is signed in, reading English."""

    def sit(actor: Actor, language: str = "en") -> Client:
        client = Client(headers={"Accept-Language": language})
        client.force_login(user_of(actor), backend="django.contrib.auth.backends.ModelBackend")
        return client

    return sit
