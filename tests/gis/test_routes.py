"""Travel by road with the real engine: over the bridge and not through the river; and what is said when the engine is away."""

import os
import signal
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import osmium
import pytest
from django.core.management import CommandError, call_command
from pytest_django import DjangoDbBlocker, Settings
from shapely import LineString, Point

from access.actors import Actor
from gis import selectors, services
from gis.records import Ground
from gis.routing import building, engine, network, roads, serving
from journal.models import Entry
from kit.errors import Forbidden
from kit.geo import Position
from tests.gis.conftest import NOW, SYSTEM, road, silent

PROGRAMS = Path(os.environ.get("ROUTING_PROGRAMS", ""))
needs_engine = pytest.mark.skipif(not (PROGRAMS / "valhalla_service").exists(), reason="the routing engine could not be fetched here")
WEST_BANK, EAST_BANK = Position(116.3000, 39.9000), Position(116.3100, 39.9000)
MOON = Position(10.0, 10.0)


def two_banks() -> Ground:
    """Two streets along a river, 850 m apart, and one bridge 3.3 km up the river; a lane of its own far off that leads nowhere."""
    return Ground(
        "test",
        [
            road("W", "河西路", "West Bank Road", (116.30, 39.90), (116.30, 39.93)),
            road("E", "河东路", "East Bank Road", (116.31, 39.90), (116.31, 39.93)),
            road("B", "大桥", "Great Bridge", (116.30, 39.9299), (116.3099, 39.93), kind="STREET", rank=3),
        ],
        [],
        [],
    )


@pytest.fixture
def routed(db: None, settings: Settings, tmp_path: Path) -> Iterator[Path]:
    """The two banks, and a place of one's own for networks."""
    settings.ROUTES_DIR, settings.CITY_VAR, settings.ROUTING_PROGRAMS, settings.ROUTING_URL = tmp_path / "routes", tmp_path, PROGRAMS, ""
    services.replace_ground(SYSTEM, ground=two_banks(), now=NOW)
    engine.wake()
    yield tmp_path
    engine.wake()


@pytest.fixture(scope="module")
def served(django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory) -> Iterator[serving.Engine]:
    """A running engine with the network of the two banks."""
    from django.db import transaction
    from django.test import override_settings

    home = tmp_path_factory.mktemp("routing")
    with (
        override_settings(ROUTES_DIR=home / "routes", CITY_VAR=home, ROUTING_PROGRAMS=PROGRAMS, ROUTING_URL=""),
        django_db_blocker.unblock(),
        transaction.atomic(),
    ):
        services.replace_ground(SYSTEM, ground=two_banks(), now=NOW)
        services.build_routes(SYSTEM, extract=None, now=NOW, progress=silent)
        running = _engine(home)
        running.wait_until_ready(threading.Event())
        transaction.set_rollback(True)
    yield running
    running.end()


@pytest.fixture
def by_road(served: serving.Engine, settings: Settings) -> Iterator[str]:
    """The city uses that engine."""
    settings.ROUTING_URL = served.url
    engine.wake()
    yield served.url
    engine.wake()


def test_roads_that_cross_meet_and_an_end_just_before_a_road_leads_onto_it():
    across = LineString([(116.30, 39.95), (116.32, 39.95)])
    through = LineString([(116.31, 39.94), (116.31, 39.96)])
    almost = LineString([(116.315, 39.9502), (116.315, 39.96)])  # 22 m short of the first
    away = LineString([(116.316, 39.951), (116.316, 39.96)])  # 110 m short: nobody drives from it to the others

    woven = network.woven(["MAIN"] * 4, [across, through, almost, away])

    assert woven.lonely == 2
    assert (1_163_100_000, 399_500_000) in woven.nodes


def test_a_road_longer_than_the_format_holds_is_cut_without_a_gap():
    line = LineString([(116.3 + number / 100_000, 39.9) for number in range(5000)])

    woven = network.woven(["MAIN"], [line])

    assert [len(way.nodes) for way in woven.ways] == [1901, 1901, 1200]
    assert woven.ways[0].nodes[-1] == woven.ways[1].nodes[0] and woven.lonely == 0


@needs_engine
def test_a_unit_across_the_river_is_reckoned_over_the_bridge(by_road: str):
    [travel] = selectors.travel_times([WEST_BANK], EAST_BANK, speed_kmh=[40.0])

    assert not travel.is_estimate
    assert travel.metres == pytest.approx(7_500, rel=0.05)  # 850 m as the crow flies
    assert travel.seconds > 4 * selectors.straight_line(WEST_BANK, EAST_BANK, kmh=40).seconds


@needs_engine
def test_a_type_of_unit_half_as_fast_takes_twice_as_long_on_the_same_roads(by_road: str):
    car, slow = selectors.travel_times([WEST_BANK, WEST_BANK], EAST_BANK, speed_kmh=[40.0, 20.0])

    assert slow.seconds == pytest.approx(2 * car.seconds) and slow.metres == car.metres


