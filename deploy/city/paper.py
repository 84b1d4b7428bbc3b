"""What PDFs need beside Python's packages: pango and a font with Chinese letters, the host's, else Debian's under var/root."""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path

from city import browser, debian
from city.place import Place
from city.speech import Stop, ask, say

PACKAGES = ("libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0", "fontconfig-config", "fonts-noto-cjk", "fonts-dejavu-core")
TRY_AGAIN_AFTER_S = 86_400
FALLBACK = "PDF is not available (CSV, GeoJSON and printing are)"
# Loaded as WeasyPrint loads them, by a Python that has the environment in question.
_LIBRARIES = ("libgobject-2.0.so.0", "libpango-1.0.so.0", "libharfbuzz.so.0", "libfontconfig.so.1", "libpangoft2-1.0.so.0")
_LOADS = f"import ctypes\nfor name in {_LIBRARIES!r}: ctypes.CDLL(name)\nprint(1)"


def environment_file(place: Place) -> Path:
    """Where the environment of the child that makes PDFs is written; that it is there says that PDFs can be made."""
    return place.home / "paper" / "environment.json"


def is_here(place: Place) -> bool:
    """Whether PDFs can be made."""
    try:
        env = json.loads(environment_file(place).read_text())
    except (OSError, ValueError):
        return False
    return not env or Path(env["FONTCONFIG_FILE"]).exists()


def why_not(place: Place) -> str:
    """The sentence an earlier attempt ended with."""
    note = _note(place)
    return note.read_text().strip() if note.exists() else ""


def _note(place: Place) -> Path:
    return place.home / "paper" / "unavailable.txt"


def install(place: Place) -> None:
    """Find or fetch what PDFs need. That it cannot be had stops nothing: it is said, remembered, and tried again a day later."""
    with Place(place.root, place.home, place.home).locked("paper"):  # stacks for tests share what is installed
        if is_here(place):
            return
        note = _note(place)
        if note.exists() and time.time() - note.stat().st_mtime < TRY_AGAIN_AFTER_S:
            return
        note.parent.mkdir(parents=True, exist_ok=True)
        try:
            env = _of_the_host() or _unpacked(place)
        except (Stop, OSError) as failure:
            note.write_text(str(failure).splitlines()[0] + "\n")
            say(f"What PDFs need could not be fetched, so {FALLBACK}; ./city doctor says why.")
            return
        note.unlink(missing_ok=True)
        partial = environment_file(place).with_suffix(".part")
        partial.write_text(json.dumps(env, indent=1) + "\n")
        partial.replace(environment_file(place))


def _of_the_host() -> dict[str, str] | None:
    """Something that is true and names the host's fonts, where the host has all of it."""
    rules = Path("/etc/fonts/fonts.conf")
    if rules.exists() and ask(["fc-list", ":lang=zh-cn", "family"]).strip() and _can_load({}):
        return {"FONTCONFIG_FILE": str(rules)}
    return None


def _unpacked(place: Place) -> dict[str, str]:
    debian.unpack(place, "what PDFs need", list(PACKAGES))
    fonts = browser.fonts(place)
    env = {"LD_LIBRARY_PATH": debian.libraries(place), "FONTCONFIG_PATH": str(fonts), "FONTCONFIG_FILE": str(fonts / "fonts.conf")}
    if not _can_load(env):
        raise Stop("Debian's pango was fetched, but does not load on this machine.")
    return env


def _can_load(env: dict[str, str]) -> bool:
    return ask([sys.executable, "-c", _LOADS], env={**os.environ, **env}).strip() == "1"
