"""`./city check`: everything a machine can say about the code without running the tests."""

from __future__ import annotations

import shutil
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from city import environment, front_end, stack
from city.place import Place
from city.speech import Stop, say


@dataclass(frozen=True)
class Check:
    """One thing that must hold, and the command that says so."""

    name: str
    command: list[str]
    needs_database: bool = False


@dataclass(frozen=True)
class Outcome:
    """What a check said."""

    check: Check
    code: int
    output: str
    seconds: float


def _all(place: Place) -> list[Check]:
    python, bin_ = str(place.python), place.venv / "bin"
    manage = [python, str(place.root / "manage.py")]
    return [
        Check("types", [str(bin_ / "mypy"), "--no-error-summary", "."]),
        Check("set-up types", [str(bin_ / "mypy"), "--config-file=", "--strict", "--no-error-summary", "deploy/city"]),
        Check("lint", [str(bin_ / "ruff"), "check", "--quiet", "."]),
        Check("format", [str(bin_ / "ruff"), "format", "--check", "--quiet", "."]),
        Check("architecture", [str(bin_ / "lint-imports"), "--no-cache"]),
        Check("settings", [*manage, "check", "--fail-level", "WARNING"]),
        Check("migrations", [*manage, "makemigrations", "--check", "--dry-run"], needs_database=True),
        Check("static files", [*manage, "collectstatic", "--noinput", "--clear", "-v", "0"]),
        Check("templates", [*manage, "check_templates"]),
        Check("scripts", [front_end.node_program(place), "node_modules/typescript/bin/tsc", "--noEmit", "-p", "tsconfig.json"]),
        Check("shell", ["sh", "-n", "city"]),
    ]


def check(place: Place, arguments: list[str]) -> int:
    """Run the named checks, or all; say each with its time, then what failed."""
    stack.install(place, "requirements.txt", "requirements-test.txt")
    chosen = [one for one in _all(place) if not arguments or one.name in arguments]
    if not chosen:
        raise Stop(f"There is no such check; there are: {', '.join(one.name for one in _all(place))}.")
    if any(one.needs_database for one in chosen):
        stack.services(place)
    env = environment.of_children(place)
    scratch = place.var / "check"
    env["VAR"] = str(scratch)
    scratch.mkdir(exist_ok=True)
    began = time.monotonic()
    with ThreadPoolExecutor(2) as pool:
        outcomes = list(pool.map(lambda one: _run(one, place.root, env), chosen))
    shutil.rmtree(scratch, ignore_errors=True)
    failed = [outcome for outcome in outcomes if outcome.code]
    for outcome in failed:
        say(f"\n--- {outcome.check.name}\n{outcome.output.strip()}")
    taken = time.monotonic() - began
    if failed:
        say(f"\n{len(failed)} of {len(outcomes)} checks failed ({', '.join(one.check.name for one in failed)}) in {taken:.0f} s.")
        return 1
    say(f"All {len(outcomes)} checks passed in {taken:.0f} s.")
    return 0


def _run(check: Check, root: Path, env: dict[str, str]) -> Outcome:
    began = time.monotonic()
    try:
        done = subprocess.run(
            check.command,
            cwd=root,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=600,
            check=False,
        )
        outcome = Outcome(check, done.returncode, done.stdout, time.monotonic() - began)
    except (FileNotFoundError, subprocess.TimeoutExpired) as error:
        outcome = Outcome(check, 1, str(error), time.monotonic() - began)
    say(f"{'ok    ' if outcome.code == 0 else 'FAILED'} {check.name:13} {outcome.seconds:6.1f} s")
    return outcome
