"""Which units to send: the first set covers what is needed, every unit says why, and what nobody can do is named."""

from datetime import datetime, timedelta

import pytest
from django.utils import translation

from access.actors import Actor
from access.models import Department, Region
from incidents import selectors as incidents
from incidents import services
from incidents.models import Incident, IncidentType
from incidents.services.common import Moment
from kit.errors import NotFound
from resources.models import Capability, Unit, UnitType
from resources.positions import contact
from resources.positions.fixes import Fix
from resources.positions.recording import record_positions
from tests.conftest import NORTH_POINT, NewUnitMaker, a_report


@pytest.fixture(autouse=True)
def _in_english() -> object:
    with translation.override("en"):
        yield


@pytest.fixture
def ladder(building_fire: IncidentType) -> Capability:
    """What a building fire needs besides a pump."""
    capability = Capability.objects.create(code="z-ladder", name="举高", name_en="Ladder")
    building_fire.capabilities.add(capability)
    return capability


@pytest.fixture
def ladder_truck(ladder: Capability, new_unit: NewUnitMaker) -> Unit:
    kind = UnitType.objects.create(code="truck", name="举高消防车", name_en="Truck")
    kind.capabilities.set([ladder])
    return new_unit("T1", type=kind)


def report(crew: Actor, unit: Unit, lon: float, at: datetime) -> None:
    record_positions(crew, fixes=[Fix(unit.pk, at, lon, NORTH_POINT.lat)], received_at=at)


def first(advice: incidents.Recommendation) -> list[str]:
    return [unit.code for unit in advice.units if unit.is_first]


def test_the_nearest_unit_for_each_need_is_chosen_in_order(
    dispatcher: Actor, crew: Actor, northern_fire: Incident, engine_7: Unit, engine_8: Unit, ladder_truck: Unit, now: datetime
) -> None:
    report(crew, engine_7, 116.45, now)
    report(crew, engine_8, 116.41, now)

    advice = incidents.recommendation(dispatcher, northern_fire, limit=10)

    assert first(advice) == ["E8", "T1"]
    assert [(need.code, need.unit_id) for need in advice.needs] == [("pump", engine_8.pk), ("z-ladder", ladder_truck.pk)]
    assert [unit.code for unit in advice.units] == ["E8", "T1", "E7"]
    assert (advice.missing, advice.shortfalls) == ((), ())
    assert advice.first_ids == (engine_8.pk, ladder_truck.pk)


def test_one_unit_may_serve_two_needs(dispatcher: Actor, northern_fire: Incident, engine_7: Unit, ladder: Capability) -> None:
    engine_7.capabilities.add(ladder)

    advice = incidents.recommendation(dispatcher, northern_fire, limit=10)

    assert first(advice) == ["E7"]
    assert {need.unit_id for need in advice.needs} == {engine_7.pk}


def test_every_unit_says_why(dispatcher: Actor, crew: Actor, northern_fire: Incident, engine_7: Unit, now: datetime) -> None:
    report(crew, engine_7, 116.41, now - timedelta(minutes=12))

    [unit] = incidents.recommendation(dispatcher, northern_fire, limit=10).units

    assert unit.reasons == (
        "can: Pump",
        "At station, turnout 80 s",
        "the last available one of North station",
        "leaves nobody within 15 km of its station who can do the same",
        "position 12 min old",
    )
    assert unit.metres == pytest.approx(854, rel=0.01)
    assert unit.seconds == pytest.approx(104, rel=0.02)
    assert unit.is_estimate
    assert unit.activity_label == "At station"


def test_an_engine_that_is_lost_or_only_conditionally_free_comes_second(
    dispatcher: Actor, crew: Actor, northern_fire: Incident, new_unit: NewUnitMaker, now: datetime
) -> None:
    lost, conditional, free = new_unit("LOST"), new_unit("COND", availability="CONDITIONAL"), new_unit("FREE")
    report(crew, lost, 116.401, now - timedelta(minutes=10))
    report(crew, conditional, 116.402, now)
    report(crew, free, 116.45, now)
    contact.mark_lost_units(Actor.system("contact"), now=now)

    advice = incidents.recommendation(dispatcher, northern_fire, limit=10)

    assert first(advice) == ["FREE"]
    said = {unit.code: unit.reasons for unit in advice.units}
    assert "contact lost" in said["LOST"]
    assert "conditionally available" in said["COND"]


def test_a_unit_beyond_its_region_is_offered_and_says_so(dispatcher: Actor, northern_fire: Incident, new_unit: NewUnitMaker, south: Region) -> None:
    new_unit("S9", region=south)

    [unit] = incidents.recommendation(dispatcher, northern_fire, limit=10).units

    assert unit.is_beyond_region
    assert "from another region: South" in unit.reasons


def test_what_nobody_can_do_is_named(dispatcher: Actor, northern_fire: Incident, engine_7: Unit, ladder: Capability) -> None:
    advice = incidents.recommendation(dispatcher, northern_fire, limit=10)

    assert [capability.code for capability in advice.missing] == ["z-ladder"]
    assert advice.shortfalls == ("Short of 1 × Ladder. No unit that may be sent can, and none is at work that could.",)
    assert first(advice) == ["E7"]


def test_what_is_sent_already_is_not_chosen_again(
    dispatcher: Actor, northern_fire: Incident, engine_7: Unit, engine_8: Unit, ladder_truck: Unit, moment: Moment, now: datetime
) -> None:
    services.dispatch_unit(dispatcher, incident_id=northern_fire.pk, unit_id=engine_7.pk, moment=moment, now=now)

    advice = incidents.recommendation(dispatcher, northern_fire, limit=10)

    assert first(advice) == ["T1"]
    assert [(need.code, need.is_sent) for need in advice.needs] == [("pump", True), ("z-ladder", False)]
    assert "E7" not in [unit.code for unit in advice.units]


def test_a_service_request_that_needs_nothing_special_gets_its_own_departments_unit(
    dispatcher: Actor, southern_pipe: Incident, engine_7: Unit, new_unit: NewUnitMaker, water: Department
) -> None:
    assert first(incidents.recommendation(dispatcher, southern_pipe, limit=10)) == ["E7"]

    new_unit("W1", department=water, department_ids=[water.pk])
    assert first(incidents.recommendation(dispatcher, southern_pipe, limit=10)) == ["W1"]


def test_an_incident_without_a_place_has_nothing_near(
    dispatcher: Actor, call_taker: Actor, building_fire: IncidentType, city: Region, fire: Department, now: datetime
) -> None:
    incident = services.report_incident(call_taker, report=a_report(building_fire, now), now=now)
    incident.point = None

    advice = incidents.recommendation(dispatcher, incident, limit=10)

    assert advice.units == ()
    assert "not on the map" in advice.shortfalls[0]


def test_a_chief_of_the_south_gets_no_advice_on_a_northern_fire(fire_chief_south: Actor, northern_fire: Incident) -> None:
    with pytest.raises(NotFound):
        incidents.recommendation(fire_chief_south, northern_fire, limit=10)


def test_the_list_is_short_and_asks_little(
    dispatcher: Actor, northern_fire: Incident, new_unit: NewUnitMaker, ladder_truck: Unit, django_assert_max_num_queries: object
) -> None:
    for number in range(20):
        new_unit(f"Q{number}")

    with django_assert_max_num_queries(15):  # type: ignore[operator]
        advice = incidents.recommendation(dispatcher, northern_fire, limit=5)

    assert len(advice.units) == 5
