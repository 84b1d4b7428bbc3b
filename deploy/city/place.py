"""Where one stack lives: the checkout, what is installed, and the data, sockets and logs of this stack."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from city.speech import Stop

SOCKET_PATH_LIMIT = 107  # sun_path holds 108 bytes with the closing zero


@dataclass(frozen=True)
class Place:
    """One stack: `home` holds what is installed and is shared, `var` holds what is this stack's own."""

    root: Path
    home: Path
    var: Path

    @classmethod
    def here(cls) -> Place:
        """The stack of this checkout, in ./var or where VAR says; a child of ours finds the stack it belongs to."""
        root = Path(__file__).resolve().parents[2]
        home = Path(os.environ.get("CITY_HOME") or os.environ.get("VAR") or root / "var").absolute()
        return cls(root=root, home=home, var=Path(os.environ.get("CITY_STACK") or home).absolute())

    def for_tests(self, name: str) -> Place:
        """A stack of its own for tests, on the same installed software."""
        if not name.replace("-", "").replace("_", "").isalnum():
            raise Stop(f"CITY_TEST_NAME may hold letters, digits, - and _ only, not {name!r}.")
        return Place(root=self.root, home=self.home, var=self.home / f"test-{name}")

    @property
    def venv(self) -> Path:
        """The private Python."""
        return self.home / "venv"

    @property
    def python(self) -> Path:
        """The interpreter of the private Python."""
        return self.venv / "bin" / "python"

    @property
    def unpacked(self) -> Path:
        """Where Debian's packages are unpacked."""
        return self.home / "root"

    @property
    def run(self) -> Path:
        """Sockets and process numbers."""
        return self.var / "run"

    @property
    def log(self) -> Path:
        """One file for each program."""
        return self.var / "log"

    def make(self) -> None:
        """Make the directories, private to this user, and refuse a path too long for a socket."""
        socket = self.run / ".s.PGSQL.5432"
        if len(os.fsencode(socket)) > SOCKET_PATH_LIMIT:
            raise Stop(
                f"The path {self.run} is too long for a socket ({len(os.fsencode(socket))} bytes, "
                f"{SOCKET_PATH_LIMIT} allowed): set VAR to a shorter directory, for example VAR=/srv/city."
            )
        try:
            for directory in (self.home, self.var, self.run, self.log, self.home / "stamps", self.home / "bin"):
                directory.mkdir(parents=True, exist_ok=True)
            self.run.chmod(0o700)
            self.log.chmod(0o700)
        except OSError as refusal:
            raise Stop(f"This user may not write {refusal.filename} ({refusal.strerror}): set VAR to a directory it may write.") from None

    @contextlib.contextmanager
    def locked(self, name: str) -> Iterator[None]:
        """Let one `./city` at a time do the named work here."""
        self.var.mkdir(parents=True, exist_ok=True)
        with (self.var / f".{name}.lock").open("w") as handle:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield

    @contextlib.contextmanager
    def alone(self, name: str, sentence: str) -> Iterator[None]:
        """Do the named work, or stop with the sentence when another `./city` is doing it."""
        self.var.mkdir(parents=True, exist_ok=True)
        with (self.var / f".{name}.lock").open("w") as handle:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise Stop(sentence) from None
            yield

    def remembered(self, key: str) -> str:
        """What an earlier start decided, or nothing."""
        with contextlib.suppress(FileNotFoundError, json.JSONDecodeError):
            return str(json.loads((self.var / "remembered.json").read_text()).get(key, ""))
        return ""

    def remember(self, key: str, value: str) -> None:
        """Keep a decision for the next start."""
        path = self.var / "remembered.json"
        kept: dict[str, str] = {}
        with contextlib.suppress(FileNotFoundError, json.JSONDecodeError):
            kept = json.loads(path.read_text())
        kept[key] = value
        path.write_text(json.dumps(kept, indent=1, sort_keys=True) + "\n")


def require_python() -> None:
    """Say what to install when this Python cannot make a private one."""
    try:
        import ensurepip  # noqa: F401
        import venv  # noqa: F401
    except ImportError:
        raise Stop(
            "Python's venv module is missing; on Debian or Ubuntu: apt-get install python3-venv "
            f"(this is {sys.executable}, {sys.version.split()[0]})."
        ) from None
