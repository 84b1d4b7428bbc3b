import os
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.db import connection, transaction

from access.actors import Actor
from journal import relay as relays
from journal import services as journal
from journal.models import Entry
from tests.journal.facts import Noted

SCOPES = ["incidents.view@1:1"]


@pytest.fixture
def clerk() -> Actor:
    """Somebody who writes things down."""
    return Actor("user", "7", "Li Min")


@pytest.fixture
def relay(transactional_db: None) -> relays.Relay:
    """A relay whose batches the test asks for."""
    return relays.Relay()


@pytest.fixture
def number(relay: relays.Relay) -> Any:
    """Number everything that was committed; gives how many there were."""

    def all_of_it() -> int:
        with relays.connect() as db:
            return relay.number(db)

    return all_of_it


@pytest.fixture
def web_role(transactional_db: None) -> Iterator["psycopg.Connection[Any]"]:
    """A connection as the role that the running city has: it writes rows and owns nothing."""
    params = {key: value for key, value in connection.get_connection_params().items() if key in {"dbname", "host", "port"}}
    if "DATABASE_WEB_URL" not in os.environ:
        pytest.skip("needs the roles that ./city makes")
    with psycopg.connect(**params, user="city_web", autocommit=True) as db:
        yield db


def note(clerk: Actor, text: str = "x", subject: str = "incident:1", **more: Any) -> Entry:
    """Record one fact in a transaction of its own."""
    with transaction.atomic():
        return journal.record(clerk, Noted(text=text), about=[subject], scopes=SCOPES, **more)


@pytest.fixture
def reacting() -> Iterator[list[str]]:
    """A reaction to `tests.noted` that counts, and does what the test says."""
    from journal import reactions
    from tests.journal import reacting as room

    before = reactions.of_fact("tests.noted")[:]
    reactions.on(Noted)(room.count)
    room.done.clear()
    room.behaviour = room.works
    yield room.done
    reactions._by_fact["tests.noted"] = before
