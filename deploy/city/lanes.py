"""The whole test run in two lanes side by side, each with services of its own, then what must run by itself."""

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

BESIDE_OTHERS = "not soak and not alone and not browser"
BY_ITSELF = "not soak and (alone or browser)"
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

    def add(self, lane: Lane, code: int, seconds: dict[str, float]) -> None:
        """Count a lane's report, and note how long each file took."""
        self.code = self.code or (0 if code == _NOTHING_COLLECTED else code)
        if not lane.report.exists():
            return
        for case in ElementTree.parse(lane.report).getroot().iter("testcase"):
            self.tests += 1
            self.failed += any(case.find(kind) is not None for kind in ("failure", "error"))
            self.skipped += case.find("skipped") is not None
            file = case.get("file") or ""
            seconds[file] = seconds.get(file, 0.0) + float(case.get("time") or 0)


def share_out(place: Place, lanes: list[Lane]) -> None:
    """Give each test file to the lane with least to do, the longest first, by what they took last time."""
    known: dict[str, float] = {}
    for path in (place.root / "deploy" / "test-seconds.json", place.home / "test-seconds.json"):  # as shipped, then as seen here
        if path.exists():
            known |= json.loads(path.read_text())
    weights = {}
    for file in sorted((place.root / "tests").rglob("test_*.py")):
        name = str(file.relative_to(place.root))
        weights[name] = known.get(name, file.stat().st_size * _GUESS_SECONDS_PER_BYTE)
    for name in sorted(weights, key=lambda name: (-weights[name], name)):
        lane = min(lanes, key=lambda lane: lane.seconds)
        lane.files.append(name)
        lane.seconds += weights[name]


def run(place: Place, lanes: list[Lane], extra: list[str]) -> int:
    """Run both lanes, then the rest in the first; say the sum, and exit as the worst."""
    share_out(place, lanes)
    totals, seconds = Totals(), dict[str, float]()
    waiting = []
    for lane in lanes[1:]:
        log = (lane.place.log / "pytest.log").open("w+")
        waiting.append((lane, log, _start(place, lane, BESIDE_OTHERS, extra, log)))
    try:
        totals.add(lanes[0], _start(place, lanes[0], BESIDE_OTHERS, extra, None).wait(), seconds)
        if totals.code == _INTERRUPTED:
            return totals.code
        for lane, log, child in waiting:
            totals.add(lane, child.wait(), seconds)
            log.seek(0)
            say(log.read())
    finally:
        for _, log, child in waiting:
            if child.poll() is None:
                child.terminate()
                child.wait()
            log.close()
    say("--- what must run by itself")
    lanes[0].files = ["tests"]
    totals.add(lanes[0], _start(place, lanes[0], BY_ITSELF, extra, None).wait(), seconds)
    (place.home / "test-seconds.json").write_text(json.dumps(seconds, indent=1, sort_keys=True))
    passed = totals.tests - totals.failed - totals.skipped
    say(f"\nThe whole run: {passed} passed, {totals.failed} failed, {totals.skipped} skipped in {elapsed():.0f} s.")
    return totals.code


def _start(place: Place, lane: Lane, marks: str, extra: list[str], log: IO[str] | None) -> subprocess.Popen[str]:
    errors = subprocess.STDOUT if log else None
    return subprocess.Popen(lane.command(marks, extra), env=dict(lane.env), cwd=place.root, stdout=log, stderr=errors, text=True)
