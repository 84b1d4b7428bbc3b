"""A virus scanner for tests: Debian's clamd under var/root, behind one small script. It knows only the signatures a test writes."""

from __future__ import annotations

import shlex
from pathlib import Path

from city import debian
from city.place import Place
from city.speech import Stop, say

PROGRAM = "usr/sbin/clamd"


def wrapper(place: Place) -> Path:
    """The script that starts it."""
    return place.home / "bin" / "clamd"


def is_here(place: Place) -> bool:
    """Whether it can be started."""
    return wrapper(place).exists() and (place.unpacked / PROGRAM).exists()


def install(place: Place) -> None:
    """Fetch it when it is not here. That it cannot be fetched stops nothing: the tests that need it say so and are passed over."""
    if is_here(place):
        return
    try:
        debian.unpack(place, "a virus scanner for tests", ["clamav-daemon"])
        _write(place)
    except Stop as reason:
        say(f"No virus scanner for tests: {reason}")


def environment(place: Place) -> dict[str, str]:
    """Where the tests find it."""
    return {"CLAMD_PATH": str(wrapper(place))} if is_here(place) else {}


def _write(place: Place) -> None:
    program = place.unpacked / PROGRAM
    if not program.exists():
        raise Stop(f"clamd was fetched, but there is no {program}.")
    path = wrapper(place)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f'#!/bin/sh\nexport LD_LIBRARY_PATH={shlex.quote(debian.libraries(place))}\nexec {shlex.quote(str(program))} "$@"\n')
    path.chmod(0o755)
