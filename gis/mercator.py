"""Web-map tiles: numbers of columns and rows, and their bounds in Web Mercator metres (EPSG:3857)."""

import math
from dataclasses import dataclass

from kit.errors import NotFound

HALF = 20037508.342789244
MOST_ZOOM = 22


@dataclass(frozen=True, slots=True)
class Tile:
    """One tile of the usual scheme, row 0 in the north. Raises `NotFound` for one that does not exist."""

    z: int
    x: int
    y: int

    def __post_init__(self) -> None:
        if not 0 <= self.z <= MOST_ZOOM or not (0 <= self.x < 2**self.z and 0 <= self.y < 2**self.z):
            raise NotFound


def column(lon: float, zoom: int) -> int:
    """The column of a longitude at a zoom."""
    return min((1 << zoom) - 1, max(0, int((lon + 180.0) / 360.0 * (1 << zoom))))


def row(lat: float, zoom: int) -> int:
    """The row of a latitude at a zoom, cut off where Web Mercator ends."""
    sine = math.sin(math.radians(max(-85.0511, min(85.0511, lat))))
    share = 0.5 - math.log((1 + sine) / (1 - sine)) / (4 * math.pi)
    return min((1 << zoom) - 1, max(0, int(share * (1 << zoom))))
