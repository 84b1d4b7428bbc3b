"""The whole test run in two lanes side by side, each with services of its own: the many, then the patient; last what must run by itself.

The many wait for services, and what runs by itself for programs that come back and for people's seconds: a third of their time. The unhurried,
which only reckon, are done meanwhile in a lane of their own, at a priority that gives them a processor when nobody else wants it.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from city import cluster
from city.place import Place
from city.speech import elapsed, say

# What runs in both lanes at once, a step after the other, by the name under which its seconds are kept.
STEPS = {"many": "not soak and not alone and not browser and not patient and not unhurried", "patient": "not soak and patient"}
BY_ITSELF = "not soak and not patient and (alone or browser)"
UNHURRIED = "unhurried"
_INTERRUPTED = 2
_NOTHING_COLLECTED = 5
_GUESS_SECONDS_PER_BYTE = 0.001


@dataclass
class Lane:
    """One pytest with its own services."""

    place: Place
    environment: Callable[[Place], Mapping[str, str]]
    files: list[str] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def report(self) -> Path:
        """Where pytest writes what each test did."""
        return self.place.var / "report.xml"

    def command(self, marks: str, extra: list[str]) -> list[str]:
        """The pytest of this lane."""
        self.report.unlink(missing_ok=True)
        words = ["-m", "pytest", "-m", marks, f"--junitxml={self.report}", "-o", "junit_family=xunit1", *extra]
        return [str(self.place.python), *words, *self.files]


@dataclass
class Totals:
    """What the whole run came to."""

    tests: int = 0
    failed: int = 0
    skipped: int = 0
    code: int = 0

    def add(self, lane: Lane, code: int) -> dict[str, float]:
        """Count a lane's report; how long each file of it took."""
        self.code = self.code or (0 if code == _NOTHING_COLLECTED else code)
        took = dict.fromkeys(lane.files, 0.0)
        for case in ElementTree.parse(lane.report).getroot().iter("testcase") if lane.report.exists() else ():
            self.tests += 1
            self.failed += any(case.find(kind) is not None for kind in ("failure", "error"))
            self.skipped += case.find("skipped") is not None
            file = case.get("file") or ""
            took[file] = took.get(file, 0.0) + float(case.get("time") or 0)
        return took


def share_out(place: Place, lanes: list[Lane], step: str) -> None:
    """Give each test file of a step to the lane with least to do, the longest first, by what they took last time."""
    known: dict[str, float] = {}
    for path in (place.root / "deploy" / "test-seconds.json", place.home / "test-seconds.json"):  # as shipped, then as seen here
        if path.exists():
            known |= json.loads(path.read_text()).get(step, {})
    for lane in lanes:
        lane.files, lane.seconds = [], 0.0
    weights = {}
    for file in _files(place, step):
        name = str(file.relative_to(place.root))
        weights[name] = known.get(name, file.stat().st_size * _GUESS_SECONDS_PER_BYTE)
    for name in sorted(weights, key=lambda name: (-weights[name], name)):
        lane = min(lanes, key=lambda lane: lane.seconds)
        lane.files.append(name)
        lane.seconds += weights[name]


def _files(place: Place, step: str) -> list[Path]:
    """The test files of a step: those that bear its mark as a whole, and those that bear none are the many."""
    marks = {"patient", UNHURRIED}
    found = []
    for file in sorted((place.root / "tests").rglob("test_*.py")):
        words = file.read_text(encoding="utf-8")
        its = {mark for mark in marks if f"\npytestmark = pytest.mark.{mark}\n" in words}
        if its == ({step} & marks):
            found.append(file)
    return found


