"""Programs of the cast: each talks to the API with a token of its own."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import orjson
import pytest
from django.test import Client

from access.actors import Actor
from access.models import Token
from tests.conftest import user_of


class Program:
    """What an integrator's program is: a token, JSON, headers."""

    def __init__(self, actor: Actor, actions: list[str] | None = None) -> None:
        self.token, self.secret = Token.objects.create(user=user_of(actor), expiry=timedelta(hours=1), name="test", actions=actions or [])
        self.client = Client()

    def _send(self, method: str, path: str, body: Any, headers: dict[str, str]) -> Any:
        sent = (
            {"data": b"", "content_type": "application/json"}
            if body is None and method != "get"
            else {}
            if body is None
            else {"data": body if isinstance(body, bytes) else orjson.dumps(body), "content_type": "application/json"}
        )
        address = path if path.startswith("/") else f"/api/v1/{path}"
        return getattr(self.client, method)(address, headers={"Authorization": f"Token {self.secret}", **headers}, **sent)

    def get(self, path: str, **headers: str) -> Any:
        return self._send("get", path, None, _names(headers))

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        return self._send("post", path, body, _names(headers))

    def patch(self, path: str, body: Any, **headers: str) -> Any:
        return self._send("patch", path, body, _names(headers))


def _names(headers: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}


ProgramOf = Callable[..., Program]


@pytest.fixture
def program() -> ProgramOf:
    return Program
