"""Readers who leave while their page is made: each request goes to its end, and gives its connection back."""

import asyncio
import time
from typing import Any

import pytest
from django.core.asgi import get_asgi_application
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import override_settings
from django.urls import path

from command_center import asgi
from kit.to_the_end import ToTheEnd

SECONDS = 0.6
ended: list[float] = []


def slow(request: HttpRequest) -> HttpResponse:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(%s)", [SECONDS])
    ended.append(time.monotonic())
    return HttpResponse("made")


urlpatterns = [path("slow/", slow)]
SCOPE = {"type": "http", "method": "GET", "path": "/slow/", "query_string": b"", "headers": [(b"host", b"testserver")], "http_version": "1.1"}


def lent() -> int:
    """How many connections of the pool are in somebody's hands."""
    figures = connection.pool.get_stats()  # type: ignore[attr-defined]
    return int(figures["pool_size"] - figures["pool_available"])


async def leave_in_the_middle(application: Any) -> None:
    """A reader closes the page after a moment; the server has patience for another, then cancels."""
    incoming: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    incoming.put_nowait({"type": "http.request", "body": b"", "more_body": False})

    async def send(_message: Any) -> None:
        pass

    reading = asyncio.ensure_future(application(dict(SCOPE), incoming.get, send))
    await asyncio.sleep(0.2)
    incoming.put_nowait({"type": "http.disconnect"})
    for _once_more in range(2):
        await asyncio.sleep(0.1)
        reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading
    until = time.monotonic() + 10
    while (not ended or getattr(application, "left", None)) and time.monotonic() < until:
        await asyncio.sleep(0.05)


@pytest.mark.django_db(transaction=True)
@override_settings(ROOT_URLCONF=__name__, MIDDLEWARE=[], ALLOWED_HOSTS=["testserver"])
def test_a_reader_who_leaves_takes_no_connection_with_them() -> None:
    before = lent()

    for _reader in range(3):
        ended.clear()
        asyncio.run(leave_in_the_middle(ToTheEnd(get_asgi_application())))

    assert (len(ended), lent()) == (1, before)


def test_the_city_is_served_so() -> None:
    assert isinstance(asgi.application.application_mapping["http"], ToTheEnd)
