"""A telephone exchange and telephones for tests: Debian's kamailio and sipp under var/root, each behind one small script."""

from __future__ import annotations

import shlex
from pathlib import Path

from city import debian
from city.place import Place
from city.speech import Stop, say

PACKAGES = ["kamailio", "kamailio-presence-modules", "sip-tester"]
PROGRAMS = {"kamailio": "usr/sbin/kamailio", "sipp": "usr/bin/sipp"}


def wrapper(place: Place, name: str) -> Path:
    """The script that starts one of them."""
    return place.home / "bin" / name


def is_here(place: Place) -> bool:
    """Whether both can be started."""
    return all(wrapper(place, name).exists() and (place.unpacked / program).exists() for name, program in PROGRAMS.items())


def install(place: Place) -> None:
    """Fetch them when they are not here. That they cannot be fetched stops nothing: the tests that need them say so and are passed over."""
    if is_here(place):
        return
    try:
        debian.unpack(place, "a telephone exchange for tests", PACKAGES)
        for name, program in PROGRAMS.items():
            _write(place, name, place.unpacked / program)
    except Stop as reason:
        say(f"No telephone exchange for tests: {reason}")


def environment(place: Place) -> dict[str, str]:
    """Where the tests find them."""
    if not is_here(place):
        return {}
    modules = next((place.unpacked / "usr" / "lib").glob("*/kamailio/modules"))
    tables = place.unpacked / "usr" / "share" / "kamailio" / "dbtext" / "kamailio"
    paths = {f"{name.upper()}_PATH": str(wrapper(place, name)) for name in PROGRAMS}
    return paths | {"KAMAILIO_MODULES": str(modules), "KAMAILIO_TABLES": str(tables)}


def _write(place: Place, name: str, program: Path) -> None:
    if not program.exists():
        raise Stop(f"{name} was fetched, but there is no {program}.")
    libraries = ":".join([debian.libraries(place), *map(str, (place.unpacked / "usr" / "lib").glob("*/kamailio"))])
    path = wrapper(place, name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f'#!/bin/sh\nexport LD_LIBRARY_PATH={shlex.quote(libraries)}\nexec {shlex.quote(str(program))} "$@"\n')
    path.chmod(0o755)
