"""Coverage now with 10,000 free units that all can do what is asked: a first look, and a look when four who would leave are named."""

import time

from django.db import connection

from access.actors import Actor
from bench import harness, places, recommendation
from bench.harness import Row
from resources import coverage as covering
from resources.models import Capability

LOOKS = 5
BUDGET_MS = 2_000.0
EVERYBODY_PUMPS = """
UPDATE resources_dispatchableunit SET is_dispatchable = true, capability_ids = capability_ids || %s::bigint WHERE unit_id IN
(SELECT id FROM resources_unit WHERE code ~ '^RB[0-9]+$')
"""
LEAVING = ("RB1", "RB4", "RB5", "RB8")


def measure() -> list[Row]:
    """The median look with everybody, and without four; the first one, which asks the engine or draws circles, is told in the note."""
    places.ground()
    recommendation.prepare()
    actor = Actor.system("bench")  # who looks after every region: all addresses are counted
    pump = Capability.objects.get(code="rb-pump")
    with connection.cursor() as cursor:
        cursor.execute(EVERYBODY_PUMPS, [pump.pk])
    began = time.perf_counter()
    first = covering.coverage(actor, capability=pump, without=())
    opening = (time.perf_counter() - began) * 1000
    runs = {"everybody": [_look(actor, pump, ()) for _ in range(LOOKS)], "without four": [_look(actor, pump, LEAVING) for _ in range(LOOKS)]}
    recommendation.tidy()
    note = f"first look {opening:.0f} ms; {first.units} units that may be sent, {first.estimated} of them circles, {first.addresses} addresses"
    gate = f"<= {BUDGET_MS:.0f} ms"
    return [
        Row(
            f"coverage, {what}", "ms", harness.median(took), BUDGET_MS, gate, harness.median(took) <= BUDGET_MS, "the gate itself", {what: took}, note
        )
        for what, took in runs.items()
    ]


def _look(actor: Actor, capability: Capability, without: tuple[str, ...]) -> float:
    began = time.perf_counter()
    covering.coverage(actor, capability=capability, without=without)
    return (time.perf_counter() - began) * 1000
