"""A piece of the basemap by itself: the tiles round a place, to be kept by a tablet that may lose its link."""

import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pmtiles.reader import MmapSource, Reader
from pmtiles.tile import zxy_to_tileid
from pmtiles.writer import Writer

from gis.basemap import current
from gis.mercator import column, row
from kit.geo import Position

MOST_BYTES = 60_000_000


@dataclass(frozen=True, slots=True)
class Extract:
    """A PMTiles archive of its own: `bounds` are west, south, east, north in degrees, `max_zoom` the deepest zoom that fitted."""

    body: bytes
    bounds: tuple[float, float, float, float]
    max_zoom: int
    tiles: int


def cut(path: Path, *, place: Position, metres: float, most_bytes: int) -> Extract | None:
    """The tiles of the basemap file within `metres` of a place at every zoom, as far down as `most_bytes` allow; None where there is no file."""
    file = current(path)
    if file is None:
        return None
    west, south, east, north = (round(side, 6) for side in place.box(metres))
    bounds = (west, south, east, north)
    with path.open("rb") as opened:
        reader = Reader(MmapSource(opened))
        header = reader.header()
        kept, deepest = _tiles(reader, bounds, header["min_zoom"], header["max_zoom"], most_bytes)
        metadata = reader.metadata()
    out = io.BytesIO()
    writer = Writer(out)
    for tile_id in sorted(kept):
        writer.write_tile(tile_id, kept[tile_id])
    if not kept:
        writer.write_tile(zxy_to_tileid(header["min_zoom"], 0, 0), b"")
    writer.finalize(_header(header, bounds, place, deepest), {**metadata, "version": file.version})
    return Extract(out.getvalue(), bounds, deepest, len(kept))


def _tiles(reader: Reader, bounds: tuple[float, ...], lowest: int, highest: int, most: int) -> tuple[dict[int, bytes], int]:
    """Whole zooms from the top down: a map with a hole in it misleads, one that is coarse does not."""
    kept: dict[int, bytes] = {}
    size, deepest = 0, lowest
    for zoom in range(lowest, highest + 1):
        found: dict[int, bytes] = {}
        for x in range(column(bounds[0], zoom), column(bounds[2], zoom) + 1):
            for y in range(row(bounds[3], zoom), row(bounds[1], zoom) + 1):
                body = reader.get(zoom, x, y)
                if body:
                    found[zxy_to_tileid(zoom, x, y)] = body
        more = sum(map(len, found.values()))
        if size + more > most:
            break
        kept |= found
        size, deepest = size + more, zoom
    return kept, deepest


def _header(header: dict[str, Any], bounds: tuple[float, ...], place: Position, deepest: int) -> dict[str, Any]:
    west, south, east, north = (round(side * 1e7) for side in bounds)
    return {
        "tile_type": header["tile_type"], "tile_compression": header["tile_compression"],
        "min_lon_e7": west, "min_lat_e7": south, "max_lon_e7": east, "max_lat_e7": north,
        "center_zoom": min(14, deepest), "center_lon_e7": round(place.lon * 1e7), "center_lat_e7": round(place.lat * 1e7),
    }  # fmt: skip
