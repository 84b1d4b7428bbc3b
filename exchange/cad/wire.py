"""Commands over the REST API: sent until answered, and done once however often they are sent."""

import asyncio
from typing import Any

import httpx
import orjson

TRIES = 9
LONGEST_PAUSE = 15.0
PATIENCE = httpx.Timeout(30.0, connect=5.0)


class CommandRefused(Exception):
    """The city said no; `code` is the problem's own."""

    def __init__(self, status: int, code: str, sentence: str) -> None:
        self.status, self.code, self.sentence = status, code, sentence
        super().__init__(f"{status} {code}: {sentence}")


class CityAway(Exception):
    """No answer after all tries."""


class Caller:
    """One person's token on a shared client. `retries` counts how often something had to be sent again."""

    def __init__(self, client: httpx.AsyncClient, token: str, gate: asyncio.Semaphore) -> None:
        self._client = client
        self._gate = gate
        self._headers = {"Authorization": f"Token {token}", "Content-Type": "application/json", "Accept-Language": "en"}
        self.retries = 0

    async def post(self, path: str, body: dict[str, Any], *, key: str) -> Any:
        """Do a command; the same key again is the same command. Raises `CommandRefused`, `CityAway`."""
        return await self._ask("POST", path, orjson.dumps(body), {"Idempotency-Key": key})

    async def get(self, path: str) -> Any:
        """Read. Raises `CommandRefused`, `CityAway`."""
        return await self._ask("GET", path, None, {})

    async def send(self, path: str, body: dict[str, Any]) -> Any:
        """Tell something that the next telling makes good: one try, no key. Raises `CommandRefused`, `httpx.HTTPError`."""
        async with self._gate:
            return _read(await self._client.post(path, content=orjson.dumps(body), headers=self._headers))

    async def _ask(self, method: str, path: str, content: bytes | None, headers: dict[str, str]) -> Any:
        pause = 0.2
        for _ in range(TRIES):
            try:
                async with self._gate:
                    response = await self._client.request(method, path, content=content, headers=self._headers | headers)
            except httpx.TransportError:
                response = None
            if response is not None and response.status_code != 429 and response.status_code < 500:
                return _read(response)
            self.retries += 1
            told = response.headers.get("Retry-After", "") if response is not None else ""
            await asyncio.sleep(min(float(told) if told.isdigit() else pause, LONGEST_PAUSE))
            pause *= 2
        raise CityAway(f"{method} {path}: no answer after {TRIES} tries")


def client(url: str, connections: int) -> httpx.AsyncClient:
    """A client with a bounded number of connections to one city; the environment's proxies are not for it."""
    limits = httpx.Limits(max_connections=connections, max_keepalive_connections=connections)
    return httpx.AsyncClient(base_url=url.rstrip("/"), limits=limits, timeout=PATIENCE, trust_env=False)


def _read(response: httpx.Response) -> Any:
    body = orjson.loads(response.content) if response.content else None
    if response.is_success:
        return body
    problem = body if isinstance(body, dict) else {}
    raise CommandRefused(response.status_code, str(problem.get("code", "")), str(problem.get("title", response.text[:200])) + _fields(problem))


def _fields(problem: dict[str, Any]) -> str:
    return f" {problem['fields']}" if problem.get("fields") else ""
