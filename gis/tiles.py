"""Vector tiles of large layers. A room registers its layer; the tile is drawn for its reader and kept by permission set and version."""

import gzip
import hashlib
import logging
from collections.abc import Callable
from dataclasses import dataclass

from django.core.cache import cache
from redis.exceptions import RedisError

from access import selectors as access
from access.actors import Actor
from gis.mercator import Tile
from kit.errors import NotFound

logger = logging.getLogger(__name__)
KEEP_SECONDS = 3600
RAW_ZOOM = 14  # below it a layer shows counts worked out beforehand: raw points take 100 ms and more


@dataclass(frozen=True, slots=True)
class TileLayer:
    """A layer of points that a room offers: `draw` gives MVT bytes with what the reader may see, `version` when it last changed.

    `is_public`: everyone signed in sees the same, so all share one cached tile.
    """

    name: str
    draw: Callable[[Actor, Tile], bytes]
    version: Callable[[], int]
    is_public: bool


@dataclass(frozen=True, slots=True)
class Drawn:
    """A gzipped tile and its ETag."""

    body: bytes
    etag: str


_layers: dict[str, TileLayer] = {}


def register(layer: TileLayer) -> None:
    """Offer a layer under its name."""
    _layers[layer.name] = layer


def withdraw(name: str) -> None:
    """Offer it no longer."""
    _layers.pop(name, None)


def names() -> list[str]:
    """The layers on offer."""
    return sorted(_layers)


def drawn(actor: Actor, name: str, tile: Tile) -> Drawn:
    """The tile of a layer as this reader may see it. Raises `NotFound` for a layer nobody offers."""
    layer = _layers.get(name)
    if layer is None:
        raise NotFound
    identity = f"{name}:{_audience(actor, layer)}:{layer.version()}:{tile.z}/{tile.x}/{tile.y}"
    etag = hashlib.sha256(identity.encode()).hexdigest()[:24]
    body = _kept(etag)
    if body is None:
        body = gzip.compress(layer.draw(actor, tile), compresslevel=5, mtime=0)
        _keep(etag, body)
    return Drawn(body, etag)


def _kept(etag: str) -> bytes | None:
    """The tile from the cache; without Redis every tile is drawn anew, and the map stays."""
    try:
        body: bytes | None = cache.get(f"tile:{etag}")
    except RedisError as error:
        logger.warning("tiles are not cached: %s", error)
        return None
    return body


def _keep(etag: str, body: bytes) -> None:
    try:
        cache.set(f"tile:{etag}", body, KEEP_SECONDS)
    except RedisError as error:
        logger.warning("tiles are not cached: %s", error)


def _audience(actor: Actor, layer: TileLayer) -> str:
    """Readers with the same scopes share a tile; nobody else does."""
    if layer.is_public:
        return "all"
    scopes = sorted(scope for scope in access.scopes_of(actor) if not scope.startswith("user:"))
    return hashlib.sha256("\n".join(scopes).encode()).hexdigest()[:16]
