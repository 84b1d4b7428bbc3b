"""Positions over HTTP on the running daphne: batches of 500 with authority, latest and history.

Against one DRF POST at a time (serializer, model instances, one row each, as one would write it first) on the same kind of server, and against
COPY + upsert of the same fixes straight into the same tables from this process.
"""

import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import psycopg
from django.db import connection
from django.utils import timezone

from access.models import Department, Membership, Region, Token, User
from bench import harness
from bench.harness import Row
from resources.models import UnitType

UNITS = 5000
BATCH = 500
BATCHES = 30
SINGLES = 150

UPSERT = """
INSERT INTO resources_unitposition AS known (unit_id, at, received_at, lon, lat, heading, speed, accuracy, interval_seconds)
SELECT *, 30 FROM unnest(%s::bigint[], %s::timestamptz[], %s::timestamptz[], %s::float8[], %s::float8[], %s::int[], %s::float8[], %s::float8[])
ON CONFLICT (unit_id) DO UPDATE SET at = excluded.at, received_at = excluded.received_at, previous_at = known.at, lon = excluded.lon,
    lat = excluded.lat, heading = excluded.heading, speed = excluded.speed, accuracy = excluded.accuracy
WHERE known.at < excluded.at
"""
COPY = "COPY resources_track (unit_id, at, received_at, lon, lat, heading, speed, accuracy) FROM STDIN"


def measure() -> list[Row]:
    """Both rows of the table, in fixes a second."""
    secret, units = _prepare()
    clock = _Clock()
    with _server("command_center.asgi:application") as product, _server("bench.positions_textbook:application") as textbook:
        runs = harness.in_turns(
            {
                "product": lambda: _over_http(product, secret, units, clock),
                "DRF single POST": lambda: _one_by_one(textbook, secret, units, clock),
                "COPY + upsert": lambda: _straight(units, clock),
            }
        )
    _tidy()
    rate, single, straight = (harness.median(runs[name]) for name in ("product", "DRF single POST", "COPY + upsert"))
    return [
        Row(f"positions over HTTP, batches of {BATCH}", "fixes/s", rate, single, ">= 100x", rate >= 100 * single, "DRF single POST", runs),
        Row(f"positions over HTTP, batches of {BATCH}", "fixes/s", rate, straight, ">= 0.20x", rate >= 0.2 * straight, "COPY + upsert", runs),
    ]


class _Clock:
    """Each fix is newer than all before it."""

    def __init__(self) -> None:
        self._at = datetime.now(UTC) - timedelta(hours=20)

    def next(self) -> datetime:
        self._at += timedelta(seconds=1)
        return self._at


def _fixes(units: list[int], turn: int, at: datetime) -> list[tuple[int, float, float]]:
    start = turn * BATCH % len(units)
    return [(unit, 116 + (unit * 7919 + turn) % 1000 / 1000, 39.5 + (unit * 104_729 + turn) % 1000 / 1000) for unit in units[start : start + BATCH]]


def _over_http(port: int, secret: str, units: list[int], clock: _Clock) -> float:
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    bodies = []
    for turn in range(BATCHES):
        at = clock.next().isoformat()
        items = [
            {"unit": unit, "point": [lon, lat], "at": at, "heading": 90, "speed": 12.5, "accuracy": 5}
            for unit, lon, lat in _fixes(units, turn, clock._at)
        ]
        bodies.append(orjson.dumps({"positions": items}))
    began = time.perf_counter()
    for body in bodies:
        answer = _post(link, "/api/v1/positions/", secret, body)
        if answer["accepted"] != BATCH:
            raise RuntimeError(f"not all were kept: {str(answer)[:300]}")
    taken = time.perf_counter() - began
    link.close()
    return BATCH * BATCHES / taken


def _one_by_one(port: int, secret: str, units: list[int], clock: _Clock) -> float:
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    at = clock.next().isoformat()
    bodies = [
        orjson.dumps({"unit": unit, "lon": lon, "lat": lat, "at": at, "heading": 90, "speed": 12.5, "accuracy": 5})
        for unit, lon, lat in _fixes(units, 0, clock._at)[:SINGLES]
    ]
    began = time.perf_counter()
    for body in bodies:
        _post(link, "/positions/", secret, body)
    taken = time.perf_counter() - began
    link.close()
    return SINGLES / taken


