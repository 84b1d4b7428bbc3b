"""Where the engine's tiles and its address are kept: `var/routes/VERSION/`, the link `current`, and the note of the running engine."""

import json
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from kit.geo import Position

MARGIN_DEGREES = 0.02
Bounds = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Address:
    """A running engine: where it listens, which tiles it serves, and their bounds (west, south, east, north), None when unknown."""

    url: str
    version: str
    bounds: Bounds | None

    @classmethod
    def read(cls, path: str) -> "Address | None":
        """The note, None when it cannot be read."""
        try:
            note = json.loads(Path(path).read_text())
            return cls(note["url"], note["version"], tuple(note["bounds"]) if note["bounds"] else None)
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def covers(self, position: Position) -> bool:
        """Whether the place can be on the network at all."""
        if self.bounds is None:
            return True
        west, south, east, north = self.bounds
        m = MARGIN_DEGREES
        return west - m <= position.lon <= east + m and south - m <= position.lat <= north + m


@dataclass(frozen=True, slots=True)
class Tiles:
    """Built tiles: `roads_version` is the version of the layer of roads they were made from, 0 for those of an extract; `source` says of what."""

    version: str
    source: str
    roads_version: int
    ways: int
    lonely: int
    bounds: Bounds
    built_at: str


def folder() -> Path:
    """Where tiles are kept, a folder for each version."""
    return Path(settings.ROUTES_DIR)


def address_file() -> Path:
    """The note of the running engine."""
    return Path(settings.CITY_VAR) / "run" / "routing.json"


def current() -> Tiles | None:
    """The tiles in use, None before any are built."""
    try:
        note = json.loads((folder() / "current" / "tiles.json").read_text())
        return Tiles(**{**note, "bounds": tuple(note["bounds"])})
    except (OSError, ValueError, TypeError):
        return None
