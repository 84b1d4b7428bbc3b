"""Coverage now, the hole if some left, and who could move up: counted in addresses, without an engine in circles that say so."""

from collections.abc import Callable
from datetime import datetime

import pytest
from django.test import Client
from django.utils import timezone

from access.actors import Actor
from access.models import Department, Region, User
from gis import services as gis
from gis.records import Ground, PlaceRecord
from incidents.models import Incident
from kit.errors import Forbidden
from kit.geo import Position
from resources import coverage as covering
from resources.models import Capability, Station, Unit, UnitType
from tests.conftest import NewUnitMaker

pytestmark = pytest.mark.django_db
NORTH, SOUTH = (116.41, 39.96), (116.41, 39.87)
EIGHT = 1


def houses(around: tuple[float, float], region: str, count: int) -> list[PlaceRecord]:
    """House numbers of one street, half a kilometre long, in the middle of a place."""
    return [
        PlaceRecord(
            f"{region}-{n}", "HOUSE", 5, f"和平路{n}号", f"{n} Heping Road", str(n), "", region, f"和平路{n}号", around[0] + n / 40_000, around[1]
        )
        for n in range(1, count + 1)
    ]


@pytest.fixture
def addresses(north: Region, south: Region) -> None:
    """A hundred addresses in the north, sixty in the south."""
    everyone = [*houses(NORTH, "110101", 100), *houses(SOUTH, "110102", 60)]
    gis.replace_ground(Actor.system("test"), ground=Ground("test", [], [], everyone), now=timezone.now())


@pytest.fixture
def station_south(fire: Department, south: Region) -> Station:
    point = Position(*SOUTH).as_point()
    return Station.objects.create(
        code="S2", name="南站", name_en="South station", department=fire, department_ids=[fire.pk], region=south, point=point
    )


@pytest.fixture
def pump(engine_type: UnitType) -> Capability:
    return Capability.objects.get(code="pump")


@pytest.fixture
def southern(new_unit: NewUnitMaker, station_south: Station, south: Region) -> Callable[[str], Unit]:
    """Make a unit of the southern fire station."""
    return lambda code: new_unit(code, station=station_south, region=south)


Southern = Callable[[str], Unit]


def covered(actor: Actor, pump: Capability, *without: str) -> covering.Coverage:
    return covering.coverage(actor, capability=pump, without=without)


def test_a_dispatcher_sees_how_many_addresses_are_reached_and_where_nobody_is_in_time(
    dispatcher: Actor, pump: Capability, addresses: None, engine_7: Unit
):
    found = covered(dispatcher, pump)

    assert (found.units, found.addresses) == (1, 160)
    assert [(share.minutes, share.addresses, share.percent) for share in found.shares] == [(4, 100, 62.5), (8, 100, 62.5), (12, 100, 62.5)]
    assert [(patch.name, patch.addresses, patch.of) for patch in found.weakest] == [("南区", 60, 60)]
    assert found.is_estimate and not found.is_partial


def test_if_the_only_engine_of_the_north_left_the_hole_is_told_in_addresses_and_drawn(
    dispatcher: Actor, pump: Capability, addresses: None, engine_7: Unit, southern: Southern
):
    southern("E20")

    hole = covered(dispatcher, pump, "e7").hole

    assert hole is not None and hole.without == ("E7",)
    assert (hole.addresses, hole.later) == (100, 0)
    assert [(patch.name_en, patch.addresses) for patch in hole.patches] == [("North", 100)]
    assert hole.shares[EIGHT].addresses == 60
    assert hole.area["type"] == "Polygon" and hole.area["coordinates"]


def test_where_two_stand_together_one_may_leave_and_both_may_not(
    dispatcher: Actor, pump: Capability, addresses: None, engine_7: Unit, engine_8: Unit
):
    one, both = covered(dispatcher, pump, "E7").hole, covered(dispatcher, pump, "E7", "E8").hole

    assert one is not None and one.addresses == 0 and not one.patches
    assert both is not None and both.addresses == 100


def test_a_code_that_is_no_free_unit_is_named_and_changes_nothing(dispatcher: Actor, pump: Capability, addresses: None, engine_7: Unit):
    hole = covered(dispatcher, pump, "E99", " ").hole

    assert hole is not None and (hole.unknown, hole.without, hole.addresses) == (("E99",), (), 0)


