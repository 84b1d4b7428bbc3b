"""Build the engine's tiles from the loaded roads or an OpenStreetMap extract, beside the ones in use, and put them in their stead in one move."""

import hashlib
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from gis.routing import configuration, network, roads
from gis.routing.roads import Bounds, Tiles
from kit.errors import Refused

Progress = Callable[[str, int, int], None]
KEPT = 2  # versions: the one in use and the one before it
LEAST_TILE = 0.25  # degrees: the side of the engine's smallest tiles
COLUMNS = 1440


class EngineMissing(Refused):
    """The engine's programs are not on this machine."""

    code = "engine_missing"
    status = 503
    says = _("The routing engine is not installed (%(path)s): travel times stay estimates from straight lines.")


class TilesNotBuilt(Refused):
    """The engine could make nothing of the roads."""

    code = "tiles_not_built"
    status = 422
    says = _("The network of roads could not be built: %(why)s")


class NoRoads(Refused):
    """There is nothing to drive on."""

    code = "no_roads"
    status = 409
    says = _("No roads are loaded, so there is no network to build: load roads, or name an OpenStreetMap extract.")


def program(name: str) -> Path:
    """One of the engine's programs; raises `EngineMissing`."""
    path = Path(settings.ROUTING_PROGRAMS) / name
    if not os.access(path, os.X_OK):
        raise EngineMissing(path=path)
    return path


def build(extract: Path | None, roads_version: int, now: datetime, progress: Progress) -> Tiles:
    """Tiles of the extract, or of the loaded roads where none is named. The version is a digest: the same roads give the same."""
    maker = program("valhalla_build_tiles")
    home = roads.folder()
    home.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=home, prefix=".making-") as made:
        work = Path(made)
        ways = lonely = 0
        source = extract
        if source is None:
            woven = network.woven(*network.loaded_roads())
            if not woven.ways:
                raise NoRoads
            source, ways, lonely = work / "roads.osm.pbf", len(woven.ways), woven.lonely
            network.write(woven, source, progress)
        digest = _digest(source)
        _make(maker, source, work)
        progress("tiles", 1, 1)
        name = "roads" if extract is None else extract.name
        tiles = Tiles(digest, name, roads_version if extract is None else 0, ways, lonely, _bounds(work / "tiles"), now.isoformat())
        (work / "tiles.json").write_text(json.dumps(asdict(tiles)))
        _put(work, home, tiles.version)
    return tiles


def _digest(source: Path) -> str:
    with source.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:16]


def _make(maker: Path, source: Path, work: Path) -> None:
    """Run the engine's builder; it says little that helps, so the end of its log goes with the refusal."""
    config = work / "build.json"
    config.write_text(json.dumps(configuration.of(work / "tiles", "")))
    (work / "tiles").mkdir()
    log = work / "build.log"
    with log.open("wb") as sink:
        done = subprocess.run([maker, "-c", config, source], stdin=subprocess.DEVNULL, stdout=sink, stderr=sink, check=False, cwd=work)
    if done.returncode or not any((work / "tiles").rglob("*.gph")):
        lines = log.read_text(errors="replace").strip().splitlines()
        raise TilesNotBuilt(why=lines[-1][-300:] if lines else f"exit {done.returncode}")


def _bounds(tiles: Path) -> Bounds:
    """From the names of the smallest tiles: their number counts them by rows from the south-west corner of the world."""
    numbers = [int("".join(path.relative_to(tiles / "2").with_suffix("").parts)) for path in (tiles / "2").rglob("*.gph")]
    if not numbers:
        raise TilesNotBuilt(why="no tile of the lowest level")
    columns, rows = [number % COLUMNS for number in numbers], [number // COLUMNS for number in numbers]
    return (
        min(columns) * LEAST_TILE - 180,
        min(rows) * LEAST_TILE - 90,
        (max(columns) + 1) * LEAST_TILE - 180,
        (max(rows) + 1) * LEAST_TILE - 90,
    )


def _put(work: Path, home: Path, version: str) -> None:
    target = home / version
    if target.exists():
        (work / "tiles.json").replace(target / "tiles.json")  # the same roads again: the tiles may be mapped by a running engine
    else:
        kept = home / f".{version}.{os.getpid()}"
        kept.mkdir()
        for name in ("tiles", "tiles.json"):
            (work / name).rename(kept / name)
        kept.rename(target)
    link = home / f".current.{os.getpid()}"
    link.unlink(missing_ok=True)
    link.symlink_to(version)
    os.replace(link, home / "current")
    os.utime(target)
    others = sorted((path for path in home.iterdir() if path.is_dir() and not path.is_symlink() and not path.name.startswith(".")), key=_age)
    for old in others[KEPT:]:
        shutil.rmtree(old, ignore_errors=True)


def _age(path: Path) -> float:
    return -path.stat().st_mtime
