"""Debian's own signed packages, downloaded and unpacked under var/root: no root, no service touched, no port taken."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from city import stamps
from city.place import Place
from city.speech import Stop, ask, call, step

STALE_AFTER_DAYS = 30
# Resolved as if these were not installed: a host's half (PostgreSQL without PostGIS) cannot be completed from outside.
_OWN = re.compile(r"^(postgresql|postgis|redis|chromium|fonts-noto-cjk)")
# PostgreSQL runs with jit=off: 40 MB of compiler stay away.  The others are only for installed system services.
_LEFT_OUT = re.compile(r"^(libc6$|libc-bin|libllvm|libz3-|systemd|udev|dbus|libpam-systemd|init-system|logrotate|cron|ssl-cert|debconf|ucf)")


def _options(place: Place, status: str = "status") -> list[str]:
    apt = place.home / "apt"
    return [
        "-o",
        f"Dir::State::Lists={apt}/lists",
        "-o",
        f"Dir::State::status={apt}/{status}",
        "-o",
        f"Dir::Cache={apt}/cache",
        "-o",
        f"Dir::Cache::Archives={apt}/archives",
        "-o",
        "Debug::NoLocking=1",
        "-o",
        "APT::Sandbox::User=",
        "-o",
        "Acquire::Languages=none",
        "-o",
        "Acquire::Retries=3",
        "-o",
        "APT::Update::Post-Invoke::=",
        "-o",
        "APT::Install-Recommends=0",
    ]


def _refresh(place: Place) -> None:
    apt = place.home / "apt"
    for directory in ("lists/partial", "cache", "archives/partial"):
        (apt / directory).mkdir(parents=True, exist_ok=True)
    installed = Path("/var/lib/dpkg/status").read_text(errors="replace").split("\n\n")
    kept = [stanza for stanza in installed if not _OWN.match(stanza.removeprefix("Package: "))]
    (apt / "status").write_text("\n\n".join(kept))
    base = [stanza for stanza in kept if re.search(r"^(Essential: yes|Priority: required)$", stanza, re.MULTILINE)]
    (apt / "status.base").write_text("\n\n".join(base) + "\n")
    subprocess.run(
        ["apt-get", *_options(place), "update"],  # a foreign list that fails is no reason to stop: what is missing is named below
        stdin=subprocess.DEVNULL,
        stdout=(place.log / "apt.log").open("ab"),
        stderr=subprocess.STDOUT,
        check=False,
    )


def require_apt() -> None:
    """Say what is missing where there is no apt."""
    for program in ("apt-get", "dpkg-deb"):
        if not shutil.which(program):
            raise Stop(
                f"{program} is missing, so Debian's packages cannot be fetched: install PostgreSQL with PostGIS and Redis "
                "yourself, or set DATABASE_URL and REDIS_URL to servers you have (docs/how-to/install.md)."
            )


def newest(place: Place, pattern: str) -> str:
    """The highest package name that matches, for example of postgresql-NN-postgis-3."""
    found = ask(["apt-cache", *_options(place), "search", "--names-only", pattern])
    names = [line.split(" ")[0] for line in found.splitlines()]
    return max(names, key=lambda name: [int(digits) for digits in re.findall(r"\d+", name)], default="")


def _closure(place: Place, names: Sequence[str]) -> list[str]:
    wanted = ["install", "-y", "--no-install-recommends", "--print-uris", "-qq", *names]
    for status in ("status", "status.base"):  # the second where what else is installed stands in the way
        command = ["apt-get", *_options(place, status), *wanted]
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
        if done.returncode == 0:
            break
    else:
        raise Stop(f"Debian's package lists do not have {' '.join(names)}: {done.stderr.strip()[-400:]}")
    files = re.findall(r"^'[^']+' (\S+_\S+\.deb) ", done.stdout, re.MULTILINE)
    packages = [file.split("_")[0] for file in files]
    return sorted({package for package in packages if not _LEFT_OUT.match(package)})


def unpack(place: Place, what: str, names: Sequence[str], newest_of: str = "") -> None:
    """Download the named packages with what they need, and unpack them under var/root."""
    require_apt()
    with place_lock(place):
        if stamps.is_done(place, f"debian-{what}", " ".join([*names, newest_of])):
            return
        with step(f"Fetch {what} from Debian into {os.path.relpath(place.unpacked)}"):
            _refresh(place)
            wanted = list(names)
            if newest_of:
                wanted.append(newest(place, newest_of) or _absent(newest_of))
            archives = place.home / "apt" / "archives"
            log = place.log / "apt.log"
            call(
                ["apt-get", *_options(place), "download", *_closure(place, wanted)],
                log=log,
                cwd=archives,
                sentence=f"Debian's packages for {what} could not be downloaded.",
            )
            for package in sorted(archives.glob("*.deb")):
                call(["dpkg-deb", "-x", package, place.unpacked], log=log, sentence=f"{package.name} is damaged.")
                package.unlink()
        stamps.done(place, f"debian-{what}", " ".join([*names, newest_of]))


def place_lock(place: Place):  # type: ignore[no-untyped-def]
    """One apt at a time for one installation."""
    return Place(place.root, place.home, place.home).locked("apt")


def _absent(pattern: str) -> str:
    raise Stop(
        f"No package like {pattern} is known to apt: check the network and /etc/apt/sources.list* "
        "(a closed network needs a Debian mirror, see docs/how-to/install.md)."
    )


def forget(place: Place) -> None:
    """Let everything from Debian be fetched again, for its security updates."""
    for stamp in (place.home / "stamps").glob("debian-*"):
        stamp.unlink()
    (place.home / "bin" / "chromium").unlink(missing_ok=True)
    shutil.rmtree(place.home / "paper", ignore_errors=True)
    shutil.rmtree(place.unpacked, ignore_errors=True)


def libraries(place: Place) -> str:
    """The library path of unpacked programs; never given to Python, whose geo libraries come from wheels."""
    found: list[str] = []
    for base in sorted((place.unpacked / "usr" / "lib").glob("*-linux-gnu*")):
        found += [str(base), *(str(base / sub) for sub in ("blas", "lapack", "pulseaudio") if (base / sub).is_dir())]
        found.append(str(place.unpacked / "lib" / base.name))
    found.append(str(place.unpacked / "usr" / "lib"))
    return ":".join(found)
