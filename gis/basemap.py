"""The basemap file: one PMTiles archive drawn from the tables, read by the page with HTTP Range."""

import gzip
import hashlib
import os
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.db import connection
from pmtiles.reader import MmapSource, Reader
from pmtiles.tile import Compression, TileType, zxy_to_tileid
from pmtiles.writer import Writer

from gis.basemap_layers import BUFFER, EXTENT, LAYERS
from gis.mercator import HALF

Progress = Callable[[str, int, int], None]
LOWEST, TOP = 6, 15
BOUNDS = "SELECT ST_XMin(box), ST_YMin(box), ST_XMax(box), ST_YMax(box) FROM (SELECT ST_Extent(geometry) AS box FROM access_region) AS extent"
CENTER = "SELECT ST_X(point), ST_Y(point) FROM gis_place WHERE kind = 'CITY' ORDER BY rank, id LIMIT 1"
SOURCES = "SELECT DISTINCT source FROM gis_road UNION SELECT DISTINCT source FROM gis_place ORDER BY 1"


@dataclass(frozen=True, slots=True)
class Built:
    """What was written."""

    version: str
    tiles: int
    size_bytes: int


@dataclass(frozen=True, slots=True)
class File:
    """The file in use: `version` is a digest of its tiles, `bounds` west, south, east, north, `center` longitude first."""

    path: Path
    version: str
    size_bytes: int
    bounds: tuple[float, float, float, float]
    center: tuple[float, float]
    min_zoom: int
    max_zoom: int
    sources: tuple[str, ...]


def build(target: Path, progress: Progress) -> Built:
    """Draw every tile and put the file in place in one move; readers of the old file keep it."""
    tiles = _draw(progress)
    bounds, center, sources = _extent()
    digest = hashlib.sha256()
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=target.parent, prefix=".city-", suffix=".pmtiles", delete=False) as file:
        try:
            writer = Writer(file)
            for tile_id in sorted(tiles):
                digest.update(tile_id.to_bytes(8, "big") + tiles[tile_id])
                writer.write_tile(tile_id, tiles[tile_id])
            version = digest.hexdigest()[:16]
            writer.finalize(_header(bounds, center), _metadata(version, sources))
            file.flush()
            os.fsync(file.fileno())
            os.chmod(file.name, 0o644)
            os.replace(file.name, target)
        except BaseException:
            Path(file.name).unlink(missing_ok=True)
            raise
    return Built(version, len(tiles), target.stat().st_size)


def _draw(progress: Progress) -> dict[int, bytes]:
    """Tile id to gzipped MVT; a tile's layers are simply written one after another."""
    packed: dict[bytes, bytes] = {}
    done: dict[int, bytes] = {}
    for zoom in range(LOWEST, TOP + 1):
        raw: dict[tuple[int, int], list[bytes]] = {}
        for layer in LAYERS:
            if zoom >= layer.lowest:
                for x, y, body in _rows(layer.statement(), zoom):
                    raw.setdefault((x, y), []).append(bytes(body))
        for (x, y), bodies in raw.items():
            whole = b"".join(bodies)
            if whole not in packed:
                packed[whole] = gzip.compress(whole, compresslevel=6, mtime=0)
            done[zxy_to_tileid(zoom, x, y)] = packed[whole]
        progress("basemap", zoom - LOWEST + 1, TOP - LOWEST + 1)
    return done


def _rows(statement: str, zoom: int) -> list[tuple[int, int, bytes]]:
    side = 2 * HALF / 2**zoom
    values = {"z": zoom, "top": TOP, "half": HALF, "side": side, "grain": side / EXTENT * 2, "margin": side * BUFFER / EXTENT}
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())


def _extent() -> tuple[tuple[float, ...], tuple[float, ...], list[str]]:
    with connection.cursor() as cursor:
        cursor.execute(BOUNDS)
        bounds = cursor.fetchone()
        cursor.execute(CENTER)
        center = cursor.fetchone() or ((bounds[0] + bounds[2]) / 2, (bounds[1] + bounds[3]) / 2)
        cursor.execute(SOURCES)
        return bounds, center, [row[0] for row in cursor.fetchall()]


def _header(bounds: tuple[float, ...], center: tuple[float, ...]) -> dict[str, Any]:
    west, south, east, north = (int(side * 1e7) for side in bounds)
    return {
        "tile_type": TileType.MVT,
        "tile_compression": Compression.GZIP,
        "min_lon_e7": west,
        "min_lat_e7": south,
        "max_lon_e7": east,
        "max_lat_e7": north,
        "center_zoom": 11,
        "center_lon_e7": int(center[0] * 1e7),
        "center_lat_e7": int(center[1] * 1e7),
    }


def _metadata(version: str, sources: list[str]) -> dict[str, Any]:
    layers = [{"id": layer.name, "minzoom": layer.lowest, "maxzoom": TOP, "fields": {}} for layer in LAYERS]
    return {"name": "city", "version": version, "sources": sources, "vector_layers": layers}


def current(path: Path) -> File | None:
    """The basemap file in use, None before one is built."""
    try:
        stat = path.stat()
    except FileNotFoundError:
        return None
    return _read(path, stat.st_mtime_ns, stat.st_size)


@lru_cache(maxsize=4)
def _read(path: Path, changed_ns: int, size: int) -> File:
    with path.open("rb") as file:
        reader = Reader(MmapSource(file))
        header, metadata = reader.header(), reader.metadata()
    west, south, east, north = (header[side] / 1e7 for side in ("min_lon_e7", "min_lat_e7", "max_lon_e7", "max_lat_e7"))
    return File(
        path=path,
        version=str(metadata["version"]) if "version" in metadata else hashlib.sha256(f"{changed_ns}:{size}".encode()).hexdigest()[:16],
        size_bytes=size,
        bounds=(west, south, east, north),
        center=(header["center_lon_e7"] / 1e7, header["center_lat_e7"] / 1e7),
        min_zoom=header["min_zoom"],
        max_zoom=header["max_zoom"],
        sources=tuple(metadata.get("sources", ())),
    )
