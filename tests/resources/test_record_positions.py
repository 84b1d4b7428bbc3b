"""Fixes of units: kept, refused one by one, in any order, and harmless twice."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, connections

from access.actors import Actor
from access.models import Department, Region
from access.roles import Role
from kit.errors import Forbidden
from resources.models import TrackPoint, Unit, UnitPosition
from resources.positions.fixes import Fix
from resources.positions.recording import record_positions
from tests.conftest import NewUnitMaker, Person


def a_fix(unit: Unit, at: datetime, lon: float = 116.41, lat: float = 39.96) -> Fix:
    return Fix(unit.pk, at, lon, lat, 90, 10.0, 5.0)


def track_of(unit: Unit) -> list[datetime]:
    return list(TrackPoint.objects.filter(unit_id=unit.pk).order_by("at").values_list("at", flat=True))


def test_a_crew_reports_where_its_engine_is(crew: Actor, engine_7: Unit, now: datetime) -> None:
    answer = record_positions(crew, fixes=[a_fix(engine_7, now)], received_at=now)

    found = UnitPosition.objects.get(pk=engine_7.pk)
    assert answer == (1, [])
    assert (found.at, found.lon, found.lat, found.heading, found.speed) == (now, 116.41, 39.96, 90, 10.0)
    assert track_of(engine_7) == [now]


def test_a_late_fix_goes_to_the_track_and_moves_nothing(crew: Actor, engine_7: Unit, now: datetime) -> None:
    record_positions(crew, fixes=[a_fix(engine_7, now)], received_at=now)

    record_positions(crew, fixes=[a_fix(engine_7, now - timedelta(minutes=3), lon=116.3)], received_at=now)

    assert UnitPosition.objects.get(pk=engine_7.pk).lon == 116.41
    assert track_of(engine_7) == [now - timedelta(minutes=3), now]


def test_the_same_batch_again_changes_nothing(crew: Actor, engine_7: Unit, now: datetime) -> None:
    batch = [a_fix(engine_7, now - timedelta(seconds=second)) for second in (20, 10, 0)]

    for _ in range(3):
        assert record_positions(crew, fixes=[*batch, *batch], received_at=now).accepted == 6

    assert len(track_of(engine_7)) == 3


def test_a_tracker_that_was_silent_delivers_what_it_kept(crew: Actor, engine_7: Unit, now: datetime) -> None:
    kept = [a_fix(engine_7, now - timedelta(minutes=minute)) for minute in range(300)]

    record_positions(crew, fixes=kept, received_at=now)

    assert len(track_of(engine_7)) == 300
    assert UnitPosition.objects.get(pk=engine_7.pk).at == now


def test_a_fix_of_years_ago_is_kept_too(crew: Actor, engine_7: Unit, now: datetime) -> None:
    record_positions(crew, fixes=[a_fix(engine_7, datetime(2013, 8, 22, tzinfo=UTC))], received_at=now)

    assert len(track_of(engine_7)) == 1


def test_a_crew_of_the_north_does_not_report_for_an_engine_of_the_south(
    person: Person, fire: Department, north: Region, south: Region, new_unit: NewUnitMaker, engine_7: Unit, now: datetime
) -> None:
    northern_crew = person("northern_crew", (Role.CREW, fire, north))
    southern = new_unit("S1", region=south)

    answer = record_positions(northern_crew, fixes=[a_fix(southern, now), a_fix(engine_7, now)], received_at=now)

    assert answer.accepted == 1
    assert [(one.place, one.unit_id, one.status, one.code) for one in answer.rejected] == [(0, southern.pk, 403, "forbidden")]
    assert not UnitPosition.objects.filter(pk=southern.pk).exists()


def test_a_dispatcher_does_not_report_positions_at_all(dispatcher: Actor, engine_7: Unit, now: datetime) -> None:
    with pytest.raises(Forbidden):
        record_positions(dispatcher, fixes=[a_fix(engine_7, now)], received_at=now)


def test_an_engine_out_of_service_is_not_reported_for(crew: Actor, new_unit: NewUnitMaker, now: datetime) -> None:
    gone = new_unit("G1", is_active=False)

    assert record_positions(crew, fixes=[a_fix(gone, now)], received_at=now).rejected[0].status == 403


def test_a_unit_that_reports_every_minute_is_learned_to(crew: Actor, engine_7: Unit, now: datetime) -> None:
    for minute in range(30):
        at = now - timedelta(minutes=30 - minute)
        record_positions(crew, fixes=[a_fix(engine_7, at)], received_at=at)

    assert 55 < UnitPosition.objects.get(pk=engine_7.pk).interval_seconds <= 60


@pytest.mark.django_db(transaction=True)
def test_two_batches_at_once_keep_every_fix_once_and_the_newest_wins(crew: Actor, new_unit: NewUnitMaker, now: datetime) -> None:
    units = [new_unit(f"R{number}") for number in range(8)]

    def send(turn: int) -> None:
        order = units if turn % 2 else units[::-1]
        fixes = [a_fix(unit, now - timedelta(seconds=second), lon=116.0 + second / 1000) for unit in order for second in (turn % 3, 5, 10)]
        try:
            record_positions(crew, fixes=fixes, received_at=now)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(send, range(24)))

    for unit in units:
        assert track_of(unit) == [now - timedelta(seconds=second) for second in (10, 5, 2, 1, 0)]
        assert UnitPosition.objects.get(pk=unit.pk).at == now


@pytest.mark.django_db(transaction=True)
def test_overwriting_the_latest_position_touches_no_index(crew: Actor, new_unit: NewUnitMaker, now: datetime) -> None:
    units = [new_unit(f"H{number}") for number in range(50)]
    record_positions(crew, fixes=[a_fix(unit, now) for unit in units], received_at=now)
    before = _updates()

    for second in range(1, 20):
        at = now + timedelta(seconds=second)
        record_positions(crew, fixes=[a_fix(unit, at, lon=116.4 + second / 100) for unit in units], received_at=at)

    updates, hot = (after - was for after, was in zip(_updates(), before, strict=True))
    assert updates == 950
    assert hot >= 0.97 * updates


def _updates() -> tuple[int, int]:
    """How many rows of the latest positions were updated so far, and how many of them in place."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_force_next_flush()")
        cursor.execute("SELECT n_tup_upd, n_tup_hot_upd FROM pg_stat_user_tables WHERE relname = 'resources_unitposition'")
        updates, hot = cursor.fetchone()
    return updates, hot
