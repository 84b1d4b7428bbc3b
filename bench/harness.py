"""How everything here is measured: A-B-A in turns, medians of five, CPU per operation first.

CPU is what the kernel says a process and all its threads were on a processor (`/proc/PID/task/*/schedstat`, nanoseconds), so a busy
neighbour on the machine changes little; the clock on the wall is used for latencies only.
"""

import json
import os
import statistics
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROUNDS = 5
RESULTS = Path(os.environ.get("CITY_STACK", "var")) / "bench"


@dataclass
class Row:
    """One line of the table: the product against a baseline, and the gate it has to pass."""

    what: str
    unit: str
    product: float
    baseline: float
    gate: str
    is_met: bool
    baseline_name: str = ""
    runs: dict[str, list[float]] = field(default_factory=dict)
    note: str = ""

    @property
    def ratio(self) -> float:
        return self.product / self.baseline if self.baseline else float("nan")


def cpu_seconds(*pids: int) -> float:
    """Processor time of whole processes so far, in seconds; threads that ended meanwhile are in the process's own account."""
    total = 0
    for pid in pids:
        fine = sum(int(Path(task.path, "schedstat").read_text().split()[0]) for task in os.scandir(f"/proc/{pid}/task"))
        total += fine
    return total / 1e9


def rss_bytes(pid: int) -> int:
    """Resident memory of a process."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def in_turns(subjects: Mapping[str, Callable[[], float]], rounds: int = ROUNDS) -> dict[str, list[float]]:
    """Measure all subjects `rounds` times in the order A-B-C-B-A: the two values of a subject in a round are averaged, so that drift cancels."""
    names = list(subjects)
    runs: dict[str, list[float]] = {name: [] for name in names}
    for _ in range(rounds):
        found: dict[str, list[float]] = {name: [] for name in names}
        for name in names + names[-2::-1]:
            found[name].append(subjects[name]())
        for name in names:
            runs[name].append(statistics.fmean(found[name]))
    return runs


def median(values: Iterable[float]) -> float:
    """The middle one."""
    return statistics.median(values)


def percentile(values: Iterable[float], share: float) -> float:
    """Linear interpolation, as PostgreSQL's percentile_cont."""
    ordered = sorted(values)
    if not ordered:
        return float("nan")
    place = (len(ordered) - 1) * share
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def save(name: str, rows: list[Row], extra: Mapping[str, Any] | None = None) -> Path:
    """Keep the figures of one bench as JSON."""
    RESULTS.mkdir(parents=True, exist_ok=True)
    path = RESULTS / f"{name}.json"
    body = {
        "bench": name,
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "cpus": os.cpu_count(),
        "rows": [asdict(row) for row in rows],
    }
    path.write_text(json.dumps(body | dict(extra or {}), indent=1) + "\n")
    return path


def table(rows: list[Row]) -> str:
    """The figures as a Markdown table."""
    lines = ["| what | product | baseline | ratio | gate | met |", "| --- | --- | --- | --- | --- | --- |"]
    for row in rows:
        name = f" ({row.baseline_name})" if row.baseline_name else ""
        cells = [row.what, f"{row.product:,.4g} {row.unit}", f"{row.baseline:,.4g} {row.unit}{name}", f"{row.ratio:.3f}", row.gate]
        lines.append(f"| {' | '.join(cells)} | {'yes' if row.is_met else '**no**'} |")
    lines += ["", *(f"{row.what}: {row.note}" for row in rows if row.note)] if any(row.note for row in rows) else []
    return "\n".join(lines)
