"""A caller reads what stands beside the road: two street signs, a stake, the number on a lamp post."""

import pytest
import shapely
from shapely import MultiLineString

from gis import selectors, services
from gis.marks import stake_metres
from gis.records import Ground, RoadRecord
from kit.geo import Position
from tests.gis.conftest import NOW, SYSTEM, place

pytestmark = pytest.mark.django_db


def line(code, kind, rank, name, name_en, points, ref=""):
    return RoadRecord(code, kind, rank, name, name_en, shapely.to_wkb(MultiLineString([points])), ref)


def stake(code, number, lon, lat, road="X1"):
    return place(
        code, "STAKE", f"京藏高速 {number}", f"Jingzang Expressway {number}", lon, lat, road=road, number=number, address=f"京藏高速 {number}"
    )


@pytest.fixture
def street(ground: Ground) -> Ground:
    """An expressway with three stakes and a bend, an avenue, and things with plates on them."""
    roads = [
        line("X1", "EXPRESSWAY", 1, "京藏高速", "Jingzang Expressway", [(116.40, 40.00), (116.40, 40.009), (116.40, 40.018)], ref="G6"),
        line("X2", "EXPRESSWAY", 1, "京承高速", "Jingcheng Expressway", [(116.45, 40.00), (116.45, 40.02)], ref="G45"),
        line("X3", "STREET", 3, "学院南路", "Xueyuan South Road", [(116.31, 39.965), (116.33, 39.965)]),
        line("X4", "STREET", 3, "四街", "Fourth Street", [(116.31, 39.978), (116.33, 39.978)]),
    ]
    places = [
        stake("S22", "K22", 116.40, 40.000),
        stake("S23", "K23", 116.40, 40.009),
        stake("S24", "K24", 116.40, 40.018),
        place("L1", "LAMP_POST", "路灯杆 LD-0123-45", "", 116.3201, 39.966, number="LD-0123-45", address="海淀区中关村南大街"),
        place("L2", "LAMP_POST", "路灯杆 LD-0999-45", "", 116.3301, 39.97, number="LD-0999-45", address="海淀区和平路"),
        place("F1", "HYDRANT", "消火栓 00045", "Hydrant 00045", 116.325, 39.97, number="00045", address="海淀区和平路"),
        place("F2", "HYDRANT", "消火栓 00145", "Hydrant 00145", 116.52, 39.875, number="00145", address="朝阳区建设路"),
        place("M1", "MANHOLE", "井盖 1101080104000123", "", 116.321, 39.97, number="1101080104000123", address="海淀区和平路"),
    ]
    made = Ground("street", roads, [], places)
    services.replace_ground(SYSTEM, ground=made, now=NOW)
    return made


def first(text, near=None):
    return selectors.find_places(text, near=near, limit=5)[0]


@pytest.mark.parametrize(
    ("typed", "spot"),
    [
        ("中关村南大街与学院南路口", (116.32, 39.965)),
        ("中关村南大街学院南路口", (116.32, 39.965)),
        ("中关村南大街与学院南路交叉口", (116.32, 39.965)),
        ("中关村南与和平路口", (116.32, 39.97)),
        ("zgcndj & xynl", (116.32, 39.965)),
        ("zgcndj xynl", (116.32, 39.965)),
        ("zhongguancunnandajie / hepinglu", (116.32, 39.97)),
        ("zgcn/hepi", (116.32, 39.97)),
        ("Zhongguancun South Ave & Heping Rd", (116.32, 39.97)),
        ("heping rd. at zhongguancun s ave", (116.32, 39.97)),
        ("Fourth St & Zhongguancun South Ave", (116.32, 39.978)),
    ],
)
def test_a_caller_between_two_street_signs_is_found(street: Ground, typed, spot):
    found = first(typed)

    assert found.kind == "CROSSING"
    assert (found.position.lon, found.position.lat) == pytest.approx(spot, abs=1e-6)


def test_a_crossing_guessed_from_beginnings_is_less_sure_than_one_named_in_full(street: Ground):
    assert first("中关村南大街与学院南路").confidence == 1.0
    assert first("中关村南与学院南").confidence < 0.9


def test_the_name_of_one_place_in_latin_letters_is_not_taken_for_two_roads(street: Ground):
    assert first("anhe hospital").kind == "HOSPITAL"
    assert all(one.kind != "CROSSING" for one in selectors.find_places("heping lu", near=None, limit=5))