@needs_engine
def test_one_unit_far_from_every_road_is_estimated_and_the_others_are_not(by_road: str):
    answers = selectors.travel_times([WEST_BANK, MOON, EAST_BANK], Position(116.31, 39.92), speed_kmh=[40.0] * 3)

    assert [one.is_estimate for one in answers] == [False, True, False]


@needs_engine
def test_an_incident_off_the_network_gets_estimates_for_all(by_road: str):
    assert all(one.is_estimate for one in selectors.travel_times([WEST_BANK, EAST_BANK], MOON, speed_kmh=[40.0, 40.0]))


@needs_engine
def test_a_unit_off_the_road_is_never_nearer_than_the_crow_flies(by_road: str):
    in_the_field = Position(116.28, 39.90)  # 1.7 km west of the bank, where no road is

    [travel] = selectors.travel_times([in_the_field], WEST_BANK, speed_kmh=[40.0])

    assert travel.metres == pytest.approx(selectors.metres_between(in_the_field, WEST_BANK), rel=0.01)
    assert travel.seconds > 100


def test_a_dispatcher_gets_estimates_at_once_when_the_engine_is_dead(settings: Settings):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        settings.ROUTING_URL = f"http://127.0.0.1:{taken.getsockname()[1]}"
        engine.wake()
        began = time.monotonic()
        answers = selectors.travel_times([WEST_BANK], EAST_BANK, speed_kmh=[40.0])

    assert answers[0].is_estimate and time.monotonic() - began < 0.5
    engine.wake()


def test_a_hanging_engine_delays_one_dispatch_by_its_deadline_and_the_next_not_at_all(settings: Settings):
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen()
        settings.ROUTING_URL = f"http://127.0.0.1:{deaf.getsockname()[1]}"
        engine.wake()
        took = []
        for _attempt in range(2):
            began = time.monotonic()
            answers = selectors.travel_times([WEST_BANK] * 250, EAST_BANK, speed_kmh=[40.0] * 250)
            took.append(time.monotonic() - began)

    assert all(one.is_estimate for one in answers)
    assert took[0] < 1.6 and took[1] < 0.1
    engine.wake()


@needs_engine
def test_building_the_network_is_told_in_the_journal_and_is_stale_once_the_roads_change(routed: Path):
    assert selectors.routes_are_stale()

    tiles = services.build_routes(SYSTEM, extract=None, now=NOW, progress=silent)

    assert Entry.objects.filter(name="gis.routes_built", data__version=tiles.version).exists()
    assert not selectors.routes_are_stale()
    services.replace_ground(SYSTEM, ground=two_banks(), now=NOW)
    assert selectors.routes_are_stale()
    assert services.build_routes(SYSTEM, extract=None, now=NOW, progress=silent).version == tiles.version  # the same roads


@needs_engine
def test_a_network_of_an_extract_is_not_built_over_when_the_roads_of_the_gazetteer_change(routed: Path):
    extract = routed / "town.osm.pbf"
    network.write(network.woven(*network.loaded_roads()), extract, silent)

    call_command("build_routes", str(extract))
    services.replace_ground(SYSTEM, ground=two_banks(), now=NOW)

    assert (roads.current() or pytest.fail("none")).source == "town.osm.pbf"
    assert not selectors.routes_are_stale()


@needs_engine
def test_a_file_that_is_no_extract_leaves_the_network_as_it_is(routed: Path):
    before = services.build_routes(SYSTEM, extract=None, now=NOW, progress=silent)
    broken = routed / "broken.osm.pbf"
    broken.write_bytes(b"this is no map" * 100)

    with pytest.raises(CommandError):
        call_command("build_routes", str(broken))
    with pytest.raises(CommandError):
        call_command("build_routes", str(routed / "missing.osm.pbf"))

    assert (roads.current() or pytest.fail("none")).version == before.version
    assert not list((routed / "routes").glob(".making-*"))


@needs_engine
def test_without_roads_there_is_nothing_to_build(routed: Path):
    services.replace_ground(SYSTEM, ground=Ground("test", [], [], []), now=NOW)

    with pytest.raises(building.NoRoads):
        services.build_routes(SYSTEM, extract=None, now=NOW, progress=silent)


def test_without_the_engine_the_reason_is_said_in_words(routed: Path, settings: Settings):
    settings.ROUTING_PROGRAMS = routed / "nowhere"

    with pytest.raises(CommandError, match=r"routing engine|路"):
        call_command("build_routes")


def test_a_dispatcher_may_not_build_the_network(dispatcher: Actor, routed: Path):
    with pytest.raises(Forbidden):
        services.build_routes(dispatcher, extract=None, now=NOW, progress=silent)


