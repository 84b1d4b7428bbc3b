"""What a look of the watch costs its own process: 2,000 running assignments and 1,000 open incidents, quiet and with every crew late.

Processor time, because a busy neighbour changes it little.
"""

import time
from datetime import timedelta
from typing import Any

from django.db import connection
from django.utils import timezone

from access.actors import Actor
from access.models import Department, Region
from alerts import services as alerts
from alerts.models import Alarm, AlarmRule, Pulse
from bench import harness
from bench.harness import Row
from incidents.models import Assignment, Incident, IncidentType
from resources.models import Unit, UnitType

INCIDENTS, JOBS = 1_000, 2_000
LOOKS = 20
CODE = "alarm-bench"


def measure() -> list[Row]:
    """Median milliseconds of processor time of a look, with everything in time and with every crew late."""
    _prepare()
    quiet = [_look(number) for number in range(LOOKS)][2:]
    Assignment.objects.filter(unit__code__startswith=CODE).update(dispatched_at=timezone.now() - timedelta(seconds=90))
    first = _look(LOOKS)
    standing = Alarm.objects.live().filter(unit__code__startswith=CODE).count()
    flooded = [_look(LOOKS + 1 + number) for number in range(LOOKS)]
    _tidy()
    runs = {"quiet": quiet, "flooded": flooded}
    middle, late = harness.median(quiet), harness.median(flooded)
    return [
        Row(f"a look over {JOBS:,} assignments, nothing due", "ms", middle, 1000, "<= 250 ms", middle <= 250, "the second between looks", runs),
        Row(f"a look with {standing:,} alarms standing", "ms", late, 1000, "<= 500 ms", late <= 500, "the second between looks", runs),
        Row(f"the look that raises {standing:,} at once", "ms", first, 2000, "<= 2,000 ms", first <= 2000, "raised within 2 s", {"first": [first]}),
    ]


def _look(number: int) -> float:
    began = time.process_time()
    alerts.look_around(Actor.system("bench"), now=timezone.now() + timedelta(seconds=number), took_ms=0.0)
    return (time.process_time() - began) * 1000


def _prepare() -> None:
    _tidy()
    now = timezone.now()
    region = Region.objects.first() or Region.add_root(code=CODE, name=CODE, level="CITY")
    department = Department.objects.create(code=CODE, name=CODE)
    type_ = IncidentType.objects.create(code=CODE, name=CODE, kind="EMERGENCY", severity=2, department=department, dispatch_seconds=60)
    engine = UnitType.objects.create(code=CODE, name=CODE)
    scope: dict[str, Any] = {"department": department, "department_ids": [department.pk], "region": region}
    incidents = Incident.objects.bulk_create(
        Incident(
            number=f"{CODE}-{n}", kind="EMERGENCY", type=type_, severity=2, status="PENDING", address=CODE, call_received_at=now, created_at=now,
            first_assigned_at=now, **scope,
        )
        for n in range(INCIDENTS)
    )  # fmt: skip
    units = Unit.objects.bulk_create(
        Unit(code=f"{CODE}-{n}", type=engine, status_at=now - timedelta(hours=1), availability="NOT_AVAILABLE", activity="ASSIGNED", **scope)
        for n in range(JOBS)
    )
    Assignment.objects.bulk_create(Assignment(incident=incidents[n % INCIDENTS], unit=unit, dispatched_at=now) for n, unit in enumerate(units))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE incidents_assignment, incidents_incident")
    assert AlarmRule.objects.filter(is_active=True).exists(), "the default rules are missing"


def _tidy() -> None:
    """Take away what was made; the facts stay in the journal, as everything does."""
    Alarm.objects.filter(department__code=CODE).delete()
    Assignment.objects.filter(unit__code__startswith=CODE).delete()
    Unit.objects.filter(code__startswith=CODE).delete()
    Incident.objects.filter(number__startswith=CODE).delete()
    IncidentType.objects.filter(code=CODE).delete()
    UnitType.objects.filter(code=CODE).delete()
    Pulse.objects.all().delete()
    Department.objects.filter(code=CODE).delete()