def test_a_unit_that_is_not_available_covers_nothing(dispatcher: Actor, pump: Capability, addresses: None, new_unit: NewUnitMaker):
    new_unit("E7", availability="NOT_AVAILABLE", activity="ON_SCENE")

    found = covered(dispatcher, pump)

    assert (found.units, found.shares[EIGHT].addresses, found.moves) == (0, 0, ())
    assert not found.is_estimate


def test_one_of_two_in_the_south_is_asked_to_move_up_to_the_empty_north(
    dispatcher: Actor, pump: Capability, addresses: None, new_unit: NewUnitMaker, southern: Southern
):
    new_unit("E7", availability="NOT_AVAILABLE", activity="ON_SCENE")
    southern("E20"), southern("E21")

    [move] = covered(dispatcher, pump).moves

    assert (move.unit, move.name, move.gained, move.lost, move.is_home) == ("E20", "北站", 100, 0, False)
    assert move.minutes == pytest.approx(20, abs=2) and move.is_estimate


def test_the_last_one_of_the_south_is_not_asked_away(
    dispatcher: Actor, pump: Capability, addresses: None, new_unit: NewUnitMaker, southern: Southern
):
    new_unit("E7", availability="NOT_AVAILABLE", activity="ON_SCENE")
    southern("E20")

    assert covered(dispatcher, pump).moves == ()


def test_when_those_who_stay_could_fill_the_hole_of_those_who_leave_they_are_named(
    dispatcher: Actor, pump: Capability, addresses: None, engine_7: Unit, southern: Southern
):
    southern("E20"), southern("E21")

    assert covered(dispatcher, pump).moves == ()
    assert [(move.unit, move.name_en) for move in covered(dispatcher, pump, "E7").moves] == [("E20", "North station")]


def test_a_chief_of_the_south_counts_the_southern_addresses_only(
    fire_chief_south: Actor, pump: Capability, addresses: None, engine_7: Unit, southern: Southern
):
    southern("E20")

    found = covered(fire_chief_south, pump)

    assert (found.units, found.addresses, found.shares[EIGHT].percent) == (1, 60, 100.0)


def test_an_outsider_learns_nothing_of_coverage(outsider: Actor, pump: Capability, addresses: None, engine_7: Unit):
    with pytest.raises(Forbidden):
        covered(outsider, pump)


def test_without_addresses_there_is_an_area_and_no_share(dispatcher: Actor, pump: Capability, engine_7: Unit):
    found = covered(dispatcher, pump, "E7")

    assert found.addresses == 0 and [share.percent for share in found.shares] == [0.0, 0.0, 0.0]
    assert found.bands[EIGHT]["coordinates"] and found.moves == ()


@pytest.fixture
def desk(dispatcher: Actor, client: Client) -> Client:
    client.force_login(User.objects.get(pk=dispatcher.user_id))
    return client


def test_the_operations_screen_tells_coverage_in_words(desk: Client, addresses: None, engine_7: Unit):
    page = desk.get(
        "/ops/coverage", {"without": "E7，E99", "capability": "pump"}, headers={"Accept-Language": "en", "HX-Request": "true"}
    ).content.decode()

    assert "If E7 left" in page and "<b>100</b> addresses would no longer be reached in 8 min" in page
    assert "Not free for this, so nothing changes without them: E99." in page
    assert "no road looked at" in page


def test_what_if_the_recommended_left_is_asked_with_the_incident(desk: Client, addresses: None, engine_7: Unit, northern_fire: Incident):
    address = {"incident": northern_fire.number, "capability": "pump"}
    page = desk.get("/ops/coverage", address, headers={"Accept-Language": "en", "HX-Request": "true"}).content.decode()

    assert "If E7 left" in page and f"Recommended for {northern_fire.number}." in page


def test_where_nobody_is_recommended_the_desk_is_told_so(desk: Client, addresses: None, engine_7: Unit):
    address = {"incident": "20261122-9999", "capability": "pump"}
    page = desk.get("/ops/coverage", address, headers={"Accept-Language": "en", "HX-Request": "true"}).content.decode()

    assert "Nobody is recommended for 20261122-9999 now." in page


def test_a_city_without_units_says_so(desk: Client, now: datetime):
    page = desk.get("/ops/coverage", headers={"Accept-Language": "en", "HX-Request": "true"}).content.decode()

    assert "No unit that may be sent can be seen here." in page
