"""`dispatch_unit` in SQL: state, event, outbox and history, against a bare one-row commit, one connection and sixteen.

The statements are those of the product: the verb is run once and what it sent is kept; only its numbers are replaced. They go through libpq,
planned once for each connection as the product does, in turns with the baseline, so that what is compared is the database's work.
"""

import os
import threading
import time
from datetime import datetime
from typing import Any

import psycopg
from django.db import connection
from django.utils import timezone
from psycopg._queries import PostgresQuery
from psycopg.adapt import Transformer

from access import regions
from access.actors import Actor
from access.models import Department, Region
from bench import harness
from bench.harness import Row
from incidents import services as incidents
from incidents.models import IncidentType
from incidents.services.common import Moment
from resources.models import UnitType

FIRST_INCIDENT, FIRST_UNIT, FIRST_ASSIGNMENT = 910_000_000, 820_000_000, 730_000_000
CONNECTIONS = 16
ALONE = 300
TOGETHER = 3000
WARM = 10
BARE = b"INSERT INTO bench_bare (value) VALUES (1)"


def measure() -> list[Row]:
    """Both rows of the table."""
    sent = _prepare(max(ALONE, TOGETHER) + 1)
    alone = _alone(sent)
    together = harness.in_turns({"product": lambda: _rate(sent, "dispatch"), "bare": lambda: _rate(sent, "bare")})
    _tidy()
    product, bare = harness.median(alone["product"]), harness.median(alone["bare"])
    rate, bare_rate = harness.median(together["product"]), harness.median(together["bare"])
    return [
        Row("dispatch_unit in SQL, one connection", "µs", product, bare, "<= 2.5x", product <= 2.5 * bare, "bare one-row commit", alone),
        Row(
            f"dispatch_unit in SQL, {CONNECTIONS} connections",
            "/s",
            rate,
            bare_rate,
            ">= 0.35x",
            rate >= 0.35 * bare_rate,
            "bare one-row commit",
            together,
        ),
    ]


def _prepare(number: int) -> list[tuple[str, Any]]:
    """Fill a city with as many incidents and units, run the verb on the first of each, and keep what it sent."""
    now = timezone.now()
    department, _new = Department.objects.get_or_create(code="bench", defaults={"name": "bench"})
    root = Region.objects.filter(code="bench").first() or Region.add_root(code="bench", name="bench", level="CITY")
    region = Region.objects.filter(code="bench-1").first() or root.add_child(code="bench-1", name="bench", level="DISTRICT")
    kind, _new = IncidentType.objects.get_or_create(code="bench", defaults={"name": "bench", "kind": "EMERGENCY"})
    unit_type, _new = UnitType.objects.get_or_create(code="bench", defaults={"name": "bench"})
    _tidy()
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE bench_bare (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, value int)")
        cursor.execute("ALTER TABLE resources_unit DISABLE TRIGGER USER")
        cursor.execute(UNITS, [FIRST_UNIT, FIRST_UNIT, unit_type.pk, department.pk, department.pk, region.pk, now, number])
        cursor.execute("ALTER TABLE resources_unit ENABLE TRIGGER USER")
        cursor.execute("SELECT resources_refresh_dispatchable(ARRAY(SELECT id FROM resources_unit WHERE id >= %s))", [FIRST_UNIT])
        cursor.execute("ALTER TABLE incidents_incident DISABLE TRIGGER USER")
        cursor.execute(INCIDENTS, [FIRST_INCIDENT, FIRST_INCIDENT, kind.pk, department.pk, department.pk, region.pk, now, now, number])
        cursor.execute("ALTER TABLE incidents_incident ENABLE TRIGGER USER")
        cursor.execute("SELECT setval('incidents_assignment_id_seq', %s)", [FIRST_ASSIGNMENT])
        cursor.execute("VACUUM (ANALYZE) resources_unit, incidents_incident, resources_dispatchableunit")
    return _capture(now)


UNITS = """
INSERT INTO resources_unit (id, code, name, type_id, department_id, department_ids, region_id, crew_size, availability, activity, status_at,
                            is_active, version)
SELECT %s + n, 'B' || (%s + n), '', %s, %s, ARRAY[%s]::bigint[], %s, 4, 'AVAILABLE', 'AT_STATION', %s, true, 1 FROM generate_series(0, %s) AS n
"""
INCIDENTS = """
INSERT INTO incidents_incident (id, number, kind, type_id, severity, response_level, status, status_before, summary, address, department_id,
    department_ids, region_id, reason, reopened_count, external_id, is_sample, version, call_received_at, created_at)
SELECT %s + n, 'B' || (%s + n), 'EMERGENCY', %s, 2, '', 'PENDING', '', '', '', %s, ARRAY[%s]::bigint[], %s, '', 0, '', true, 1, %s, %s
FROM generate_series(0, %s) AS n
"""


