"""The recommendation among 10,000 units: run cards, roads, rest, cover, reasons and shortfalls, as a dispatcher waits for it."""

import random
import time
from datetime import datetime, timedelta

from django.db import connection
from django.utils import timezone

from access.actors import Actor
from access.models import Department, Membership, Region, User
from bench import harness
from bench.harness import Row
from incidents.models import Assignment, Incident, IncidentType, RunCard, RunCardLine
from incidents.recommending import recommendation
from kit.geo import Position
from resources import selectors as resources
from resources.models import Capability, UnitType

NUMBER = 10_000
CALLS = 100
JOBS = 20_000
BUDGET_MS = 500.0
SHOWN = 30
# Within the roads of the demo city, so that its routing engine is asked where it runs.
WEST, SOUTH, WIDE, HIGH = 116.10, 39.75, 0.60, 0.40
KINDS = {"rb-engine": ("pump", "rescue"), "rb-ladder": ("height",), "rb-tender": ("rescue",), "rb-ambulance": ("transport",), "rb-rare": ("rare",)}
CARDS = {1: (("pump", 2), ("height", 1), ("rescue", 1)), 2: (("pump", 3), ("transport", 2), ("rare", 1)), 3: (("pump", 4), ("height", 2))}

UNITS = """
INSERT INTO resources_unit (code, name, type_id, station_id, department_id, department_ids, region_id, crew_size, availability, activity, status_at,
                            is_active, version)
SELECT 'RB' || n, '', (%s::bigint[])[CASE WHEN n %% 1000 = 0 THEN 5 ELSE 1 + n %% 4 END],
       (%s::bigint[])[1 + n %% 500], %s, ARRAY[%s]::bigint[], %s, 4,
       CASE WHEN n %% 3 = 0 THEN 'NOT_AVAILABLE' ELSE 'AVAILABLE' END,
       CASE WHEN n %% 3 = 0 THEN 'ON_SCENE' ELSE 'AT_STATION' END, %s, true, 1
FROM generate_series(1, %s) AS n
"""
STATIONS = """
INSERT INTO resources_station (code, name, name_en, address, phone, point, department_id, department_ids, region_id, is_active)
SELECT 'RB' || n, 'RB' || n, '', '', '', ST_SetSRID(ST_MakePoint(%s + %s * (n * 7919 %% 500) / 500.0, %s + %s * (n * 104729 %% 500) / 500.0), 4326),
       %s, ARRAY[%s]::bigint[], %s, true
FROM generate_series(1, 500) AS n RETURNING id
"""
FIXES = """
INSERT INTO resources_unitposition (unit_id, at, received_at, lon, lat, interval_seconds)
SELECT id, %s, %s, %s + %s * (id * 7919 %% 10000) / 10000.0, %s + %s * (id * 104729 %% 10000) / 10000.0, 30 FROM resources_unit
WHERE department_id = %s AND id %% 2 = 0
"""


def measure() -> list[Row]:
    """p95 of the whole selector over incidents all over the city, the third alarm struck for one in three; and that of its first step alone."""
    actor, calls = prepare()
    taken: list[float] = []
    nearest: list[float] = []
    estimates = units = 0
    for incident in calls:
        began = time.perf_counter()
        advice = recommendation(actor, incident, limit=SHOWN)
        taken.append((time.perf_counter() - began) * 1000)
        units += len(advice.first)
        estimates += advice.is_estimate
        began = time.perf_counter()
        resources.nearest_units(actor, position=Position(incident.point.x, incident.point.y), capabilities=["rb-pump"], limit=12)
        nearest.append((time.perf_counter() - began) * 1000)
    tidy()
    p95 = harness.percentile(taken, 0.95)
    note = f"p50 {harness.percentile(taken, 0.5):.0f} ms; {units / len(calls):.1f} units a set; {estimates} of {len(calls)} by straight line"
    return [
        Row(
            f"recommendation among {NUMBER:,} units, p95", "ms", p95, harness.percentile(nearest, 0.95), f"<= {BUDGET_MS:.0f} ms", p95 <= BUDGET_MS,
            "nearest units of one capability", {"product": taken}, note,
        )
    ]  # fmt: skip


def prepare() -> tuple[Actor, list[Incident]]:
    """A dispatcher, 10,000 units at work in the roads of the demo city, and calls; an interrupted run's are taken away first."""
    tidy()
    now = timezone.now()
    department = Department.objects.create(code="rb", name="bench")
    region = Region.objects.filter(code="rb").first() or Region.add_root(code="rb", name="bench", level="CITY")
    able = {code: Capability.objects.get_or_create(code=f"rb-{code}", defaults={"name": code})[0] for kind in KINDS.values() for code in kind}
    kinds = []
    for code, capabilities in KINDS.items():
        kind, _new = UnitType.objects.get_or_create(code=code, defaults={"name": code})
        kind.capabilities.set([able[each] for each in capabilities])
        kinds.append(kind.pk)
    person, _new = User.objects.get_or_create(username="rb", defaults={"name": "bench"})
    Membership.objects.get_or_create(user=person, role="dispatcher", region=region, defaults={"starts_at": now - timedelta(days=1)})
    _units(kinds, department, region, now)
    return Actor.of_user(person), _calls(department, region, able, now)


