"""The nearest units that can do it, among as many as a large city has."""

from datetime import datetime, timedelta

import pytest
from django.db import connection

from access.actors import Actor
from access.models import Department, Region
from access.roles import Role
from kit.geo import Position
from resources import selectors as resources
from resources import services
from resources.models import Capability, Station, Unit, UnitType
from resources.nearest import NEAREST
from resources.positions.fixes import Fix
from resources.positions.recording import record_positions
from tests.conftest import NewUnitMaker, Person

HERE = Position(116.40, 39.95)


def codes(found: list[resources.NearUnit]) -> list[str]:
    return [unit.code for unit in found]


def report(crew: Actor, unit: Unit, lon: float, at: datetime) -> None:
    record_positions(crew, fixes=[Fix(unit.pk, at, lon, HERE.lat)], received_at=at)


def test_a_dispatcher_is_told_the_nearest_engine_first(dispatcher: Actor, crew: Actor, new_unit: NewUnitMaker, now: datetime) -> None:
    for code, lon in (("FAR", 116.50), ("NEAR", 116.41), ("MIDDLE", 116.45)):
        report(crew, new_unit(code), lon, now)

    found = resources.nearest_units(dispatcher, position=HERE, capabilities=["pump"], limit=10)

    assert codes(found) == ["NEAR", "MIDDLE", "FAR"]
    assert found[0].metres == pytest.approx(854, rel=0.01)
    assert found[0].travel_seconds == pytest.approx(854 * 1.35 / (40 / 3.6), rel=0.02)
    assert found[0].fix_at == now


def test_an_engine_that_never_reported_stands_at_its_station(dispatcher: Actor, engine_7: Unit) -> None:
    [found] = resources.nearest_units(dispatcher, position=HERE, capabilities=["pump"], limit=10)

    assert (found.code, found.fix_at) == ("E7", None)
    assert (found.position.lon, found.position.lat) == (116.41, 39.96)


def test_a_station_that_moves_takes_its_silent_engines_along(dispatcher: Actor, engine_7: Unit, station_north: Station) -> None:
    station_north.point = Position(116.30, 39.95).as_point()
    station_north.save(update_fields=["point"])

    [found] = resources.nearest_units(dispatcher, position=HERE, capabilities=["pump"], limit=10)
    assert found.position.lon == pytest.approx(116.30)


def test_a_unit_without_fix_and_station_is_nowhere(dispatcher: Actor, new_unit: NewUnitMaker) -> None:
    new_unit("X1", station=None)

    assert resources.nearest_units(dispatcher, position=HERE, capabilities=["pump"], limit=10) == []


def test_a_busy_engine_is_not_offered_and_comes_back_where_it_was_last_seen(
    dispatcher: Actor, crew: Actor, engine_7: Unit, engine_8: Unit, now: datetime
) -> None:
    report(crew, engine_7, 116.401, now)
    services.set_unit_status(dispatcher, unit_id=engine_7.pk, availability="NOT_AVAILABLE", activity="MEAL", label_code="", source="COMMAND", now=now)
    assert codes(resources.nearest_units(dispatcher, position=HERE, capabilities=["pump"], limit=10)) == ["E8"]

    report(crew, engine_7, 116.402, now + timedelta(seconds=5))
    services.set_unit_status(dispatcher, unit_id=engine_7.pk, availability="AVAILABLE", activity="ON_RADIO", label_code="", source="COMMAND", now=now)

    found = resources.nearest_units(dispatcher, position=HERE, capabilities=["pump"], limit=10)
    assert (found[0].code, round(found[0].position.lon, 6)) == ("E7", 116.402)


def test_a_raw_change_of_many_units_is_followed_too(dispatcher: Actor, engine_7: Unit, engine_8: Unit) -> None:
    Unit.objects.filter(pk=engine_7.pk).update(is_active=False)

    assert codes(resources.nearest_units(dispatcher, position=HERE, capabilities=["pump"], limit=10)) == ["E8"]


def test_only_units_that_can_do_all_of_it_are_offered(dispatcher: Actor, engine_7: Unit, engine_8: Unit) -> None:
    ladder = Capability.objects.create(code="ladder", name="举高")
    engine_8.capabilities.add(ladder)

    assert codes(resources.nearest_units(dispatcher, position=HERE, capabilities=["pump", "ladder"], limit=10)) == ["E8"]
    engine_8.capabilities.remove(ladder)
    assert resources.nearest_units(dispatcher, position=HERE, capabilities=["ladder"], limit=10) == []
    engine_7.type.capabilities.add(ladder)
    assert codes(resources.nearest_units(dispatcher, position=HERE, capabilities=["ladder"], limit=10)) == ["E7", "E8"]
    assert resources.nearest_units(dispatcher, position=HERE, capabilities=["flying"], limit=10) == []


