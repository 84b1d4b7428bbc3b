"""The engine's process: started on a free port of the loopback, watched, and changed without a gap when new tiles are built."""

import ctypes
import http.client
import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from threading import Event

from gis.routing import building, engine, roads
from gis.routing.roads import Address, Tiles

READY_SECONDS = 60.0
LOOK_SECONDS = 1.0
PROBE_SECONDS = 10.0
MOST_FAILURES = 3
THREADS = 3  # one more than coverage asks at once: a dispatch never waits behind it
_DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG

Say = Callable[[str], None]


class EngineEnded(Exception):
    """The engine ended or hangs; whoever watches this process starts it again."""


class Engine:
    """One running engine."""

    def __init__(self, tiles: Tiles) -> None:
        self.tiles = tiles
        self._port = _free_port()
        self._config = roads.folder() / f".serving-{os.getpid()}-{self._port}.json"
        where = (roads.folder() / tiles.version / "tiles").resolve()
        roads.replace(self._config, json.dumps(building.configuration(where, f"tcp://127.0.0.1:{self._port}")))
        command: list[str | Path] = ["nice", "-n", "5", building.program("valhalla_service"), self._config, str(THREADS)]
        self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, preexec_fn=_die_with_parent)

    @property
    def address(self) -> Address:
        """Where it listens."""
        return Address(f"http://127.0.0.1:{self._port}", self.tiles.version, self.tiles.bounds)

    @property
    def pid(self) -> int:
        """The process."""
        return self._process.pid

    def answers(self) -> bool:
        """Whether it answers now; says nothing to the memory of failures that others heed."""
        try:
            return engine.post(f"{self.address.url}/status", b"{}", 5.0)[0] == 200
        except (OSError, http.client.HTTPException, ValueError):
            return False

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

    def end(self) -> None:
        """Stop it; by force when it will not."""
        self._process.terminate()
        try:
            self._process.wait(timeout=4)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._config.unlink(missing_ok=True)


def serve(stop: Event, say: Say) -> None:
    """Serve the tiles in use until told to stop, changing over when newer ones are put in place. Raises `EngineEnded`."""
    running = _started(_first_tiles(stop), stop, say)
    try:
        failures, asked = 0, time.monotonic()
        while not stop.wait(LOOK_SECONDS):
            if running.has_ended():
                raise EngineEnded("the engine ended")
            newest = roads.current()
            if newest and newest.version != running.tiles.version:
                old, running = running, _started(newest, stop, say)
                old.end()
            if time.monotonic() - asked > PROBE_SECONDS:
                failures, asked = (0 if running.answers() else failures + 1), time.monotonic()
                if failures >= MOST_FAILURES:
                    raise EngineEnded("the engine does not answer")
    finally:
        roads.address_file().unlink(missing_ok=True)
        running.end()


def _started(tiles: Tiles | None, stop: Event, say: Say) -> Engine:
    if tiles is None:
        raise SystemExit(0)  # told to stop before there were any
    made = Engine(tiles)
    try:
        made.wait_until_ready(stop)
    except BaseException:
        made.end()
        raise
    made.address.write(roads.address_file())
    say(f"routing: {tiles.source}, version {tiles.version}, at {made.address.url}")
    return made


def _first_tiles(stop: Event) -> Tiles | None:
    while (tiles := roads.current()) is None:
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


def sweep(folder: Path) -> None:
    """Forget the settings of engines whose process was killed."""
    for path in folder.glob(".serving-*.json"):
        pid = path.name.split("-")[1]
        if not Path(f"/proc/{pid}").exists():
            path.unlink(missing_ok=True)
