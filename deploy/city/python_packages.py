"""The private Python under var/venv, from requirements.txt with hashes."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

from city import stamps
from city.place import Place, require_python
from city.speech import Stop, ask, call, step

_HINT = "(a closed network: set PIP_INDEX_URL to a mirror, or PIP_FIND_LINKS to a directory of wheels, see docs/how-to/install.md)"


def _installed(place: Place, requirements: Path) -> tuple[str, str]:
    name = f"python-{requirements.stem}"
    return name, stamps.fingerprint(requirements, sys.version, str(place.venv))


def make_venv(place: Place) -> None:
    """Make the private Python where there is none of this version."""
    mark = stamps.fingerprint(sys.version, os.path.realpath(sys.executable), str(place.venv))
    if stamps.is_done(place, "venv", mark) and place.python.exists():
        return
    require_python()
    with step("Make the private Python"):
        shutil.rmtree(place.venv, ignore_errors=True)
        for stale in (place.home / "stamps").glob("python-*"):
            stale.unlink()
        call([sys.executable, "-m", "venv", place.venv], log=place.log / "pip.log", sentence="No private Python was made.")
    stamps.done(place, "venv", mark)


def install(place: Place, *names: str) -> None:
    """Install what the named requirement files pin, refusing whatever does not have the pinned hash."""
    for name in names:
        requirements = place.root / name
        stamp, mark = _installed(place, requirements)
        if stamps.is_done(place, stamp, mark):
            continue
        with step(f"Install the Python packages of {name}"):
            env = {key: value for key, value in os.environ.items() if key not in ("PYTHONPATH", "PYTHONHOME")}
            call(
                [
                    place.python,
                    "-m",
                    "pip",
                    "install",
                    "--disable-pip-version-check",
                    "--no-input",
                    "--no-deps",
                    "--no-compile",
                    "--only-binary=:all:",
                    "--require-hashes",
                    "-r",
                    requirements,
                ],
                log=place.log / "pip.log",
                env=env,
                sentence=f"The packages of {name} could not be installed {_HINT}.",
            )
        stamps.done(place, stamp, mark)


def lock(place: Place) -> None:
    """Resolve requirements*.in again, for every platform, from PyPI alone."""
    tools = place.home / "lock"
    if not (tools / "bin" / "uv").exists():
        with step("Fetch the resolver"):
            call([sys.executable, "-m", "venv", tools], log=place.log / "pip.log", sentence="No Python for the resolver.")
            call([tools / "bin" / "pip", "install", "-q", "uv"], log=place.log / "pip.log", sentence="uv could not be fetched.")
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("PIP_", "UV_"))}
    for name in ("requirements", "requirements-test"):
        with step(f"Resolve {name}.in"):
            call(
                [
                    tools / "bin" / "uv",
                    "--no-config",
                    "pip",
                    "compile",
                    "--system-certs",
                    "--generate-hashes",
                    "--universal",
                    "--python-version",
                    "3.11",
                    "--default-index",
                    "https://pypi.org/simple",
                    "--no-emit-index-url",
                    "--no-header",
                    "--upgrade",
                    "-q",
                    f"{name}.in",
                    "-o",
                    f"{name}.txt",
                ],
                log=place.log / "lock.log",
                env=kept,
                cwd=place.root,
                sentence=f"{name}.in has no solution.",
            )
    call(
        ["npm", "install", "--package-lock-only", "--ignore-scripts", "--omit-lockfile-registry-resolved=false"],
        log=place.log / "lock.log",
        cwd=place.root,
        sentence="package.json has no solution.",
    )


def check_libraries(place: Place) -> None:
    """Stop with a sentence when this processor or C library has no ready-made wheel of the geo libraries."""
    if not ask([place.python, "-c", "import shapely, pyogrio, psycopg; print(1)"]):
        raise Stop("The wheels of shapely, pyogrio or psycopg do not run here: a glibc Linux on x86-64 or ARM64, or macOS, is needed.")