def _post(link: http.client.HTTPConnection, path: str, secret: str, body: bytes) -> Any:
    link.request("POST", path, body, {"Authorization": f"Token {secret}", "Content-Type": "application/json"})
    answer = link.getresponse()
    said = answer.read()
    if answer.status not in (200, 201):
        raise RuntimeError(f"{answer.status}: {said[:300]!r}")
    return orjson.loads(said)


def _straight(units: list[int], clock: _Clock) -> float:
    with psycopg.connect(os.environ["DATABASE_URL"]) as link:
        link.execute("SET synchronous_commit = off")
        link.commit()
        batches = [(clock.next(), _fixes(units, turn, clock._at)) for turn in range(BATCHES)]
        began = time.perf_counter()
        for at, fixes in batches:
            rows = [(unit, at, at, lon, lat, 90, 12.5, 5.0) for unit, lon, lat in fixes]
            with link.cursor() as cursor:
                with cursor.copy(COPY) as copy:
                    for row in rows:
                        copy.write_row(row)
                cursor.execute(UPSERT, [list(column) for column in zip(*rows, strict=True)])
            link.commit()
        return BATCH * BATCHES / (time.perf_counter() - began)


@contextmanager
def _server(application: str) -> Iterator[int]:
    """daphne on a free port; the port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    command = [sys.executable, "-m", "daphne", "-b", "127.0.0.1", "-p", str(port), "-v", "0", application]
    env = {**os.environ, "DJANGO_SETTINGS_MODULE": "command_center.settings", "PYTHONPATH": os.getcwd()}
    process = subprocess.Popen(command, env=env)
    try:
        until = time.monotonic() + 60
        while time.monotonic() < until and process.poll() is None:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield port
    finally:
        process.terminate()
        process.wait(20)


def _prepare() -> tuple[str, list[int]]:
    _tidy()
    now = timezone.now()
    department = Department.objects.create(code="pb", name="bench")
    region = Region.objects.filter(code="pb").first() or Region.add_root(code="pb", name="bench", level="CITY")
    kind, _new = UnitType.objects.get_or_create(code="pb", defaults={"name": "bench"})
    person, _new = User.objects.get_or_create(username="pb", defaults={"name": "bench"})
    Membership.objects.get_or_create(user=person, role="integrator", region=region, defaults={"starts_at": now - timedelta(days=1)})
    Token.objects.filter(user=person).delete()
    _token, secret = Token.objects.create(user=person, expiry=timedelta(hours=2), name="bench", actions=[])
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE resources_unit DISABLE TRIGGER USER")
        cursor.execute(
            "INSERT INTO resources_unit (code, name, type_id, department_id, department_ids, region_id, crew_size, availability, activity, status_at,"
            " is_active, version) SELECT 'P' || n, '', %s, %s, ARRAY[%s]::bigint[], %s, 4, 'AVAILABLE', 'ON_RADIO', %s, true, 1"
            " FROM generate_series(1, %s) AS n",
            [kind.pk, department.pk, department.pk, region.pk, now, UNITS],
        )
        cursor.execute("ALTER TABLE resources_unit ENABLE TRIGGER USER")
        cursor.execute("SELECT id FROM resources_unit WHERE department_id = %s ORDER BY id", [department.pk])
        units = [row[0] for row in cursor.fetchall()]
        cursor.execute("SELECT resources_refresh_dispatchable(%s)", [units])
        cursor.execute("VACUUM (ANALYZE) resources_unit, resources_unitposition, resources_dispatchableunit")
    return secret, units


def _tidy() -> None:
    mine = "(SELECT id FROM resources_unit WHERE department_id = (SELECT id FROM access_department WHERE code = 'pb'))"
    with connection.cursor() as cursor:
        for table in ("resources_dispatchableunit", "resources_unitposition", "resources_geofencepresence", "resources_track"):
            cursor.execute(f"DELETE FROM {table} WHERE unit_id IN {mine}")
        cursor.execute("DELETE FROM resources_unit WHERE department_id = (SELECT id FROM access_department WHERE code = 'pb')")
        cursor.execute("DELETE FROM access_department WHERE code = 'pb'")
