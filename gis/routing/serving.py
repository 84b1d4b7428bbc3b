"""The engine's process: started on a free port of the loopback, watched, and changed without a gap when new tiles are put in place.

`python -m gis.routing.serving PROGRAMS ROUTES NOTE [BUILDER ...]` is what `./city up` runs and `manage.py serve_routes` becomes. The
standard library alone: a watcher that loaded the whole city would hold a quarter of a gigabyte to look at one process. The builder is a
command that makes new tiles where they are missing or older than the roads; it runs beside, once, and again while there are none.
"""

import ctypes
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from types import FrameType
from typing import Any

from gis.routing import configuration

READY_SECONDS = 60.0
LOOK_SECONDS = 1.0
PROBE_SECONDS = 10.0
MOST_FAILURES = 3
THREADS = 3  # one more than coverage asks at once: a dispatch never waits behind it
BUILD_AGAIN_SECONDS = 30.0
_DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG

Say = Callable[[str], None]


class EngineEnded(Exception):
    """The engine ended or hangs; whoever watches this process starts it again."""


@dataclass(frozen=True, slots=True)
class Seat:
    """Where the engine's programs are, where its tiles are, and where to leave the note of a running one."""

    programs: Path
    routes: Path
    note: Path

    def tiles(self) -> dict[str, Any] | None:
        """What is said of the tiles in use, None before any are built."""
        try:
            found: dict[str, Any] = json.loads((self.routes / "current" / "tiles.json").read_text())
        except (OSError, ValueError):
            return None
        return found


class Engine:
    """One running engine."""

    def __init__(self, seat: Seat, tiles: dict[str, Any]) -> None:
        self.tiles, self._seat = tiles, seat
        self._port = _free_port()
        self._config = seat.routes / f".serving-{os.getpid()}-{self._port}.json"
        where = (seat.routes / tiles["version"] / "tiles").resolve()
        self._config.write_text(json.dumps(configuration.of(where, f"tcp://127.0.0.1:{self._port}")))
        command: list[str | Path] = ["nice", "-n", "5", seat.programs / "valhalla_service", self._config, str(THREADS)]
        self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, preexec_fn=_die_with_parent)

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._port}"

    @property
    def pid(self) -> int:
        """The process."""
        return self._process.pid

    def answers(self) -> bool:
        """Whether it answers now."""
        link = http.client.HTTPConnection("127.0.0.1", self._port, timeout=5)
        try:
            link.request("GET", "/status")
            return link.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            link.close()

    def has_ended(self) -> bool:
        """Whether the process is gone."""
        return self._process.poll() is not None

    def wait_until_ready(self, stop: Event) -> None:
        """Return when it answers."""
        until = time.monotonic() + READY_SECONDS
        while not self.answers():
            if self.has_ended() or time.monotonic() > until:
                raise EngineEnded(f"the engine did not start (exit {self._process.poll()})")
            if stop.wait(0.1):
                return

    def announce(self) -> None:
        """Leave the note, in one move, by which others find it."""
        self._seat.note.parent.mkdir(parents=True, exist_ok=True)
        spare = self._seat.note.with_name(f".routing.{os.getpid()}")
        spare.write_text(json.dumps({"url": self.url, "version": self.tiles["version"], "bounds": self.tiles["bounds"]}))
        os.replace(spare, self._seat.note)

    def end(self) -> None:
        """Stop it; by force when it will not."""
        self._process.terminate()
        try:
            self._process.wait(timeout=4)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._config.unlink(missing_ok=True)


class Builder:
    """The command that makes tiles, running beside the engine."""

    def __init__(self, command: Sequence[str]) -> None:
        self._command = list(command)
        self._process: subprocess.Popen[bytes] | None = None
        self._began = 0.0

    def begin(self) -> None:
        """Run it, gently, unless it runs or ran a moment ago."""
        is_running = self._process is not None and self._process.poll() is None
        is_too_soon = self._began > 0 and time.monotonic() - self._began < BUILD_AGAIN_SECONDS
        if not self._command or is_running or is_too_soon:
            return
        self._began = time.monotonic()
        self._process = subprocess.Popen(["nice", "-n", "5", *self._command], stdin=subprocess.DEVNULL, preexec_fn=_die_with_parent)

    def end(self) -> None:
        """Leave no builder behind; what it was making is thrown away by the next one."""
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            self._process.wait()


def serve(seat: Seat, stop: Event, say: Say, builder: Builder | None = None) -> None:
    """Serve the tiles in use until told to stop, changing over when newer ones are put in place. Raises `EngineEnded`."""
    builder = builder or Builder(())
    try:
        tiles = _first_tiles(seat, stop, builder)
        if tiles is not None:  # else told to stop before there were any
            builder.begin()
            _keep(seat, _started(seat, tiles, stop, say), stop, say)
    finally:
        builder.end()


def _keep(seat: Seat, running: Engine, stop: Event, say: Say) -> None:
    try:
        failures, asked = 0, time.monotonic()
        while not stop.wait(LOOK_SECONDS):
            if running.has_ended():
                raise EngineEnded("the engine ended")
            newest = seat.tiles()
            if newest and newest["version"] != running.tiles["version"]:
                old, running = running, _started(seat, newest, stop, say)
                old.end()
            if time.monotonic() - asked > PROBE_SECONDS:
                failures, asked = (0 if running.answers() else failures + 1), time.monotonic()
                if failures >= MOST_FAILURES:
                    raise EngineEnded("the engine does not answer")
    finally:
        seat.note.unlink(missing_ok=True)
        running.end()


def _started(seat: Seat, tiles: dict[str, Any], stop: Event, say: Say) -> Engine:
    made = Engine(seat, tiles)
    try:
        made.wait_until_ready(stop)
    except BaseException:
        made.end()
        raise
    made.announce()
    say(f"routing: {tiles['source']}, version {tiles['version']}, at {made.url}")
    return made


def _first_tiles(seat: Seat, stop: Event, builder: Builder) -> dict[str, Any] | None:
    while (tiles := seat.tiles()) is None:
        builder.begin()
        if stop.wait(LOOK_SECONDS):
            return None
    return tiles


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _die_with_parent() -> None:
    with suppress(OSError, AttributeError):  # Linux only; elsewhere an orphan ends with the machine
        ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGTERM)


def _sweep(seat: Seat) -> None:
    """Forget the note and the settings of engines whose process was killed."""
    seat.note.unlink(missing_ok=True)
    for path in seat.routes.glob(".serving-*.json"):
        if not Path(f"/proc/{path.name.split('-')[1]}").exists():
            path.unlink(missing_ok=True)


def main(arguments: list[str]) -> int:
    """Serve until SIGTERM or Ctrl-C; 1 when the engine ended by itself."""
    seat, stop = Seat(*(Path(argument) for argument in arguments[:3])), Event()

    def end(number: int, frame: FrameType | None) -> None:
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, end)
    _sweep(seat)
    try:
        serve(seat, stop, lambda text: print(text, flush=True), Builder(arguments[3:]))
    except EngineEnded as error:
        print(f"routing: {error}", flush=True)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
