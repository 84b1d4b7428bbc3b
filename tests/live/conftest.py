import asyncio
import json
import struct
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest
import pytest_asyncio
from asgiref.sync import sync_to_async
from django.contrib import auth
from django.contrib.sessions.backends.db import SessionStore
from django.db import transaction

from access.actors import Actor
from access.models import Department, Membership, User
from journal import relay as relays
from journal import services as journal
from live import hub as hubs
from live.routing import websocket
from tests.journal.facts import Noted
from tests.live.proof.stage import Stage

HOST = "city.test"


@pytest.fixture(scope="session")
def stage(django_db_setup: None, django_db_blocker: Any) -> Iterator[Stage]:
    """The real programs on a cluster of their own; built once, because it takes a while."""
    with django_db_blocker.unblock():
        built = Stage.build()
    yield built
    built.down()


class Screen:
    """One websocket, spoken to as a server speaks to its application."""

    def __init__(self, headers: dict[str, str], subprotocols: list[str] | None = None, path: str = "/live/") -> None:
        self.scope = {
            "type": "websocket",
            "path": path,
            "headers": [(key.encode(), value.encode()) for key, value in headers.items()],
            "subprotocols": subprotocols or [],
        }
        self.to_server: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.from_server: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.to_server.put_nowait({"type": "websocket.connect"})
        self.task = asyncio.ensure_future(websocket(self.scope, self.to_server.get, self.from_server.put))

    async def next(self, seconds: float = 5) -> dict[str, Any]:
        async with asyncio.timeout(seconds):
            return await self.from_server.get()

    async def frame(self, seconds: float = 5) -> Any:
        """The next text frame that is no heartbeat, or the code the socket was closed with."""
        while True:
            message = await self.next(seconds)
            if message["type"] == "websocket.close":
                return message["code"]
            if message.get("bytes"):
                return message["bytes"]
            if "text" in message and "heartbeat" not in message["text"].split(":")[0]:
                return json.loads(message["text"])

    async def silence(self, seconds: float = 0.3) -> bool:
        """Whether nothing but heartbeats comes."""
        try:
            await self.frame(seconds)
        except TimeoutError:
            return True
        return False

    def say(self, word: object) -> None:
        self.to_server.put_nowait({"type": "websocket.receive", "text": word if isinstance(word, str) else json.dumps(word)})

    async def joined(self, since: int | None = None) -> Any:
        """Say where we are, and wait until the server has brought us up to date; gives the hello."""
        hello = await self.frame()
        self.say({"since": since})
        return hello

    async def hang_up(self) -> None:
        self.to_server.put_nowait({"type": "websocket.disconnect", "code": 1000})
        await asyncio.wait([self.task], timeout=5)


@pytest_asyncio.fixture
async def hub(transactional_db: None) -> AsyncIterator[hubs.Hub]:
    """The hub of this test's event loop, ready."""
    hub = hubs.of_this_process()
    async with asyncio.timeout(10):
        await hub.is_ready.wait()
    yield hub
    await hub.stop()


@pytest.fixture
def session() -> Callable[[Actor], str]:
    """Sign somebody in; gives the cookie."""

    def sign_in(actor: Actor) -> str:
        user = User.objects.get(pk=actor.user_id)
        store = SessionStore()
        store[auth.SESSION_KEY] = str(user.pk)
        store[auth.BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
        store[auth.HASH_SESSION_KEY] = user.get_session_auth_hash()
        store.save()
        return str(store.session_key)

    return sign_in


@pytest_asyncio.fixture
async def screen(hub: hubs.Hub, session: Callable[[Actor], str]) -> AsyncIterator[Callable[[Actor], Any]]:
    """Open a screen of somebody who is signed in."""
    opened: list[Screen] = []

    async def open_for(actor: Actor) -> Screen:
        cookie = await sync_to_async(session)(actor)
        one = Screen({"host": HOST, "origin": f"http://{HOST}", "cookie": f"sessionid={cookie}"})
        opened.append(one)
        assert (await one.next())["type"] == "websocket.accept"
        return one

    yield open_for
    for one in opened:
        await one.hang_up()


@pytest.fixture(autouse=True)
def _host(settings: Any) -> None:
    settings.ALLOWED_HOSTS = [HOST]
    settings.LIVE_ORIGINS = []


@pytest.fixture
def happen(transactional_db: None) -> Callable[..., Any]:
    """Something happens that these scopes may see: recorded, committed, numbered and published."""

    def record(text: str, *scopes: str, count: int = 1) -> None:
        with transaction.atomic():
            for _ in range(count):
                journal.record(Actor.system("test"), Noted(text=text), about=["incident:42"], scopes=scopes, at=None)
        with relays.connect() as db:
            while relays.Relay().number(db):
                pass

    return sync_to_async(record)


def record_of(unit: int, lon: float, lat: float, heading: int = 90, state: int = 1) -> bytes:
    return struct.pack("<IiiHH", unit, round(lon * 1e7), round(lat * 1e7), heading, state)


@pytest.fixture
def water_dispatcher(water: Department, person: Any) -> Actor:
    from access.roles import Role

    return person("water_dispatcher", (Role.DISPATCHER, water, None))  # type: ignore[no-any-return]


@pytest.fixture
def fire_dispatcher(fire: Department, person: Any) -> Actor:
    from access.roles import Role

    return person("fire_dispatcher", (Role.DISPATCHER, fire, None))  # type: ignore[no-any-return]


@sync_to_async
def end_memberships(actor: Actor) -> None:
    Membership.objects.filter(user_id=actor.user_id).delete()
