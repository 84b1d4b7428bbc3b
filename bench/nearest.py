"""The nearest capable units among 100,000: the product's selector, permissions and all, against `order_by(Distance)`."""

import random
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.contrib.gis.db.models.functions import Distance
from django.contrib.gis.geos import Point
from django.db import connection
from django.utils import timezone

from access import policy
from access.actors import Actor
from access.models import Department, Membership, Region, User
from bench import harness
from bench.harness import Row
from kit.geo import Position
from resources import permissions
from resources import selectors as resources
from resources.models import Capability, Unit, UnitType

NUMBER = 100_000
LIMIT = 10
ASKED = 200
ASKED_SLOWLY = 12

UNITS = """
INSERT INTO resources_unit (code, name, type_id, department_id, department_ids, region_id, crew_size, availability, activity, status_at, is_active,
                            version)
SELECT 'N' || n, '', %s, %s, ARRAY[%s]::bigint[], %s, 4, 'AVAILABLE', 'ON_RADIO', %s, true, 1
FROM generate_series(1, %s) AS n
"""
FIXES = """
INSERT INTO resources_unitposition (unit_id, at, received_at, lon, lat, interval_seconds)
SELECT id, %s, %s, 116 + (id * 7919 %% 100000) / 100000.0, 39.5 + (id * 104729 %% 100000) / 100000.0, 30 FROM resources_unit WHERE department_id = %s
"""


def measure() -> list[Row]:
    """p95 of both, in turns."""
    actor, pump = _prepare()
    chance = random.Random(7)
    runs = harness.in_turns(
        {
            "product": lambda: _p95(ASKED, chance, lambda here: resources.nearest_units(actor, position=here, capabilities=["nb-pump"], limit=LIMIT)),
            "order_by(Distance)": lambda: _p95(ASKED_SLOWLY, chance, lambda here: _by_distance(actor, here, pump)),
        }
    )
    _tidy()
    product, baseline = harness.median(runs["product"]), harness.median(runs["order_by(Distance)"])
    return [
        Row(f"nearest capable unit among {NUMBER:,}, p95", "ms", product, baseline, "<= 1/100", product <= baseline / 100, "order_by(Distance)", runs)
    ]


def _by_distance(actor: Actor, here: Position, capability_id: int) -> Any:
    """The same question as one would first ask it: who may be sent, can do it and may be seen, ordered by distance."""
    units = Unit.objects.in_service().exclude(availability="NOT_AVAILABLE").filter(type__capabilities=capability_id)
    near = policy.visible(actor, permissions.VIEW, units).annotate(distance=Distance("dispatchable__point", Point(here.lon, here.lat, srid=4326)))
    return list(near.select_related("type").order_by("distance")[:LIMIT])


def _p95(times: int, chance: random.Random, ask: Callable[[Position], Any]) -> float:
    taken = []
    for _ in range(times):
        here = Position(116 + chance.random(), 39.5 + chance.random())
        began = time.perf_counter()
        found = ask(here)
        taken.append((time.perf_counter() - began) * 1000)
        if len(found) != LIMIT:
            raise RuntimeError(f"{len(found)} units found instead of {LIMIT}")
    return harness.percentile(taken, 0.95)


def _prepare() -> tuple[Actor, int]:
    _tidy()
    now = timezone.now()
    department = Department.objects.create(code="nb", name="bench")
    region = Region.objects.filter(code="nb").first() or Region.add_root(code="nb", name="bench", level="CITY")
    pump, _new = Capability.objects.get_or_create(code="nb-pump", defaults={"name": "bench"})
    kind, _new = UnitType.objects.get_or_create(code="nb", defaults={"name": "bench"})
    kind.capabilities.set([pump])
    person, _new = User.objects.get_or_create(username="nb", defaults={"name": "bench"})
    Membership.objects.get_or_create(user=person, role="dispatcher", region=region, defaults={"starts_at": now - timedelta(days=1)})
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE resources_unit DISABLE TRIGGER USER")
        cursor.execute(UNITS, [kind.pk, department.pk, department.pk, region.pk, now, NUMBER])
        cursor.execute("ALTER TABLE resources_unit ENABLE TRIGGER USER")
        cursor.execute(FIXES, [now, now, department.pk])
        cursor.execute("SELECT resources_refresh_dispatchable(ARRAY(SELECT id FROM resources_unit WHERE department_id = %s))", [department.pk])
        cursor.execute("VACUUM (ANALYZE) resources_unit, resources_unitposition, resources_dispatchableunit")
    return Actor.of_user(person), pump.pk


def _tidy() -> None:
    mine = "(SELECT id FROM resources_unit WHERE department_id = (SELECT id FROM access_department WHERE code = 'nb'))"
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM resources_dispatchableunit WHERE unit_id IN {mine}")
        cursor.execute(f"DELETE FROM resources_unitposition WHERE unit_id IN {mine}")
        cursor.execute("DELETE FROM resources_unit WHERE department_id = (SELECT id FROM access_department WHERE code = 'nb')")
        cursor.execute("DELETE FROM access_department WHERE code = 'nb'")
