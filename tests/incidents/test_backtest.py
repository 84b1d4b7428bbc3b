"""The recommendation tried on a history: what it would have named, and what it must not know."""

from datetime import datetime, timedelta

import pytest
from django.core.management import call_command

from access.actors import Actor
from incidents import backtest
from incidents.models import Assignment, Incident
from kit.geo import Position
from resources.models import Station, Unit
from tests.conftest import NewUnitMaker

HERE = Position(116.40, 39.95)


@pytest.fixture
def far_engine(new_unit: NewUnitMaker, station_north: Station) -> Unit:
    station = Station.objects.create(
        code="S9", name="远站", department=station_north.department, department_ids=station_north.department_ids,
        region=station_north.region, point=Position(116.55, 39.95).as_point(),
    )  # fmt: skip
    return new_unit("FAR", station=station)


def past(northern_fire: Incident, unit: Unit, at: datetime, *, until: datetime, number: str, position: Position = HERE) -> Incident:
    """A call of the past to which one unit went."""
    call = Incident.objects.create(
        number=number, kind="EMERGENCY", type=northern_fire.type, severity=2, address="x", department=northern_fire.department,
        department_ids=northern_fire.department_ids, region=northern_fire.region, call_received_at=at, created_at=at, point=position.as_point(),
    )  # fmt: skip
    Assignment.objects.create(
        incident=call, unit=unit, step="CLEARED", is_primary=False, dispatched_at=at, on_scene_at=at + timedelta(minutes=5), cleared_at=until
    )
    return call


def run(actor: Actor, now: datetime) -> backtest.Backtest:
    return backtest.run(actor, since=now - timedelta(days=2), until=now - timedelta(hours=1), department_id=None)


def test_a_far_engine_that_went_is_told_from_the_near_one_that_was_free(
    auditor: Actor, northern_fire: Incident, engine_7: Unit, far_engine: Unit, now: datetime
) -> None:
    day = now - timedelta(hours=20)
    past(northern_fire, far_engine, day, until=day + timedelta(hours=1), number="P-1")
    past(northern_fire, engine_7, day + timedelta(hours=4), until=day + timedelta(hours=5), number="P-2")

    found = run(auditor, now)

    assert (found.read, found.compared) == (2, 2)
    whole = found.lines[0]
    assert (whole.calls, whole.equal, whole.sooner) == (2, 0.5, 0.5)
    assert whole.recommended_median < whole.went_median


def test_an_engine_at_another_call_is_not_named(auditor: Actor, northern_fire: Incident, engine_7: Unit, far_engine: Unit, now: datetime) -> None:
    day = now - timedelta(hours=20)
    past(northern_fire, engine_7, day, until=day + timedelta(hours=2), number="P-1")
    past(northern_fire, far_engine, day + timedelta(minutes=30), until=day + timedelta(hours=1), number="P-2")

    assert run(auditor, now).lines[0].equal == 1.0


def test_an_engine_without_a_job_within_half_a_day_is_off_duty(
    auditor: Actor, northern_fire: Incident, engine_7: Unit, far_engine: Unit, now: datetime
) -> None:
    past(northern_fire, engine_7, now - timedelta(hours=40), until=now - timedelta(hours=39), number="P-1")
    past(northern_fire, far_engine, now - timedelta(hours=10), until=now - timedelta(hours=9), number="P-2")

    assert run(auditor, now).lines[0].equal == 1.0


def test_one_on_the_way_home_is_where_it_would_have_come_to(
    auditor: Actor, northern_fire: Incident, engine_7: Unit, far_engine: Unit, now: datetime
) -> None:
    day = now - timedelta(hours=20)
    beside_far = Position(116.545, 39.95)
    past(northern_fire, engine_7, day, until=day + timedelta(hours=1), number="P-1", position=beside_far)
    past(northern_fire, engine_7, day + timedelta(hours=1, seconds=30), until=day + timedelta(hours=2), number="P-2", position=beside_far)

    found = run(auditor, now)

    assert found.compared == 2


def test_a_call_whose_unit_was_elsewhere_by_the_files_own_word_is_left_out_and_counted(
    auditor: Actor, northern_fire: Incident, engine_7: Unit, now: datetime
) -> None:
    day = now - timedelta(hours=20)
    past(northern_fire, engine_7, day, until=day + timedelta(hours=2), number="P-1")
    past(northern_fire, engine_7, day + timedelta(hours=1), until=day + timedelta(hours=3), number="P-2")

    found = run(auditor, now)

    assert (found.compared, sum(found.left_out.values())) == (1, 1)


def test_only_calls_that_one_may_analyse_are_read(
    outsider: Actor, fire_chief_south: Actor, northern_fire: Incident, engine_7: Unit, now: datetime
) -> None:
    past(northern_fire, engine_7, now - timedelta(hours=20), until=now - timedelta(hours=19), number="P-1")

    for stranger in (outsider, fire_chief_south):
        assert run(stranger, now).read == 0


def test_the_table_is_printed_with_what_was_left_out(
    auditor: Actor, northern_fire: Incident, engine_7: Unit, now: datetime, capsys: pytest.CaptureFixture[str]
) -> None:
    past(northern_fire, engine_7, now - timedelta(hours=20), until=now - timedelta(hours=19), number="P-1")

    call_command("backtest_recommendation", "--as", "auditor")

    printed = capsys.readouterr().out
    assert "| **all** | 1 | 100.0% |" in printed
    assert "1 compared." in printed