def run(place: Place, lanes: list[Lane], idle: Lane, have_browser: Callable[[], None], extra: list[str]) -> int:
    """Run both lanes, then the rest in the first, and the unhurried in the idle one; say the sum, and exit as the worst.

    `have_browser` waits for what all but the many need, and raises Stop when it cannot be had.
    """
    totals, seconds = Totals(), dict[str, dict[str, float]]()
    unhurried = _files(place, UNHURRIED)
    for step in STEPS:
        share_out(place, lanes, step)
        with _meanwhile(place, idle, unhurried[1::2] if step == "many" else [], extra, totals):
            seconds[step] = _side_by_side(place, lanes, STEPS[step], extra, totals)
        if totals.code == _INTERRUPTED:
            return totals.code
        say(f"--- {step}: done after {elapsed():.0f} s")
        have_browser()
    with _meanwhile(place, idle, unhurried[::2], extra, totals):
        _by_itself(place, lanes[0], extra, totals)
    (place.home / "test-seconds.json").write_text(json.dumps(seconds, indent=1, sort_keys=True))
    passed = totals.tests - totals.failed - totals.skipped
    say(f"\nThe whole run: {passed} passed, {totals.failed} failed, {totals.skipped} skipped in {elapsed():.0f} s.")
    return totals.code


def _by_itself(place: Place, lane: Lane, extra: list[str], totals: Totals) -> None:
    """What must run by itself."""
    files = [file for file in _files(place, "many") if file.parent.name == "browser" or "pytest.mark.alone" in file.read_text(encoding="utf-8")]
    lane.files = [str(file.relative_to(place.root)) for file in files]
    with _ended_with_us() as children:
        totals.add(lane, _start(children, place, lane, BY_ITSELF, extra, None).wait())
    say(f"--- by itself: done after {elapsed():.0f} s")


@contextlib.contextmanager
def _meanwhile(place: Place, lane: Lane, files: list[Path], extra: list[str], totals: Totals) -> Iterator[None]:
    """A block beside which these files run in what it leaves of the machine; left when both have ended."""
    lane.files = [str(file.relative_to(place.root)) for file in files]
    if not files:
        yield
        return
    _stand_back(int((cluster.data(lane.place) / "postmaster.pid").read_text().split()[0]))
    with (lane.place.log / "pytest.log").open("w+") as log, _ended_with_us() as children:
        unhurried = _start(children, place, lane, UNHURRIED, extra, log)
        _stand_back(unhurried.pid)
        yield
        if totals.code != _INTERRUPTED:
            totals.add(lane, unhurried.wait())
        log.seek(0)
        say(log.read())


def _stand_back(pid: int) -> None:
    """Let a program, and what it starts from now on, run only while a processor is idle."""
    os.sched_setscheduler(pid, os.SCHED_IDLE, os.sched_param(0))


def _side_by_side(place: Place, lanes: list[Lane], marks: str, extra: list[str], totals: Totals) -> dict[str, float]:
    """Run what each lane was given; the first is seen as it goes, the others when they have ended. How long each file took."""
    with contextlib.ExitStack() as logs, _ended_with_us() as children:
        waiting = []
        for lane in [lane for lane in lanes[1:] if lane.files]:
            log = logs.enter_context((lane.place.log / "pytest.log").open("w+"))
            waiting.append((lane, log, _start(children, place, lane, marks, extra, log)))
        seconds = totals.add(lanes[0], _start(children, place, lanes[0], marks, extra, None).wait())
        if totals.code == _INTERRUPTED:
            return seconds
        for lane, log, child in waiting:
            seconds |= totals.add(lane, child.wait())
            log.seek(0)
            say(log.read())
        return seconds


@contextlib.contextmanager
def _ended_with_us() -> Iterator[list[subprocess.Popen[str]]]:
    """Runs that end when this block does, whatever ends it: interrupted, so that each takes down what it built; told once more, killed."""
    children: list[subprocess.Popen[str]] = []
    try:
        yield children
    except KeyboardInterrupt:  # the keyboard has interrupted them too; once more would disturb their taking down
        _wait_for(children)
        raise
    finally:
        for child in children:
            if child.poll() is None:
                child.send_signal(signal.SIGINT)
        _wait_for(children)


def _wait_for(children: list[subprocess.Popen[str]]) -> None:
    for child in children:
        try:
            child.wait()
        except (KeyboardInterrupt, SystemExit):
            child.terminate()
            child.wait()


def _start(
    children: list[subprocess.Popen[str]], place: Place, lane: Lane, marks: str, extra: list[str], log: IO[str] | None
) -> subprocess.Popen[str]:
    errors = subprocess.STDOUT if log else None
    child = subprocess.Popen(lane.command(marks, extra), env=dict(lane.environment(lane.place)), cwd=place.root, stdout=log, stderr=errors, text=True)
    children.append(child)
    return child
