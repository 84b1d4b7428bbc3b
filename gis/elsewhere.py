"""An outside geocoder, when the city has one: asked beside the own gazetteer, for at most three seconds, never in a transaction.

It understands the two shapes such services answer in: a list of {display_name, lat, lon, importance} (Nominatim) and a GeoJSON
FeatureCollection (Photon, Pelias). Coordinates are converted from the service's own system at once.
"""

import http.client
import json
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as TookTooLong
from dataclasses import dataclass
from threading import BoundedSemaphore
from typing import Any
from urllib.parse import quote, urlsplit

import structlog
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from gis.coordinates import Coordinate, System
from kit.errors import Invalid, Unavailable
from kit.geo import Position

log = structlog.get_logger(__name__)
MOST_BYTES = 262_144
MOST_ANSWERS = 5
AT_ONCE = 4


class GeocoderSilent(Unavailable):
    code = "geocoder_silent"
    says = _("The outside geocoder did not answer within %(seconds)s s. The own places are complete without it.")


class GeocoderBusy(Unavailable):
    code = "geocoder_busy"
    says = _("The outside geocoder is slow at the moment and was not asked.")


@dataclass(frozen=True, slots=True)
class Answer:
    """One place an outside geocoder names; `confidence` 0 to 1 as far as it says, 0.5 when it does not."""

    name: str
    position: Position
    confidence: float


_free = BoundedSemaphore(AT_ONCE)
_pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="geocoder")


def is_set_up() -> bool:
    """Whether the city has an outside geocoder."""
    return bool(settings.GEOCODER_URL)


def answers(words: str) -> list[Answer]:
    """What the outside geocoder says of words for a place, at most five; empty without one.

    Raises `GeocoderSilent` after the time limit or for an answer that cannot be read, `GeocoderBusy` while four questions hang.
    """
    if not is_set_up() or not words.strip():
        return []
    if not _free.acquire(blocking=False):
        raise GeocoderBusy
    asked = _pool.submit(_ask, words.strip()[:200])
    asked.add_done_callback(lambda _done: _free.release())
    try:
        return _read(asked.result(settings.GEOCODER_SECONDS))[:MOST_ANSWERS]
    except (TookTooLong, OSError, http.client.HTTPException, ValueError) as error:
        log.warning("geocoder_failed", why=type(error).__name__)
        raise GeocoderSilent(seconds=settings.GEOCODER_SECONDS) from error


def _ask(words: str) -> bytes:
    url = urlsplit(settings.GEOCODER_URL.replace("{q}", quote(words)))
    kind = http.client.HTTPSConnection if url.scheme == "https" else http.client.HTTPConnection
    connection = kind(url.netloc, timeout=settings.GEOCODER_SECONDS)
    try:
        connection.request("GET", f"{url.path}?{url.query}", headers={"Accept": "application/json", "User-Agent": "city-command"})
        answer = connection.getresponse()
        content = answer.read(MOST_BYTES + 1)
        if answer.status != 200 or len(content) > MOST_BYTES:
            raise ValueError(f"status {answer.status}")
        return content
    finally:
        connection.close()


def _read(content: bytes) -> list[Answer]:
    said = json.loads(content)
    rows = said.get("features", []) if isinstance(said, dict) else said
    if not isinstance(rows, list):
        raise ValueError("neither a list nor a FeatureCollection")
    found = (_answer(row) for row in rows[:50] if isinstance(row, dict))
    return [each for each in found if each is not None]


def _answer(row: dict[str, Any]) -> Answer | None:
    """One row of either shape; None for one that is no place."""
    try:
        if "geometry" in row:
            lon, lat = (float(each) for each in row["geometry"]["coordinates"][:2])
            about = row.get("properties") or {}
            name = about.get("label") or about.get("name") or about.get("street") or ""
            confidence = about.get("confidence", 0.5)
        else:
            lon, lat = float(row["lon"]), float(row["lat"])
            name, confidence = row.get("display_name") or row.get("name") or "", row.get("importance", 0.5)
        position = Coordinate(lon, lat, System(settings.GEOCODER_DATUM)).position
        return Answer(str(name)[:200], position, min(1.0, max(0.0, float(confidence)))) if name else None
    except (KeyError, TypeError, ValueError, Invalid):
        return None