def test_a_chief_of_the_south_is_not_told_of_northern_engines(fire_chief_south: Actor, new_unit: NewUnitMaker, engine_7: Unit, south: Region) -> None:
    new_unit("SOUTH", region=south)

    assert codes(resources.nearest_units(fire_chief_south, position=HERE, capabilities=["pump"], limit=10)) == ["SOUTH"]


def test_a_water_liaison_is_told_of_no_engines(liaison: Actor, outsider: Actor, engine_7: Unit) -> None:
    assert resources.nearest_units(liaison, position=HERE, capabilities=["pump"], limit=10) == []
    assert resources.nearest_units(outsider, position=HERE, capabilities=["pump"], limit=10) == []


def test_an_engine_is_moved_at_most_once_a_second(dispatcher: Actor, crew: Actor, engine_7: Unit, now: datetime) -> None:
    for tenth in range(11):
        at = now + timedelta(seconds=tenth / 10)
        report(crew, engine_7, 116.40 + tenth / 100, at)

    engine_7.dispatchable.refresh_from_db()
    assert engine_7.dispatchable.refreshed_at == now + timedelta(seconds=1)
    assert engine_7.dispatchable.point.x == pytest.approx(116.50)


@pytest.fixture
def a_hundred_thousand(fire: Department, water: Department, north: Region, engine_type: UnitType, now: datetime) -> None:
    """A hundred thousand units of two departments, one in fifty thousand with a rare capability."""
    rare = UnitType.objects.create(code="rare", name="稀有")
    rare.capabilities.set([Capability.objects.create(code="rare", name="稀有")])
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE resources_unit DISABLE TRIGGER USER")  # history of each row would take a minute; rolled back with the rest
        cursor.execute(
            """
            INSERT INTO resources_unit (code, name, type_id, department_id, department_ids, region_id, crew_size, availability, activity, status_at,
                                        is_active, version)
            SELECT 'U' || n, '', CASE WHEN n %% 50000 = 0 THEN %s ELSE %s END, %s, ARRAY[%s]::bigint[], %s, 4,
                   CASE WHEN n %% 3 = 0 THEN 'NOT_AVAILABLE' ELSE 'AVAILABLE' END, 'ON_RADIO', %s, true, 1
            FROM generate_series(1, 100000) AS n
            """,
            [rare.pk, engine_type.pk, fire.pk, fire.pk, north.pk, now],
        )
        cursor.execute(
            """
            INSERT INTO resources_unitposition (unit_id, at, received_at, lon, lat, interval_seconds)
            SELECT id, %s, %s, 116 + (id * 7919 %% 100000) / 100000.0, 39.5 + (id * 104729 %% 100000) / 100000.0, 30 FROM resources_unit
            """,
            [now, now],
        )
        cursor.execute("SELECT resources_refresh_dispatchable(ARRAY(SELECT id FROM resources_unit))")
        cursor.execute("ANALYZE resources_unit, resources_unitposition, resources_dispatchableunit")


@pytest.mark.usefixtures("a_hundred_thousand")
def test_among_a_hundred_thousand_the_index_is_walked(dispatcher: Actor, person: Person, south: Region, fire: Department) -> None:
    values = {"here": "SRID=4326;POINT(116.4 39.95)", "capabilities": ["pump"]}
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN (ANALYZE, BUFFERS) " + NEAREST.format(narrowed="", look=40), values)
        plan = "\n".join(row[0] for row in cursor.fetchall())

    assert "Index Scan using dispatchable_point" in plan
    assert "Seq Scan on resources_dispatchableunit" not in plan
    assert "Seq Scan on resources_unit " not in plan

    found = resources.nearest_units(dispatcher, position=HERE, capabilities=["pump"], limit=10)
    assert [unit.metres for unit in found] == sorted(unit.metres for unit in found)
    assert codes(found) == _slowly("pump")
    assert codes(resources.nearest_units(dispatcher, position=HERE, capabilities=["rare"], limit=10)) == _slowly("rare")
    southern = person("southern", (Role.DISPATCHER, fire, south))
    assert resources.nearest_units(southern, position=HERE, capabilities=["pump"], limit=10) == []


def _slowly(capability: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT u.code FROM resources_unit u JOIN resources_unitposition p ON p.unit_id = u.id
            JOIN resources_unittype_capabilities tc ON tc.unittype_id = u.type_id JOIN resources_capability c ON c.id = tc.capability_id
            WHERE u.availability <> 'NOT_AVAILABLE' AND c.code = %s
            ORDER BY ST_Distance(ST_SetSRID(ST_MakePoint(p.lon, p.lat), 4326)::geography, 'SRID=4326;POINT(116.4 39.95)'::geography) LIMIT 10
            """,
            [capability],
        )
        return [row[0] for row in cursor.fetchall()]
