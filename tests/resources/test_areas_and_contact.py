"""What follows from fixes: areas entered and left once, contact lost and regained once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from django.contrib.gis.geos import MultiPolygon, Polygon
from django.core.cache import cache
from django.db import connections

from access.actors import Actor
from access.models import Department, Region
from journal.models import Entry
from kit.errors import Forbidden, Invalid, NotFound
from resources.models import Geofence, GeofencePresence, Unit, UnitPosition
from resources.positions import areas, contact
from resources.positions.fixes import Fix
from resources.positions.recording import record_positions
from tests.conftest import NewUnitMaker

SYSTEM = Actor.system("contact")
INSIDE, OUTSIDE = (116.41, 39.96), (116.50, 39.96)


@pytest.fixture
def square(admin: Actor, fire: Department, north: Region, now: datetime) -> Geofence:
    area = MultiPolygon(Polygon.from_bbox((116.40, 39.95, 116.42, 39.97)), srid=4326)
    return areas.draw_area(admin, name="体育场", area=area, department_id=fire.pk, region_id=north.pk, now=now)


def report(crew: Actor, unit: Unit, at: datetime, place: tuple[float, float]) -> None:
    record_positions(crew, fixes=[Fix(unit.pk, at, *place)], received_at=at)


def facts_of(unit: Unit) -> list[str]:
    return [entry.name.removeprefix("resources.unit_") for entry in Entry.objects.filter(about__contains=[f"unit:{unit.pk}"]).order_by("id")]


def test_an_engine_enters_and_leaves_an_area_once_each(crew: Actor, square: Geofence, engine_7: Unit, now: datetime) -> None:
    for second, place in enumerate([OUTSIDE, INSIDE, INSIDE, INSIDE, OUTSIDE, OUTSIDE]):
        report(crew, engine_7, now + timedelta(seconds=second), place)

    entries = list(Entry.objects.filter(about__contains=[f"geofence:{square.pk}", f"unit:{engine_7.pk}"]).order_by("id"))
    assert [entry.name for entry in entries] == ["resources.unit_entered_area", "resources.unit_left_area"]
    assert [entry.at for entry in entries] == [now + timedelta(seconds=1), now + timedelta(seconds=4)]
    assert f"resources.view@{engine_7.department_id}:{engine_7.region_id}" in entries[0].scopes
    assert not GeofencePresence.objects.exists()


def test_a_late_fix_enters_nothing(crew: Actor, square: Geofence, engine_7: Unit, now: datetime) -> None:
    report(crew, engine_7, now, OUTSIDE)

    report(crew, engine_7, now - timedelta(minutes=1), INSIDE)

    assert facts_of(engine_7) == []


def test_only_the_newest_fix_of_a_batch_counts(crew: Actor, square: Geofence, engine_7: Unit, now: datetime) -> None:
    fixes = [Fix(engine_7.pk, now - timedelta(seconds=10), *INSIDE), Fix(engine_7.pk, now, *OUTSIDE)]

    record_positions(crew, fixes=fixes, received_at=now)

    assert facts_of(engine_7) == []


def test_a_retired_area_is_watched_no_more_and_nobody_leaves_it(admin: Actor, crew: Actor, square: Geofence, engine_7: Unit, now: datetime) -> None:
    report(crew, engine_7, now, INSIDE)

    areas.retire_area(admin, geofence_id=square.pk, now=now)
    report(crew, engine_7, now + timedelta(seconds=1), OUTSIDE)

    assert facts_of(engine_7) == ["entered_area"]
    with pytest.raises(NotFound):
        areas.retire_area(admin, geofence_id=square.pk, now=now)


def test_a_dispatcher_does_not_draw_areas(dispatcher: Actor, fire: Department, north: Region, now: datetime) -> None:
    area = MultiPolygon(Polygon.from_bbox((116.40, 39.95, 116.42, 39.97)), srid=4326)
    with pytest.raises(Forbidden):
        areas.draw_area(dispatcher, name="x", area=area, department_id=fire.pk, region_id=north.pk, now=now)


def test_an_outline_that_crosses_itself_is_refused(admin: Actor, fire: Department, north: Region, now: datetime) -> None:
    bow_tie = MultiPolygon(Polygon(((116.4, 39.9), (116.5, 40.0), (116.5, 39.9), (116.4, 40.0), (116.4, 39.9))), srid=4326)
    with pytest.raises(Invalid):
        areas.draw_area(admin, name="x", area=bow_tie, department_id=fire.pk, region_id=north.pk, now=now)


@pytest.mark.django_db(transaction=True)
def test_many_batches_at_once_make_a_unit_enter_once(crew: Actor, square: Geofence, engine_7: Unit, now: datetime) -> None:
    def send(second: int) -> None:
        try:
            report(crew, engine_7, now + timedelta(seconds=second), INSIDE)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(send, range(24)))

    assert facts_of(engine_7) == ["entered_area"]


def test_a_silent_engine_is_lost_once_and_heard_again_once(crew: Actor, engine_7: Unit, now: datetime) -> None:
    report(crew, engine_7, now, INSIDE)

    assert contact.mark_lost_units(SYSTEM, now=now + timedelta(seconds=89)) == 0
    assert contact.mark_lost_units(SYSTEM, now=now + timedelta(seconds=91)) == 1
    assert contact.mark_lost_units(SYSTEM, now=now + timedelta(seconds=120)) == 0
    assert UnitPosition.objects.get(pk=engine_7.pk).lost_at == now + timedelta(seconds=91)

    report(crew, engine_7, now + timedelta(seconds=200), INSIDE)
    report(crew, engine_7, now + timedelta(seconds=210), INSIDE)

    assert facts_of(engine_7) == ["lost_contact", "contact_regained"]
    assert UnitPosition.objects.get(pk=engine_7.pk).lost_at is None


def test_a_platform_that_stood_still_does_not_take_every_crew_for_lost(crew: Actor, engine_7: Unit, now: datetime) -> None:
    """Looks come every few seconds; after a pause nobody is lost until crews have had the time to be heard again."""
    cache.delete(contact.LOOKED)
    report(crew, engine_7, now, INSIDE)
    looks = [*range(0, 90, 10), *range(400, 520, 10)]  # a restart that took five minutes

    lost = {second: contact.watch_contact(SYSTEM, now=now + timedelta(seconds=second)) for second in looks}

    assert [second for second, number in lost.items() if number] == [500]


def test_an_old_fix_does_not_bring_a_lost_engine_back(crew: Actor, engine_7: Unit, now: datetime) -> None:
    report(crew, engine_7, now, INSIDE)
    contact.mark_lost_units(SYSTEM, now=now + timedelta(hours=1))

    record_positions(crew, fixes=[Fix(engine_7.pk, now + timedelta(minutes=1), *INSIDE)], received_at=now + timedelta(hours=1))

    assert facts_of(engine_7) == ["lost_contact"]


@pytest.mark.parametrize(
    ("availability", "activity", "is_missed"),
    [("AVAILABLE", "ON_RADIO", 1), ("NOT_AVAILABLE", "EN_ROUTE", 1), ("NOT_AVAILABLE", "OFF_DUTY", 0), ("NOT_AVAILABLE", "MEAL", 0)],
)
def test_only_engines_at_work_or_available_are_missed(
    crew: Actor, new_unit: NewUnitMaker, now: datetime, availability: str, activity: str, is_missed: int
) -> None:
    report(crew, new_unit("M1", availability=availability, activity=activity), now, INSIDE)

    assert contact.mark_lost_units(SYSTEM, now=now + timedelta(minutes=5)) == is_missed


def test_an_engine_that_never_reported_is_not_lost(engine_7: Unit, now: datetime) -> None:
    assert contact.mark_lost_units(SYSTEM, now=now + timedelta(days=1)) == 0
