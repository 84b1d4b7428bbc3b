from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pytest
from django.contrib import auth
from django.contrib.sessions.backends.db import SessionStore
from django.utils import timezone

from access.actors import Actor
from access.models import User
from journal.models import Entry
from journal.reactions import of_fact
from push import services
from push.models import Subscription
from push.services.subscribing import Browser as Handed
from push.tasks import send_messages
from resources.models import Unit
from tests.conftest import user_of
from tests.push import service_peer
from tests.push.service_peer import Browser, Peer

PRIVATE_KEY = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"  # of RFC 8291's example: nobody's secret


@pytest.fixture
def service(settings: Any) -> Iterator[Peer]:
    """A push service to which the city sends."""
    with service_peer.running() as peer:
        settings.PUSH_CONTACT, settings.PUSH_PRIVATE_KEY = "mailto:duty@city.example", PRIVATE_KEY
        settings.PUSH_HOSTS = [peer.origin]
        yield peer


@pytest.fixture
def other_service(service: Peer, settings: Any) -> Iterator[Peer]:
    """Another maker's."""
    with service_peer.running() as peer:
        settings.PUSH_HOSTS = [*settings.PUSH_HOSTS, peer.origin]
        yield peer


def signed_in(user: User) -> str:
    """A session in which somebody is signed in."""
    store = SessionStore()
    store[auth.SESSION_KEY], store[auth.HASH_SESSION_KEY] = str(user.pk), user.get_session_auth_hash()
    store[auth.BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    store.save()
    return str(store.session_key)


Tablet = Callable[..., Subscription]


@pytest.fixture
def tablet(service: Peer, now: datetime) -> Tablet:
    """Somebody's tablet asks to be told: `tablet(crew, engine_7)`."""

    def subscribe(actor: Actor, unit: Unit | None = None, *, name: str = "", peer: Peer = service, browser: Browser | None = None) -> Subscription:
        own = browser or peer.browser(name or f"of-{actor.id}")
        handed = Handed(**own.keys, session_key=signed_in(user_of(actor)))
        return services.subscribe(actor, browser=handed, unit_id=unit.pk if unit is not None else None, now=timezone.now())

    return subscribe


def react() -> None:
    """What the journal makes this room do, of all that happened."""
    for entry in Entry.objects.order_by("id"):
        for reaction in of_fact(entry.name):
            if reaction.name.startswith("push."):
                reaction.fn(entry)


def go_out() -> int:
    """All news, queued and sent as far as it is due."""
    react()
    return send_messages()
