"""Reading a line of the command line, and the unit column of the board, among 10,000 units: in milliseconds as a person waits for them."""

import statistics
import time
from collections.abc import Callable

from django.db import transaction
from django.utils import timezone

from access.actors import Actor
from access.models import Department
from bench.harness import Row
from incidents import dispatch_units
from incidents.command_line import reading
from incidents.dispatch_units import Wanted
from resources.handles import INDEX
from resources.models import Unit, UnitType

UNITS = 10_000
TIMES = 60
GATE_MS = 150.0
LINES = ("s c0042-7 dc", "s c0042", "s dfxfc77 dc", "s c0001-1 c0002-2 c0003-3 os", "o fire x", "c0042-7", "s nobody dc")


class _Back(Exception):
    """Takes the units away again."""


def measure() -> list[Row]:
    """p95 of reading lines and of one column, each over sixty times, once the index is read; and the first reading of the index."""
    rows: list[Row] = []
    try:
        with transaction.atomic():
            _furnish()
            rows = _measured()
            raise _Back
    except _Back:
        INDEX.forget()
    return rows


def _measured() -> list[Row]:
    actor = Actor.system("bench")
    INDEX.forget()
    cold = _ms(lambda: reading.read(actor, LINES[0], incident_id=None))
    INDEX.forget()
    again = _ms(lambda: reading.read(actor, LINES[0], incident_id=None))
    times = [_ms(lambda line=line: reading.read(actor, line, incident_id=None)) for _ in range(TIMES) for line in LINES]  # type: ignore[misc]
    column = [_ms(lambda: dispatch_units.column(actor, incident=None, wanted=Wanted(words="c0042"))) for _ in range(TIMES)]
    return [
        _row("read a line, 10,000 units, p95", _p95(times), GATE_MS, {"ms": times}),
        _row("read a line, index read again (every 5 s)", again, GATE_MS, {"ms": [again]}),
        _row("read a line, first of the process", cold, 5_000.0, {"ms": [cold]}),
        _row("unit column by initials, p95", _p95(column), GATE_MS, {"ms": column}),
    ]


def _furnish() -> None:
    department = Department.objects.create(code="bench-fire", name="消防")
    kind = UnitType.objects.create(code="bench-engine", name="水罐消防车")
    now = timezone.now()
    Unit.objects.bulk_create(
        Unit(
            code=f"C{number // 10:04d}-{number % 10}",
            name=f"东方消防车{number}",
            type=kind,
            department=department,
            department_ids=[department.pk],
            status_at=now,
        )
        for number in range(UNITS)
    )


def _ms(what: Callable[[], object]) -> float:
    began = time.perf_counter()
    what()
    return (time.perf_counter() - began) * 1000


def _p95(times: list[float]) -> float:
    return statistics.quantiles(times, n=20)[-1]


def _row(what: str, value: float, gate: float, runs: dict[str, list[float]]) -> Row:
    return Row(what, "ms", round(value, 1), gate, f"<= {gate:g} ms", value <= gate, "gate", runs)
