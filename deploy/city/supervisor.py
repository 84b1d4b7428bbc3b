"""Talk to this stack's supervisord through its unix socket."""

from __future__ import annotations

import contextlib
import http.client
import os
import signal
import socket
import time
import xmlrpc.client
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from city import programs
from city.place import Place
from city.speech import Stop, call


class _Connection(http.client.HTTPConnection):
    def __init__(self, path: Path) -> None:
        super().__init__("localhost", timeout=90)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(90)
        self.sock.connect(str(self._path))


class _Transport(xmlrpc.client.Transport):
    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path

    def make_connection(self, host: Any) -> http.client.HTTPConnection:
        return _Connection(self._path)


def _remote(place: Place) -> Any:
    return xmlrpc.client.ServerProxy("http://localhost", transport=_Transport(place.run / "supervisor.sock")).supervisor


def is_up(place: Place) -> bool:
    """Whether supervisord answers."""
    try:
        return bool(_remote(place).getState()["statename"] == "RUNNING")
    except (OSError, http.client.HTTPException, xmlrpc.client.Error):
        return False


def ensure(place: Place) -> None:
    """Start supervisord where it does not run, with the present configuration."""
    config = place.run / "supervisord.conf"
    text = programs.supervisor_config(place)
    if is_up(place):
        if not config.exists() or config.read_text() != text:
            config.write_text(text)
            _reload(place)
        return
    stop_left_behind(place)
    config.write_text(text)
    call(
        [place.venv / "bin" / "supervisord", "-c", config],
        log=place.log / "supervisord.start.log",
        env=_bare_environment(),
        cwd=place.root,
        sentence="The supervisor could not be started.",
    )
    until = time.monotonic() + 20
    while not is_up(place):
        if time.monotonic() > until:
            raise Stop(f"The supervisor did not answer within 20 s: see {place.log / 'supervisord.log'}.")
        time.sleep(0.05)


def _bare_environment() -> dict[str, str]:
    dropped = ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "PYTHONPATH", "PYTHONDONTWRITEBYTECODE")
    return {key: value for key, value in os.environ.items() if key not in dropped and not key.startswith("PG")}


def _reload(place: Place) -> None:
    remote = _remote(place)
    added, changed, removed = remote.reloadConfig()[0]
    for name in [*changed, *removed]:
        remote.stopProcessGroup(name)
        remote.removeProcessGroup(name)
    for name in [*added, *changed]:
        remote.addProcessGroup(name)


def states(place: Place) -> dict[str, dict[str, Any]]:
    """What supervisord knows of each program, by name; empty when it does not run."""
    try:
        return {info["name"]: info for info in _remote(place).getAllProcessInfo()}
    except (OSError, http.client.HTTPException, xmlrpc.client.Error):
        return {}


def start(place: Place, names: Iterable[str]) -> None:
    """Start the named programs that do not run, without waiting until they are useful."""
    present = states(place)
    for name in names:
        if present.get(name, {}).get("statename") not in ("RUNNING", "STARTING"):
            with contextlib.suppress(xmlrpc.client.Fault):
                _remote(place).startProcess(name, False)


def stop(place: Place, names: Iterable[str]) -> None:
    """Stop the named programs at the same time, each with its own patience, and return when all have ended."""
    wanted = set(names)
    for name in wanted & _active(place):
        with contextlib.suppress(xmlrpc.client.Fault):
            _remote(place).stopProcess(name, False)
    until = time.monotonic() + 60
    while wanted & _active(place) and time.monotonic() < until:
        time.sleep(0.05)


def _active(place: Place) -> set[str]:
    return {name for name, info in states(place).items() if info["statename"] not in ("STOPPED", "EXITED", "FATAL")}


def shut_down(place: Place) -> bool:
    """Stop everything and supervisord itself; say whether it was running."""
    if not is_up(place):
        return stop_left_behind(place)
    stop(place, programs.PRODUCT)
    stop(place, programs.SERVICES)
    pid = _remote(place).getPID()
    _remote(place).shutdown()
    until = time.monotonic() + 30
    while time.monotonic() < until and _alive(pid):
        time.sleep(0.05)
    for name in ("environment.json", "supervisord.conf"):
        (place.run / name).unlink(missing_ok=True)
    return True


def stop_left_behind(place: Place) -> bool:
    """End the programs of a supervisor that was killed; say whether there were any."""
    found = programs.left_behind(place)
    for name, pid in found.items():
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, getattr(signal, f"SIG{programs.named(name).signal}"))
    until = time.monotonic() + 30
    while programs.left_behind(place) and time.monotonic() < until:
        time.sleep(0.05)
    for pid in programs.left_behind(place).values():
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    return bool(found)


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return not (Path(f"/proc/{pid}/stat").exists() and Path(f"/proc/{pid}/stat").read_text().split(")")[-1].split()[0] == "Z")