def test_two_carriageways_over_two_others_are_one_crossing(street: Ground):
    twin = [(116.3203, 39.96), (116.3203, 39.98)]
    road = line("T1", "MAIN", 2, "中关村南大街", "Zhongguancun South Avenue", twin)
    services.replace_ground(SYSTEM, ground=Ground("twin", [road], [], []), now=NOW)

    found = selectors.find_places("中关村南大街与和平路", near=None, limit=5)

    assert [one.kind for one in found].count("CROSSING") == 1


@pytest.mark.parametrize(
    "typed",
    [
        "京藏高速K23+500",
        "京藏高速 k23+500处",
        "京藏高速桩号23.5",
        "京藏高速23.5公里处",
        "京藏高速23公里500米",
        "G6 K23+500",
        "G6京藏高速进京方向K23+500",
        "京藏 k23.5",
        "jzgs k23.5",
        "Jingzang Expressway km 23.5",
    ],
)
def test_a_driver_who_reads_a_stake_is_found_between_the_two_that_stand_there(street: Ground, typed):
    found = first(typed)

    assert (found.kind, found.name) == ("STAKE", "京藏高速 K23+500")
    assert (found.position.lon, found.position.lat) == pytest.approx((116.40, 40.0135), abs=1e-4)
    assert found.confidence == 1.0


def test_the_stake_itself_is_where_it_stands(street: Ground):
    assert first("京藏高速K23").position == Position(116.40, 40.009)


def test_a_stake_beyond_the_last_known_one_is_given_with_little_confidence(street: Ground):
    found = first("京藏高速K24+600")

    assert found.position == Position(116.40, 40.018)
    assert found.confidence < 0.5
    assert all(one.kind != "STAKE" for one in selectors.find_places("京藏高速K90", near=None, limit=5))


def test_a_road_without_stakes_is_never_given_a_made_up_place(street: Ground):
    assert all(one.kind != "STAKE" for one in selectors.find_places("京承高速K5+200", near=None, limit=5))


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ("LD-0123-45", "路灯杆 LD-0123-45"),
        ("ld012345", "路灯杆 LD-0123-45"),
        ("ＬＤ０１２３", "路灯杆 LD-0123-45"),
        ("路灯杆LD0123", "路灯杆 LD-0123-45"),
        ("灯杆编号 0999-45", "路灯杆 LD-0999-45"),
        ("消火栓00045", "消火栓 00045"),
        ("和平路消火栓45号", "消火栓 00045"),
        ("和平路消火栓", "消火栓 00045"),
        ("hydrant no. 145", "消火栓 00145"),
        ("井盖0123", "井盖 1101080104000123"),
        ("1101080104000123", "井盖 1101080104000123"),
        ("manhole 8010400", "井盖 1101080104000123"),
    ],
)
def test_a_caller_reads_the_number_on_a_plate_or_part_of_it(street: Ground, typed, wanted):
    assert first(typed).name == wanted


def test_of_two_hydrants_whose_numbers_end_alike_the_nearer_comes_first(street: Ground):
    assert first("消火栓45", near=Position(116.52, 39.875)).name == "消火栓 00145"
    assert first("消火栓45", near=Position(116.325, 39.97)).name == "消火栓 00045"


def test_a_whole_number_is_surer_than_its_end(street: Ground):
    found = selectors.find_places("消火栓00145", near=Position(116.325, 39.97), limit=5)

    assert (found[0].name, found[0].confidence) == ("消火栓 00145", 1.0)
    assert first("消火栓 145").confidence < 1.0


def test_a_house_number_is_still_a_house(street: Ground):
    assert first("中关村南大街27号").kind == "HOUSE"
    assert first("zgcndj27").kind == "HOUSE"


@pytest.mark.parametrize(
    ("written", "metres"),
    [("K23+500", 23_500), ("k23", 23_000), ("23.5", 23_500), ("23", 23_000), ("12 mi", 19_312), ("x", None), ("", None), ("K23+5000", None)],
)
def test_a_file_writes_stakes_in_several_ways(written, metres):
    assert stake_metres(written) == metres


@pytest.mark.parametrize("typed", ["k" * 200, "高速K" * 40, "消火栓" * 40, "与".join(["和平路"] * 30), "& " * 60, "K+K+K+K", "桩号", "路灯%_\\ 1"])
def test_nonsense_of_streets_breaks_nothing(street: Ground, typed):
    selectors.find_places(typed, near=None, limit=10)
