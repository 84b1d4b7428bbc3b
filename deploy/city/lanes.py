"""The whole test run in two lanes side by side, each with services of its own: the many, then the patient; last what must run by itself."""

from __future__ import annotations

import json
import subprocess
import xml.etree.ElementTree as ElementTree
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from city.place import Place
from city.speech import elapsed, say

# What runs in both lanes at once, a step after the other, by the name under which its seconds are kept.
STEPS = {"many": "not soak and not alone and not browser and not patient", "patient": "not soak and patient"}
BY_ITSELF = "not soak and not patient and (alone or browser)"
_INTERRUPTED = 2
_NOTHING_COLLECTED = 5
_GUESS_SECONDS_PER_BYTE = 0.001


@dataclass
class Lane:
    """One pytest with its own services."""

    place: Place
    env: Mapping[str, str]
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
    for file in sorted((place.root / "tests").rglob("test_*.py")):
        name, is_patient = str(file.relative_to(place.root)), "\npytestmark = pytest.mark.patient\n" in file.read_text(encoding="utf-8")
        if is_patient == (step == "patient"):
            weights[name] = known.get(name, file.stat().st_size * _GUESS_SECONDS_PER_BYTE)
    for name in sorted(weights, key=lambda name: (-weights[name], name)):
        lane = min(lanes, key=lambda lane: lane.seconds)
        lane.files.append(name)
        lane.seconds += weights[name]


def run(place: Place, lanes: list[Lane], extra: list[str]) -> int:
    """Run both lanes, then the rest in the first; say the sum, and exit as the worst."""
    totals, seconds = Totals(), dict[str, dict[str, float]]()
    for step in STEPS:
        share_out(place, lanes, step)
        seconds[step] = _side_by_side(place, lanes, STEPS[step], extra, totals)
        if totals.code == _INTERRUPTED:
            return totals.code
        say(f"--- {step}: done after {elapsed():.0f} s")
    lanes[0].files = ["tests"]
    totals.add(lanes[0], _start(place, lanes[0], BY_ITSELF, extra, None).wait())
    (place.home / "test-seconds.json").write_text(json.dumps(seconds, indent=1, sort_keys=True))
    passed = totals.tests - totals.failed - totals.skipped
    say(f"\nThe whole run: {passed} passed, {totals.failed} failed, {totals.skipped} skipped in {elapsed():.0f} s.")
    return totals.code


def _side_by_side(place: Place, lanes: list[Lane], marks: str, extra: list[str], totals: Totals) -> dict[str, float]:
    """Run what each lane was given; the first is seen as it goes, the others when they have ended. How long each file took."""
    waiting = []
    for lane in [lane for lane in lanes[1:] if lane.files]:
        log = (lane.place.log / "pytest.log").open("w+")
        waiting.append((lane, log, _start(place, lane, marks, extra, log)))
    try:
        seconds = totals.add(lanes[0], _start(place, lanes[0], marks, extra, None).wait())
        if totals.code == _INTERRUPTED:
            return seconds
        for lane, log, child in waiting:
            seconds |= totals.add(lane, child.wait())
            log.seek(0)
            say(log.read())
        return seconds
    finally:
        for _, log, child in waiting:
            if child.poll() is None:
                child.terminate()
                child.wait()
            log.close()


def _start(place: Place, lane: Lane, marks: str, extra: list[str], log: IO[str] | None) -> subprocess.Popen[str]:
    errors = subprocess.STDOUT if log else None
    return subprocess.Popen(lane.command(marks, extra), env=dict(lane.env), cwd=place.root, stdout=log, stderr=errors, text=True)