def _capture(now: datetime) -> list[tuple[str, Any]]:
    """What the verb sends outside any transaction: statements with their values."""
    sent: list[tuple[str, Any]] = []

    def listen(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        sent.append((sql, params))
        return execute(sql, params, many, context)

    actor = Actor.system("bench")
    regions.lineage(Region.objects.get(code="bench-1").pk)  # kept by every process after its first question
    with connection.execute_wrapper(listen):
        incidents.dispatch_unit(actor, incident_id=FIRST_INCIDENT, unit_id=FIRST_UNIT, moment=Moment(at=now), now=now)
    return sent


class Line:
    """A connection that has planned the verb's statements and the bare one."""

    def __init__(self, sent: list[tuple[str, Any]]) -> None:
        self.link = psycopg.connect(os.environ["DATABASE_URL"], autocommit=True)
        self.pq = self.link.pgconn
        self.queries = []
        self.bound: dict[int, list[tuple[Any, Any]]] = {}
        for place, (sql, values) in enumerate(sent):
            query = PostgresQuery(Transformer(self.link))
            query.convert(sql, values)
            _expect(self.pq.prepare(b"verb%d" % place, query.query, query.types))
            self.queries.append((b"verb%d" % place, query, values))
        _expect(self.pq.prepare(b"bare", BARE))

    def ready(self, turns: range) -> None:
        """Bind the values of these turns beforehand: the product's process does that, not its database."""
        self.bound = {turn: [self._bind(query, values, turn) for _name, query, values in self.queries] for turn in turns}

    def _bind(self, query: Any, values: Any, turn: int) -> tuple[Any, Any]:
        numbers = {FIRST_INCIDENT: FIRST_INCIDENT + turn, FIRST_UNIT: FIRST_UNIT + turn, FIRST_ASSIGNMENT + 1: FIRST_ASSIGNMENT + 1 + turn}
        query.dump([_renumbered(value, numbers) for value in values])
        return query.params, query.formats

    def dispatch(self, turn: int) -> None:
        """One dispatch, as the product sends it: it reads, and then writes in one statement that is the whole transaction."""
        for (name, _query, _values), (params, formats) in zip(self.queries, self.bound[turn], strict=True):
            result = self.pq.exec_prepared(name, params, formats)
            _expect(result)
            if not result.ntuples:
                raise RuntimeError("overtaken: the bench has numbered its turns wrongly")

    def bare(self, turn: int) -> None:
        """One row, committed."""
        _expect(self.pq.exec_prepared(b"bare", None))


def _renumbered(value: Any, numbers: dict[int, int]) -> Any:
    if isinstance(value, list):
        return [_renumbered(one, numbers) for one in value]
    if isinstance(value, str):
        for known, number in numbers.items():
            value = value.replace(str(known), str(number))
        return value
    return numbers.get(value, value) if type(value) is int else value


def _expect(result: Any) -> None:
    if result.status not in (psycopg.pq.ExecStatus.COMMAND_OK, psycopg.pq.ExecStatus.TUPLES_OK):
        raise RuntimeError(result.error_message.decode())


def _alone(sent: list[tuple[str, Any]]) -> dict[str, list[float]]:
    """Medians of one connection's microseconds, one transaction of each in turns."""
    runs: dict[str, list[float]] = {"product": [], "bare": []}
    for _round in range(2 * harness.ROUNDS):
        _free()
        line = Line(sent)
        line.ready(range(1, ALONE + 1))
        taken: dict[str, list[float]] = {"product": [], "bare": []}
        for turn in range(1, ALONE + 1):
            for name, act in (("product", line.dispatch), ("bare", line.bare)):
                began = time.perf_counter_ns()
                act(turn)
                taken[name].append((time.perf_counter_ns() - began) / 1000)
        line.link.close()
        for name, values in taken.items():
            runs[name].append(harness.median(values))
    return runs


def _rate(sent: list[tuple[str, Any]], name: str) -> float:
    """Transactions a second of sixteen connections, each of which has done a few before, as connections of a pool have."""
    _free()
    lines = [Line(sent) for _ in range(CONNECTIONS)]
    each = TOGETHER // CONNECTIONS
    for place, line in enumerate(lines):
        line.ready(range(place * each + 1, (place + 1) * each + 1))
        for turn in range(1, WARM + 1):
            getattr(line, name)(place * each + turn)

    def run(place: int) -> None:
        act = getattr(lines[place], name)
        for turn in range(WARM + 1, each + 1):
            act(place * each + turn)

    threads = [threading.Thread(target=run, args=[place]) for place in range(CONNECTIONS)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    taken = time.perf_counter() - began
    for line in lines:
        line.link.close()
    return (each - WARM) * CONNECTIONS / taken


def _free() -> None:
    """All as before the first dispatch, without history of it."""
    with connection.cursor() as cursor:
        for table in ("resources_unit", "incidents_assignment", "incidents_incident"):
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute("DELETE FROM incidents_assignment WHERE id >= %s", [FIRST_ASSIGNMENT])
        cursor.execute("UPDATE resources_unit SET availability = 'AVAILABLE', version = 1 WHERE id >= %s", [FIRST_UNIT])
        cursor.execute("UPDATE incidents_incident SET first_assigned_at = NULL WHERE id >= %s", [FIRST_INCIDENT])
        for table in ("resources_unit", "incidents_assignment", "incidents_incident"):
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
        cursor.execute("UPDATE resources_dispatchableunit SET is_dispatchable = true WHERE unit_id >= %s", [FIRST_UNIT])
        cursor.execute("VACUUM (ANALYZE) resources_unit, incidents_incident, incidents_assignment, resources_dispatchableunit")


def _tidy() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS bench_bare")
        cursor.execute("DELETE FROM incidents_assignment WHERE id >= %s", [FIRST_ASSIGNMENT])
        cursor.execute("DELETE FROM incidents_incident WHERE id >= %s", [FIRST_INCIDENT])
        cursor.execute("DELETE FROM resources_dispatchableunit WHERE unit_id >= %s", [FIRST_UNIT])
        cursor.execute("DELETE FROM resources_unit WHERE id >= %s", [FIRST_UNIT])