def _units(kinds: list[int], department: Department, region: Region, now: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute(STATIONS, [WEST, WIDE, SOUTH, HIGH, department.pk, department.pk, region.pk])
        stations = [row[0] for row in cursor.fetchall()]
        cursor.execute("ALTER TABLE resources_unit DISABLE TRIGGER USER")
        cursor.execute(UNITS, [kinds, stations, department.pk, department.pk, region.pk, now, NUMBER])
        cursor.execute("ALTER TABLE resources_unit ENABLE TRIGGER USER")
        cursor.execute(FIXES, [now, now, WEST, WIDE, SOUTH, HIGH, department.pk])
        cursor.execute("SELECT resources_refresh_dispatchable(ARRAY(SELECT id FROM resources_unit WHERE department_id = %s))", [department.pk])


def _calls(department: Department, region: Region, able: dict[str, Capability], now: datetime) -> list[Incident]:
    """Incidents all over the city, and a past of jobs from which rest is counted."""
    type_, _new = IncidentType.objects.get_or_create(code="rb", defaults={"name": "bench", "kind": "EMERGENCY", "severity": 3})
    for alarm, lines in CARDS.items():
        severity = {1: None, 2: 2, 3: 1}[alarm]
        card = RunCard.objects.create(type=type_, alarm=alarm, version=1, from_severity=severity, saved_at=now, saved_by="bench")
        for order, (code, count) in enumerate(lines, start=1):
            RunCardLine.objects.create(card=card, order=order, capability=able[code], count=count)
    chance = random.Random(11)
    calls = [
        Incident(
            number=f"RB-{number}", kind="EMERGENCY", type=type_, severity=1 + number % 3, address="bench", department=department,
            department_ids=[department.pk], region=region, call_received_at=now, created_at=now,
            point=Position(WEST + chance.random() * WIDE, SOUTH + chance.random() * HIGH).as_point(),
        )
        for number in range(CALLS)
    ]  # fmt: skip
    made = Incident.objects.bulk_create(calls)
    unit_ids = list(resources.units_of_department(department.pk).values_list("pk", flat=True))
    past = [
        Assignment(
            incident=made[number % CALLS], unit_id=unit_ids[number % len(unit_ids)], step="CLEARED", is_primary=False,
            dispatched_at=now - timedelta(minutes=20 + number % 600), cleared_at=now - timedelta(minutes=10 + number % 300 % 10),
        )
        for number in range(JOBS)
    ]  # fmt: skip
    Assignment.objects.bulk_create(past, batch_size=2000)
    with connection.cursor() as cursor:
        for table in ("resources_unit", "resources_unitposition", "resources_dispatchableunit", "incidents_assignment"):
            cursor.execute(f"VACUUM (ANALYZE) {table}")
    return list(Incident.objects.filter(pk__in=[each.pk for each in made]).select_related("type", "department", "region"))


def tidy() -> None:
    """Take it all away again."""
    mine = "(SELECT id FROM access_department WHERE code = 'rb')"
    units = "(SELECT id FROM resources_unit WHERE code ~ '^RB[0-9]+$')"
    calls = f"(SELECT id FROM incidents_incident WHERE department_id = {mine})"
    cards = "(SELECT id FROM incidents_runcard WHERE type_id = (SELECT id FROM incidents_incidenttype WHERE code = 'rb'))"
    with connection.cursor() as cursor:
        for statement in (
            f"DELETE FROM incidents_assignment WHERE incident_id IN {calls}",
            f"DELETE FROM incidents_incident WHERE department_id = {mine}",
            f"DELETE FROM incidents_runcardline WHERE card_id IN {cards}",
            "DELETE FROM incidents_runcard WHERE type_id = (SELECT id FROM incidents_incidenttype WHERE code = 'rb')",
            f"DELETE FROM resources_dispatchableunit WHERE unit_id IN {units}",
            f"DELETE FROM resources_unitposition WHERE unit_id IN {units}",
            f"DELETE FROM resources_unit WHERE department_id = {mine}",
            f"DELETE FROM resources_station WHERE department_id = {mine}",
            f"DELETE FROM access_department WHERE id = {mine}",
        ):
            cursor.execute(statement)
