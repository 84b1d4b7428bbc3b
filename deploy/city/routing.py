"""The routing engine: Valhalla's programs out of a wheel of PyPI, under var/routing. Without them travel times are estimated from straight lines."""

from __future__ import annotations

import os
import shutil
import time
import zipfile
from pathlib import Path

from city import stamps
from city.place import Place
from city.speech import Stop, ask, call, say, step

PROGRAMS = ("valhalla_build_tiles", "valhalla_service")
FOR_PYTHON = "3.12"  # the programs need no Python at all, but the wheel says it does
TRY_AGAIN_AFTER_S = 86_400
FALLBACK = "travel times are estimated from straight lines"


def programs(place: Place) -> Path:
    """The directory of the engine's programs."""
    return place.home / "routing" / "valhalla" / "bin"


def is_here(place: Place) -> bool:
    """Whether the engine can be run."""
    return all(os.access(programs(place) / name, os.X_OK) for name in PROGRAMS)


def is_wanted(place: Place) -> bool:
    """Whether an engine of our own is to run: not where the city names another one, or has none."""
    return not os.environ.get("ROUTING_URL") and is_here(place)


def why_not(place: Place) -> str:
    """The sentence an earlier attempt ended with."""
    note = _note(place)
    return note.read_text().strip() if note.exists() else ""


def _note(place: Place) -> Path:
    return place.home / "routing" / "unavailable.txt"


def install(place: Place) -> None:
    """Fetch the engine when it is not here. That it cannot be fetched stops nothing: it is said, remembered, and tried again a day later."""
    with Place(place.root, place.home, place.home).locked("routing"):  # stacks for tests share what is installed
        _install(place)


def _install(place: Place) -> None:
    mark = stamps.fingerprint(_list(place))
    if stamps.is_done(place, "routing", mark) and is_here(place):
        return
    note = _note(place)
    if note.exists() and time.time() - note.stat().st_mtime < TRY_AGAIN_AFTER_S and note.stat().st_mtime > _list(place).stat().st_mtime:
        return
    try:
        with step("Fetch the routing engine"):
            _fetch(place)
    except (Stop, OSError, zipfile.BadZipFile) as failure:
        note.parent.mkdir(parents=True, exist_ok=True)
        note.write_text(str(failure).splitlines()[0] + "\n")
        say(f"The routing engine could not be fetched, so {FALLBACK} (./city doctor says why).")
        return
    note.unlink(missing_ok=True)
    stamps.done(place, "routing", mark)


def _list(place: Place) -> Path:
    return place.root / "deploy" / "routing.txt"


def _fetch(place: Place) -> None:
    home = place.home / "routing"
    fetched = home / "fetched"
    shutil.rmtree(fetched, ignore_errors=True)
    fetched.mkdir(parents=True)
    pip: list[str | Path] = [
        place.python,
        "-m",
        "pip",
        "download",
        "--disable-pip-version-check",
        "--no-input",
        "--retries",
        "1",
        "--timeout",
        "10",
        "--no-deps",
    ]
    wheel_for: list[str | Path] = ["--python-version", FOR_PYTHON, "--only-binary=:all:", "--require-hashes", "-r", _list(place), "-d", fetched]
    log = place.log / "routing-install.log"
    call([*pip, *wheel_for], log=log, timeout=120, sentence="pip could not download the wheel of deploy/routing.txt.")
    wheel = next(fetched.glob("*.whl"))
    with zipfile.ZipFile(wheel) as archive:
        wanted = [name for name in archive.namelist() if ".libs/" in name or name.rpartition("/")[2] in PROGRAMS or "/licenses/" in name]
        for old in ("valhalla", "pyvalhalla.libs"):
            shutil.rmtree(home / old, ignore_errors=True)
        archive.extractall(home, wanted)
    shutil.rmtree(fetched)
    for name in PROGRAMS:
        (programs(place) / name).chmod(0o755)
    if not ask([programs(place) / "valhalla_service", "--version"]):
        shutil.rmtree(home / "valhalla")
        raise Stop("The routing engine's program does not run on this machine (glibc 2.28 or newer is needed).")