@needs_engine
def test_the_engine_changes_over_to_a_new_network_and_ends_with_its_watcher(routed: Path):
    first = services.build_routes(SYSTEM, extract=None, now=NOW, progress=silent)
    stop, told = threading.Event(), []
    watcher = threading.Thread(target=serving.serve, args=(_seat(routed), stop, told.append))
    watcher.start()
    try:
        _until(lambda: _served_version() == first.version)
        ground = two_banks()
        more = [*ground.roads, road("S", "南桥", "South Bridge", (116.2999, 39.9005), (116.3101, 39.9005))]
        services.replace_ground(SYSTEM, ground=Ground("test", more, [], []), now=NOW)
        second = services.build_routes(SYSTEM, extract=None, now=NOW, progress=silent)
        _until(lambda: _served_version() == second.version)

        [travel] = selectors.travel_times([WEST_BANK], EAST_BANK, speed_kmh=[40.0])

        assert not travel.is_estimate and travel.metres < 1_200
    finally:
        stop.set()
        watcher.join(10)
    assert not roads.address_file().exists() and len(told) == 2


@needs_engine
def test_a_killed_engine_is_noticed_so_that_the_supervisor_starts_it_again(routed: Path):
    services.build_routes(SYSTEM, extract=None, now=NOW, progress=silent)
    running = _engine(routed)
    running.wait_until_ready(threading.Event())

    os.kill(running.pid, signal.SIGKILL)

    _until(running.has_ended)
    assert not running.answers()
    running.end()


def _seat(home: Path) -> serving.Seat:
    return serving.Seat(PROGRAMS, home / "routes", home / "run" / "routing.json")


def _engine(home: Path) -> serving.Engine:
    seat = _seat(home)
    return serving.Engine(seat, seat.tiles() or pytest.fail("no network"))


def _served_version() -> str:
    address = engine.address()
    return address.version if address else ""


def _until(holds: object) -> None:
    until = time.monotonic() + 15
    while not holds():  # type: ignore[operator]
        assert time.monotonic() < until
        time.sleep(0.05)


def test_an_extract_written_from_roads_can_be_read_by_any_tool_for_openstreetmap(tmp_path: Path):
    target = tmp_path / "roads.osm.pbf"

    network.write(network.woven(["RING"], [LineString([(116.3, 39.9), (116.31, 39.9)])]), target, silent)

    [way] = [dict(one.tags) for one in osmium.FileProcessor(str(target), osmium.osm.WAY)]
    assert way == {"highway": "trunk", "maxspeed": "70", "oneway": "no"}


@needs_engine
def test_what_is_reached_in_minutes_follows_the_roads_and_not_the_circle(by_road: str):
    [near_bridge, far_from_it] = selectors.reached_from(
        [Position(116.3001, 39.9291), Position(116.3001, 39.9011)], minutes=[4, 8], speed_kmh=[40.0, 40.0], seconds=10
    )
    across = Point(116.31, 39.915)

    assert not near_bridge.is_estimate and near_bridge.areas[0].buffer(0.001).contains(across)
    assert not far_from_it.areas[0].buffer(0.001).contains(across) and far_from_it.areas[1].buffer(0.001).contains(across)


def test_what_cannot_be_worked_out_in_time_is_a_circle_that_says_so(settings: Settings):
    settings.ROUTING_URL = "http://127.0.0.1:9"
    engine.wake()

    [reached] = selectors.reached_from([WEST_BANK], minutes=[4, 8, 12], speed_kmh=[40.0], seconds=1)

    assert reached.is_estimate
    width = reached.areas[0].bounds[2] - reached.areas[0].bounds[0]
    assert width * 85_400 / 2 == pytest.approx(40 / 3.6 * 240 / 1.35, rel=0.06)
    engine.wake()


@needs_engine
def test_a_city_without_a_network_serves_as_soon_as_its_builder_has_made_one(routed: Path):
    stop, told = threading.Event(), []
    made = routed / "made"
    services.build_routes(SYSTEM, extract=None, now=NOW, progress=silent)
    (routed / "routes").rename(made)
    (routed / "routes").mkdir()
    builder = serving.Builder(["cp", "-a", f"{made}/.", f"{routed}/routes/"])
    watcher = threading.Thread(target=serving.serve, args=(_seat(routed), stop, told.append, builder))
    watcher.start()
    try:
        _until(lambda: bool(_served_version()))
    finally:
        stop.set()
        watcher.join(10)
    assert len(told) == 1


def test_thousands_of_units_that_roll_are_asked_about_as_a_few_hundred_places(settings: Settings):
    settings.ROUTING_URL = "http://127.0.0.1:9"
    engine.wake()
    everywhere = [Position(116.2 + n % 50 / 100, 39.7 + n // 50 / 100) for n in range(2500)]

    reached = selectors.reached_from(everywhere, minutes=[8], speed_kmh=[40.0] * 2500, seconds=1)

    assert len(reached) == 2500 and len({one.key for one in reached}) <= 400
    engine.wake()
