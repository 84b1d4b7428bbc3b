"""The files a tablet keeps so that its page opens without a link: the page's own, and all that its modules import, by content."""

import hashlib
import re
from functools import lru_cache
from pathlib import Path, PurePosixPath

from django.conf import settings
from django.contrib.staticfiles import finders
from django.templatetags.static import static

ENTRANCES = ("js/field/main.js", "js/field/area.js")
FILES = (
    "css/tokens.css", "css/shell.css", "css/controls.css", "css/field.css", "vendor/icons.svg", "field/icon.svg",
    "vendor/leaflet/leaflet.js", "vendor/leaflet/leaflet.css",
)  # fmt: skip
WORKER = ("field/worker.js", "field/told.js")
IMPORT = re.compile(r"""(?:^|[\s;}])(?:import|export)\b[^;"'`]*?["'](\.{1,2}/[^"']+\.js)["']""")


@lru_cache(maxsize=1)
def _kept_files() -> tuple[str, ...]:
    return _files()


def files() -> tuple[str, ...]:
    """Every static file the page needs without a link, by its name below static/."""
    return _files() if settings.DEBUG else _kept_files()


def _files() -> tuple[str, ...]:
    found: dict[str, None] = dict.fromkeys(FILES)
    waiting = list(ENTRANCES)
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        found[name] = None
        folder = PurePosixPath(name).parent
        for target in IMPORT.findall(_path(name).read_text(encoding="utf-8")):
            parts: list[str] = []
            for part in (folder / target).parts:
                if part == "..":
                    parts.pop()
                else:
                    parts.append(part)
            waiting.append("/".join(parts))
    return tuple(found)


def addresses() -> list[str]:
    """Where they are fetched from."""
    return [static(name) for name in files()]


def version() -> str:
    """A digest of all of them and of the worker: it changes with every change of what a tablet keeps."""
    return _digest() if settings.DEBUG else _kept_digest()


@lru_cache(maxsize=1)
def _kept_digest() -> str:
    return _digest()


def _digest() -> str:
    digest = hashlib.sha256()
    for name in (*files(), *WORKER):
        digest.update(name.encode() + b"\0" + _path(name).read_bytes())
    digest.update((Path(settings.BASE_DIR) / "templates" / "field" / "shell.html").read_bytes())
    return digest.hexdigest()[:16]


def worker() -> str:
    """The service worker's own text."""
    return "\n".join(_path(name).read_text(encoding="utf-8") for name in WORKER)


def _path(name: str) -> Path:
    found = finders.find(name)
    if not found:
        raise FileNotFoundError(name)
    return Path(found)
