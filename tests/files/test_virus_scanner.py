"""Nothing passes unscanned: a real clamd (Debian's) that knows one signature of ours, and peers that are silent or talk nonsense."""

import os
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings

from access.actors import Actor
from files import checking, scanner, services
from files.models import File, Reason
from journal.models import Entry
from tests.files import material
from tests.files.conftest import HandIn

MARK = b"a mark that only the scanner of this test knows"
SIGNATURE = f"City.Test.Mark:0:*:{MARK.hex()}"
MOST = 200_000


class Clamd:
    """Debian's clamd with one signature; started and killed like a program of its own."""

    def __init__(self, place: Path) -> None:
        self.socket = place / "clamd.sock"
        (place / "signatures").mkdir()
        (place / "signatures" / "city.ndb").write_text(f"{SIGNATURE}\n")
        self.rules = place / "clamd.conf"
        self.rules.write_text(
            f"Foreground yes\nLocalSocket {self.socket}\nDatabaseDirectory {place / 'signatures'}\n"
            f"StreamMaxLength {MOST}\nTemporaryDirectory {place}\nMaxThreads 2\n"
        )
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.socket.unlink(missing_ok=True)
        quiet = subprocess.DEVNULL
        command = [os.environ["CLAMD_PATH"], "--config-file", str(self.rules)]
        self.process = subprocess.Popen(command, stdin=quiet, stdout=quiet, stderr=quiet, start_new_session=True)
        limit = time.monotonic() + 60
        while not self._answers():
            assert self.process.poll() is None and time.monotonic() < limit
            time.sleep(0.05)

    def kill(self) -> None:
        if self.process is not None and self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def _answers(self) -> bool:
        with socket.socket(socket.AF_UNIX) as wire:
            try:
                wire.connect(str(self.socket))
                wire.sendall(b"zPING\0")
                return wire.recv(16) == b"PONG\0"
            except OSError:
                return False


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clamd]:
    if "CLAMD_PATH" not in os.environ:
        pytest.skip("Debian's clamav-daemon could not be fetched, so there is no scanner to talk to")
    found = Clamd(tmp_path_factory.mktemp("clamd"))
    found.start()
    yield found
    found.kill()


@pytest.fixture
def clamd(installed: Clamd, settings: LazySettings) -> Clamd:
    """The city's files are scanned by it."""
    settings.CLAMD_URL = f"unix://{installed.socket}"
    if installed.process is None or installed.process.poll() is not None:
        installed.start()
    return installed


def _worker(now: datetime, *keys: File) -> None:
    """What the worker of the queue `media` does when the clock asks it."""
    while checking.check_next(now=now):
        pass
    for file in keys:
        file.refresh_from_db()


def test_what_the_scanner_finds_something_in_is_refused_deleted_and_told_and_the_rest_is_kept(
    clamd: Clamd, crew: Actor, hand_in: HandIn, now: datetime, drawer: Path, django_capture_on_commit_callbacks: Any
) -> None:
    bad, hidden, good = hand_in(crew, b"text with " + MARK), hand_in(crew, material.archive(**{"word__a_dot_xml": MARK})), hand_in(crew, b"text")
    assert [file.state for file in (bad, hidden, good)] == ["CHECKING"] * 3

    with django_capture_on_commit_callbacks(execute=True):
        _worker(now, bad, hidden, good)

    assert [(file.state, file.reason, file.detail) for file in (bad, hidden)] == [("REFUSED", "INFECTED", "City.Test.Mark.UNOFFICIAL")] * 2
    assert good.state == "READY"
    assert [path.name for path in drawer.rglob("*") if path.is_file()] == [str(good.key)]
    assert Entry.objects.filter(name="files.refused").count() == 2
    with pytest.raises(services.FileWaits, match="scanner found"):
        services.open_file(crew, key=bad.key, part="", is_piece=False, now=now)


def test_what_is_larger_than_the_scanner_takes_is_refused_in_words(clamd: Clamd, crew: Actor, hand_in: HandIn, now: datetime) -> None:
    large = hand_in(crew, b"words " * (MOST // 3))

    _worker(now, large)

    assert (large.state, large.reason) == ("REFUSED", Reason.UNSCANNABLE)


def test_a_dead_scanner_makes_files_wait_and_say_so_and_they_pass_when_it_is_back(clamd: Clamd, crew: Actor, hand_in: HandIn, now: datetime) -> None:
    clamd.kill()
    file = hand_in(crew, b"text")

    for minute in range(8):
        _worker(now + timedelta(minutes=minute), file)
    waits = (file.state, file.reason, file.why)
    with pytest.raises(services.FileWaits):
        services.open_file(crew, key=file.key, part="", is_piece=False, now=now)
    clamd.start()
    _worker(now + timedelta(minutes=9), file)

    assert waits == ("CHECKING", "NO_SCANNER", "The virus scanner does not answer; the file waits for it.")
    assert (file.state, file.reason) == ("READY", "")
    assert Entry.objects.filter(name="files.waits").count() == 1


@pytest.fixture
def peer(settings: LazySettings) -> Iterator[list[bytes]]:
    """Something that listens where the scanner should and says what stands in the list: nothing at all when it is empty."""
    says: list[bytes] = []
    held: list[socket.socket] = []
    door = socket.create_server(("127.0.0.1", 0))

    def answer() -> None:
        while True:
            try:
                wire, _where = door.accept()
            except OSError:
                return
            held.append(wire)
            if says:
                while not wire.recv(65536).endswith(b"\0\0\0\0"):
                    pass
                wire.sendall(says[0])
                wire.close()

    threading.Thread(target=answer, daemon=True).start()
    settings.CLAMD_URL = f"tcp://127.0.0.1:{door.getsockname()[1]}"
    settings.CLAMD_SECONDS = 0.3
    yield says
    door.close()
    for wire in held:
        wire.close()


@pytest.mark.parametrize("says", [b"", b"stream: OK but I am not sure\0", b"\0", b"HTTP/1.1 200 OK\r\n\r\n", b"stream: Heuristics ERROR\0"])
def test_a_scanner_that_is_silent_or_talks_nonsense_lets_nothing_pass(
    peer: list[bytes], says: bytes, crew: Actor, hand_in: HandIn, now: datetime
) -> None:
    peer += [says] if says else []
    file = hand_in(crew, b"text")

    _worker(now, file)

    assert (file.state, file.reason) == ("CHECKING", Reason.NO_SCANNER)
    with pytest.raises(scanner.NoScanner):
        scanner.scan(Path(__file__))
