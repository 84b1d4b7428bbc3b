"""How long tracks are kept: partitions made ahead, days past their time dropped whole."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from access.actors import Actor
from resources.models import TrackPoint, Unit
from resources.positions import keeping
from resources.positions.fixes import Fix
from resources.positions.recording import record_positions


def partitions() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = 'resources_track'::regclass ORDER BY 1"
        )
        return [row[0] for row in cursor.fetchall()]


def partition_of(day: datetime) -> str:
    return f"resources_track_{day:%Y_%m_%d}"


def test_partitions_are_made_three_days_ahead(db: None, now: datetime) -> None:
    keeping.keep_track(now=now + timedelta(days=10))

    assert {partition_of(now + timedelta(days=10 + ahead)) for ahead in (-1, 0, 1, 2, 3)} <= set(partitions())
    assert keeping.keep_track(now=now + timedelta(days=10))[0] == 0


def test_a_day_past_its_time_is_dropped_whole(db: None, now: datetime, settings: object) -> None:
    settings.TRACK_RETENTION_DAYS = 5  # type: ignore[attr-defined]
    long_ago = now - timedelta(days=40)
    keeping.keep_track(now=long_ago)
    assert partition_of(long_ago) in partitions()

    _made, dropped = keeping.keep_track(now=now)

    assert dropped >= 5
    assert partition_of(long_ago) not in partitions()
    assert partition_of(now) in partitions()


def test_what_came_before_its_partition_was_made_moves_into_it(crew: Actor, engine_7: Unit, now: datetime) -> None:
    at = datetime(now.year, now.month, now.day, 12, tzinfo=UTC) - timedelta(days=20)
    record_positions(crew, fixes=[Fix(engine_7.pk, at, 116.4, 39.9)], received_at=now)

    keeping.keep_track(now=at)

    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {partition_of(at)} WHERE unit_id = %s", [engine_7.pk])
        assert cursor.fetchone()[0] == 1
    assert TrackPoint.objects.filter(unit_id=engine_7.pk).count() == 1


def test_an_old_fix_that_came_today_stays_as_long_as_one_of_today(crew: Actor, engine_7: Unit, now: datetime) -> None:
    record_positions(crew, fixes=[Fix(engine_7.pk, now - timedelta(days=400), 116.4, 39.9)], received_at=now)

    keeping.keep_track(now=now)
    assert TrackPoint.objects.filter(unit_id=engine_7.pk).count() == 1


def test_todays_track_cannot_be_dropped(db: None, now: datetime) -> None:
    with pytest.raises(DatabaseError, match="at least"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT resources_drop_track_before(%s)", [now.date()])


def test_a_track_of_one_unit_and_hour_is_read_from_one_partition_by_index(db: None, now: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("EXPLAIN SELECT * FROM resources_track WHERE unit_id = 7 AND at >= %s AND at < %s", [now, now + timedelta(minutes=1)])
        plan = "\n".join(row[0] for row in cursor.fetchall())

    assert plan.count("Scan on resources_track") + plan.count("Scan using resources_track") <= 2
    assert "unit_id_at" in plan
