"""The engine, asked over HTTP on the loopback: how long, how far, and how far one gets. Nothing else knows that it is Valhalla.

An engine that is away or hangs must not slow a dispatch: each question has a deadline, and after a failure nobody asks again for a while.
"""

import http.client
import json
import logging
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from gis.routing.roads import Address, address_file
from kit.geo import Position

log = logging.getLogger(__name__)

REST_SECONDS = 3.0  # after a failure
LONGEST_ANSWER = 40_000_000
NO_ROAD_NEAR = 171  # Valhalla: "No suitable edges near location"
SNAP_CUTOFF_M = 10_000  # a place further from any road than this is not on this network
COSTING = {"costing": "auto", "costing_options": {"auto": {"use_ferry": 0, "use_tracks": 0.2, "use_living_streets": 0.4, "service_penalty": 5}}}


class EngineAway(Exception):
    """Nobody answers, or not in time, or it is resting after that."""


class OffNetwork(Exception):
    """One of the places is not near any road the engine knows."""


@dataclass(frozen=True, slots=True)
class Leg:
    """Travel by road between two places for an ordinary car."""

    seconds: float
    metres: float


class _Rest:
    """Since when the engine is left alone, for each process."""

    def __init__(self) -> None:
        self._until = 0.0
        self._lock = threading.Lock()

    def is_on(self) -> bool:
        return time.monotonic() < self._until

    def begin(self, why: str) -> None:
        with self._lock:
            if not self.is_on():
                log.warning("routing engine: %s; straight lines for %.0f s", why, REST_SECONDS)
            self._until = time.monotonic() + REST_SECONDS

    def end(self) -> None:
        self._until = 0.0


_rest = _Rest()


def wake() -> None:
    """Ask again at once, whatever happened before."""
    _rest.end()


def address() -> Address | None:
    """Where the engine is: the city's own by ROUTING_URL, else the one `serve_routes` runs here; None when there is none."""
    if settings.ROUTING_URL:
        return Address(settings.ROUTING_URL, "external", None)
    path = address_file()
    try:
        state = path.stat()
    except OSError:
        return None
    return _read(str(path), state.st_mtime_ns, state.st_ino)


@lru_cache(maxsize=4)
def _read(path: str, changed_ns: int, inode: int) -> Address | None:
    return Address.read(path)


def matrix(origins: Sequence[Position], destination: Position, *, seconds: float) -> list[Leg | None]:
    """From each origin to the destination, None where no way leads; `seconds` is the deadline. Raises `EngineAway` or `OffNetwork`."""
    answer = _ask(
        "sources_to_targets",
        {"sources": [_place(one) for one in origins], "targets": [_place(destination)], "units": "kilometers", "verbose": False, **COSTING},
        seconds,
    )
    found = answer["sources_to_targets"]
    return [
        None if took[0] is None or far[0] is None else Leg(float(took[0]), float(far[0]) * 1000)
        for took, far in zip(found["durations"], found["distances"], strict=True)
    ]


def reach(origin: Position, minutes: Sequence[float], *, seconds: float) -> list[dict[str, Any]]:
    """What an ordinary car reaches from the origin within each of the minutes, as GeoJSON geometries in the same order. Raises as `matrix`."""
    contours = [{"time": round(one, 2)} for one in minutes]
    body = {"locations": [_place(origin)], "contours": contours, "polygons": True, "denoise": 0.3, "generalize": 40, **COSTING}
    found = {round(float(one["properties"]["contour"]), 2): one["geometry"] for one in _ask("isochrone", body, seconds)["features"]}
    return [found.get(round(one, 2), {"type": "MultiPolygon", "coordinates": []}) for one in minutes]


def is_well(*, seconds: float) -> bool:
    """Whether the engine answers now."""
    try:
        return "version" in _ask("status", {}, seconds)
    except (EngineAway, OffNetwork):
        return False


def _place(position: Position) -> dict[str, float]:
    return {"lon": round(position.lon, 6), "lat": round(position.lat, 6), "search_cutoff": SNAP_CUTOFF_M}


def _ask(what: str, body: dict[str, Any], seconds: float) -> Any:
    if _rest.is_on():
        raise EngineAway("resting")
    here = address()
    if here is None:
        raise EngineAway("no engine runs")
    try:
        status, text = post(f"{here.url.rstrip('/')}/{what}", json.dumps(body).encode(), seconds)
        answer = json.loads(text)
    except (OSError, http.client.HTTPException, ValueError) as error:
        _rest.begin(f"{type(error).__name__} at {what}")
        raise EngineAway(str(error)) from error
    if status == 200:
        return answer
    if status == 400 and isinstance(answer, dict):  # it is well, the question was not to its liking
        if answer.get("error_code") == NO_ROAD_NEAR:
            raise OffNetwork
        raise EngineAway(str(answer.get("error", ""))[:200])
    _rest.begin(f"status {status} at {what}")
    raise EngineAway(f"status {status}")


def post(url: str, body: bytes, seconds: float) -> tuple[int, bytes]:
    """One HTTP question with one deadline for connecting and for each read."""
    parts = urlsplit(url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    link = kind(parts.hostname or "", parts.port, timeout=seconds)
    try:
        link.request("POST", parts.path, body, {"Content-Type": "application/json"})
        answer = link.getresponse()
        text = answer.read(LONGEST_ANSWER + 1)
        if len(text) > LONGEST_ANSWER:
            raise ValueError("too long an answer")
        return answer.status, text
    finally:
        link.close()
