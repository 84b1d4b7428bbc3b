"""PostgreSQL with PostGIS and Redis: the host's own programs when they will do, else Debian's under var/root."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from city import debian
from city.place import Place
from city.speech import Stop, ask

OLDEST_POSTGRES = 15
_HOST_POSTGRES = ("/usr/lib/postgresql/*/bin", "/usr/local/pgsql/bin", "/opt/homebrew/opt/postgresql@*/bin")


@dataclass(frozen=True)
class Engine:
    """Programs in one directory, and the environment that only they get."""

    bin: Path
    env: tuple[tuple[str, str], ...] = ()

    def environment(self) -> dict[str, str]:
        """The caller's environment with what these programs need, without anything of libpq's."""
        kept = {key: value for key, value in os.environ.items() if not key.startswith("PG")}
        return {**kept, **dict(self.env)}


def _version(directory: Path) -> int:
    number = re.search(r"/(\d+)/bin$", str(directory)) or re.search(r"@(\d+)/bin$", str(directory))
    return int(number.group(1)) if number else 0


def _has_postgis(directory: Path) -> bool:
    share = ask([directory / "pg_config", "--sharedir"]).strip()
    candidates = [Path(share)] if share else []
    candidates.append(Path(str(directory.parent).replace("/usr/lib/", "/usr/share/")))
    return any((share / "extension" / "postgis.control").exists() for share in candidates)


def _host_postgres() -> Engine | None:
    found = [path for pattern in _HOST_POSTGRES for path in Path("/").glob(pattern.lstrip("/"))]
    for directory in sorted(found, key=_version, reverse=True):
        if _version(directory) >= OLDEST_POSTGRES and (directory / "initdb").exists() and _has_postgis(directory):
            return Engine(directory)
    return None


def _unpacked_postgres(place: Place) -> Engine | None:
    found = sorted(place.unpacked.glob("usr/lib/postgresql/*/bin/postgres"), key=lambda path: _version(path.parent))
    if not found:
        return None
    directory = found[-1].parent
    for extensions in place.unpacked.glob("usr/share/postgresql/*/extension"):
        plain, versioned = extensions / "postgis.control", extensions / "postgis-3.control"
        if versioned.exists() and not plain.exists():  # Debian makes this link by update-alternatives
            plain.symlink_to(versioned.name)
    share = place.unpacked / "usr" / "share"
    return Engine(
        directory,
        (
            ("LD_LIBRARY_PATH", debian.libraries(place)),
            ("PROJ_DATA", str(share / "proj")),
            ("PROJ_LIB", str(share / "proj")),
            ("GDAL_DATA", str(share / "gdal")),
        ),
    )


def postgres(place: Place) -> Engine:
    """PostgreSQL with PostGIS, fetched when there is none."""
    engine = _host_postgres() or _unpacked_postgres(place)
    if engine is None:
        debian.unpack(place, "PostgreSQL with PostGIS", [], newest_of="^postgresql-[0-9]+-postgis-3$")
        engine = _unpacked_postgres(place)
    if engine is None:
        raise Stop(f"PostgreSQL was fetched, but there is no postgres under {place.unpacked}/usr/lib/postgresql.")
    return engine


def redis(place: Place) -> Engine:
    """A Redis or Valkey server, fetched when there is none."""
    for name in ("redis-server", "valkey-server"):
        found = shutil.which(name)
        version = re.search(r"v=(\d+)\.(\d+)", ask([found, "--version"])) if found else None
        if found and version and (int(version[1]), int(version[2])) >= (6, 2):
            return Engine(Path(found).parent)
    unpacked = place.unpacked / "usr" / "bin"
    if not (unpacked / "redis-check-rdb").exists():
        debian.unpack(place, "Redis", ["redis-server", "redis-tools"])
    return Engine(unpacked, (("LD_LIBRARY_PATH", debian.libraries(place)),))


def redis_program(engine: Engine) -> Path:
    """The server's file."""
    for name in ("redis-server", "valkey-server"):
        if (engine.bin / name).exists():
            return engine.bin / name
    raise Stop(f"There is no redis-server in {engine.bin}.")


_UNSHARE = ["unshare", "--user", "--map-user=1000", "--map-group=1000", "--"]
_SETPRIV = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--"]


def ordinary_user_command() -> list[str]:
    """What to put before a command so that root runs it as somebody else, because PostgreSQL refuses root."""
    if ask([*_UNSHARE, "id", "-u"]).strip() == "1000":
        return _UNSHARE
    if shutil.which("setpriv"):
        return _SETPRIV
    raise Stop("PostgreSQL refuses to run as root, and neither unshare nor setpriv works here: run ./city as an ordinary user.")


def as_ordinary_user(command: Sequence[str | Path], *owned: Path) -> list[str]:
    """The same command as somebody else when this is root; the owned directories are theirs where user namespaces are not allowed."""
    plain = [str(part) for part in command]
    if os.geteuid() != 0:
        return plain
    before = ordinary_user_command()
    if before is _SETPRIV:
        for directory in owned:
            _give_away(directory)
    return [*before, *plain]


def _give_away(directory: Path) -> None:
    directory.mkdir(parents=True, exist_ok=True)
    for path in (directory, *directory.rglob("*")):
        os.chown(path, 65534, 65534, follow_symlinks=False)
    if subprocess.run([*_SETPRIV, "test", "-w", str(directory)], check=False).returncode:
        raise Stop(f"As root, {directory} must be reachable by another user: clone into /srv or /opt, or run as an ordinary user.")
