"""What `./city` says: one line for each step with its time, one clear sentence when it must stop."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

_started = time.monotonic()


class Stop(Exception):
    """The work cannot go on; the text is the sentence shown to the person."""


def say(text: str) -> None:
    """Print a line at once, also when output goes to a file."""
    print(text, flush=True)


def elapsed() -> float:
    """Seconds since this command began."""
    return time.monotonic() - _started


@contextlib.contextmanager
def step(text: str) -> Iterator[None]:
    """Announce a step, and say how long it took."""
    began = time.monotonic()
    _progress(f"{text} ...")
    yield
    _progress(f"{text}: done in {time.monotonic() - began:.1f} s")


def _progress(text: str) -> None:
    sys.stderr.write(f"{elapsed():6.1f} s  {text}\n")  # in one write: steps run side by side
    sys.stderr.flush()


def call(
    command: Sequence[str | Path],
    *,
    log: Path,
    sentence: str,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    timeout: float = 1200,
) -> None:
    """Run a command with its output in a log, and stop with a sentence and the log's end when it fails."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as sink:
        began_at = sink.tell()
        sink.write(("\n$ " + " ".join(map(str, command)) + "\n").encode())
        sink.flush()
        try:
            done = subprocess.run(
                [str(part) for part in command],
                stdin=subprocess.DEVNULL,
                stdout=sink,
                stderr=sink,
                env=env,
                cwd=cwd,
                timeout=timeout,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise Stop(f"{sentence} It took longer than {timeout:.0f} s. Log: {log}") from None
        except FileNotFoundError as missing:
            raise Stop(f"{sentence} The program {missing.filename} is missing.") from None
    if done.returncode:
        wrong = wrong_setting(log, began_at)
        if wrong:
            raise Stop(wrong)
        tail = "\n".join("    " + line for line in log.read_text(errors="replace").splitlines()[-12:])
        raise Stop(f"{sentence} The end of {log}:\n{tail}")


def wrong_setting(log: Path, since: int = 0) -> str:
    """The sentence about a wrong setting that a program ended with, or nothing; what the log held before byte `since` is old."""
    text = log.read_bytes()[since:].decode(errors="replace") if log.exists() else ""
    found = [line.partition("ImproperlyConfigured: ")[2] for line in text.splitlines() if "ImproperlyConfigured: setting " in line]
    return found[-1] if found else ""


def ask(command: Sequence[str | Path], *, env: Mapping[str, str] | None = None, cwd: Path | None = None) -> str:
    """Run a command and return what it printed, or nothing when it failed."""
    try:
        done = subprocess.run(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            env=env,
            cwd=cwd,
            timeout=120,
            check=False,
        )
    except (FileNotFoundError, subprocess.TimeoutExpired):
        return ""
    return done.stdout if done.returncode == 0 else ""
