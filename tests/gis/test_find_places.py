"""A call-taker types what the caller says, in any of the ways people type a place."""

import pytest
from django.db import connection

from gis import selectors
from gis.records import Ground
from kit.geo import Position

NEAR_WEST, NEAR_EAST = Position(116.32, 39.97), Position(116.52, 39.875)

pytestmark = pytest.mark.django_db


def names(text: str, near: Position | None = None, limit: int = 10) -> list[str]:
    return [found.name for found in selectors.find_places(text, near=near, limit=limit)]


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ("中关村南大街", "中关村南大街"),
        ("中关村南大街27号", "中关村南大街27号"),
        ("关村南大", "中关村南大街"),
        ("医院", "安和医院"),
        ("安和", "安和医院"),
        ("zgcnd", "中关村南大街"),
        ("zgcndj27", "中关村南大街27号"),
        ("zhongguancunnan", "中关村南大街"),
        ("Zhong guan cun nan da jie", "中关村南大街"),
        ("anhe hospital", "安和医院"),
        ("27 Zhongguancun South Avenue", "中关村南大街27号"),
        ("Zhongguancun South", "中关村南大街"),
        ("海淀 27号", "中关村南大街27号"),
        ("ＺＧＣＮＤ", "中关村南大街"),
        ("中官村南大街", "中关村南大街"),
    ],
)
def test_a_call_taker_finds_a_place_however_it_is_typed(ground: Ground, typed, wanted):
    assert names(typed)[0] == wanted


def test_the_very_name_comes_before_its_houses(ground: Ground):
    found = selectors.find_places("中关村南大街", near=None, limit=10)

    assert [one.kind for one in found] == ["ROAD", "HOUSE", "HOUSE", "HOUSE", "HOUSE"]
    assert found[0].confidence == 1.0
    assert found[1].confidence < 1.0


def test_of_two_streets_with_one_name_the_nearer_comes_first(ground: Ground):
    west = selectors.find_places("建设路", near=NEAR_WEST, limit=2)
    east = selectors.find_places("建设路", near=NEAR_EAST, limit=2)

    assert [one.address for one in west] == ["海淀区建设路", "朝阳区建设路"]
    assert [one.address for one in east] == ["朝阳区建设路", "海淀区建设路"]
    assert east[0].distance_m == pytest.approx(0, abs=1)


@pytest.mark.parametrize(
    "typed",
    [
        "中关村南大街与和平路",
        "和平路和中关村南大街",
        "中关村南大街 和平路",
        "中关村南大街/和平路",
        "和平路与中关村南大街交叉口",
        "Zhongguancun South Avenue & Heping Road",
    ],
)
def test_two_roads_give_their_crossing(ground: Ground, typed):
    found = selectors.find_places(typed, near=None, limit=5)[0]

    assert found.kind == "CROSSING"
    assert (found.position.lon, found.position.lat) == pytest.approx((116.32, 39.97), abs=1e-6)


def test_a_road_named_with_the_word_and_is_still_found(ground: Ground):
    assert selectors.find_places("和平路和建设路", near=None, limit=5) == [] or names("和平路和建设路")[0] != "和平路"
    assert selectors.find_places("和平路", near=None, limit=5)[0].kind != "CROSSING"


def test_roads_that_do_not_meet_have_no_crossing(ground: Ground):
    assert all(one.kind != "CROSSING" for one in selectors.find_places("中关村南大街与远处路", near=None, limit=5))


def test_a_coordinate_is_a_place_with_the_nearest_address(ground: Ground):
    found = selectors.find_places("39.9627, 116.3202", near=NEAR_WEST, limit=5)

    assert [one.kind for one in found] == ["COORDINATE"]
    assert found[0].address == "海淀区中关村街道中关村南大街27号"
    assert found[0].distance_m == pytest.approx(812, rel=0.02)


@pytest.mark.parametrize(
    "typed", ["", "   ", "%", "_", "%%%%", "\\", "'; DROP TABLE gis_place; --", "\x00", "没有这个地方", "(((", "a" * 5000, "路" * 5000]
)
def test_nonsense_finds_nothing_and_breaks_nothing(ground: Ground, typed):
    assert selectors.find_places(typed, near=None, limit=10) == [] or typed not in {"%", "_", "%%%%"}


def test_a_percent_sign_means_itself(ground: Ground):
    assert names("100%广场") == ["100%广场"]
    assert names("%广场") == ["100%广场"]


def test_the_list_is_never_longer_than_asked(ground: Ground):
    assert len(selectors.find_places("中关村", near=None, limit=3)) == 3
    assert len(selectors.find_places("中关村", near=None, limit=-5)) == 1


def test_a_point_has_its_house_its_road_or_nothing(ground: Ground):
    assert selectors.nearest_address(Position(116.3201, 39.9628)).name == "中关村南大街27号"
    by_the_road = selectors.nearest_address(Position(116.52, 39.879))
    assert (by_the_road.name, by_the_road.place_id) == ("建设路", None)
    assert selectors.nearest_address(Position(115.5, 39.0)) is None


@pytest.mark.parametrize(
    ("question", "index"),
    [
        ("SELECT id FROM gis_place WHERE search LIKE '%%关村南%%' LIMIT 5", "place_search"),
        ("SELECT id FROM gis_place WHERE grams @> ARRAY['医院', '人民']::varchar[]", "place_grams"),
        ("SELECT id FROM gis_place WHERE initials LIKE 'zgcnd%%' ORDER BY rank LIMIT 5", "place_initials"),
        ("SELECT id FROM gis_place WHERE name LIKE '中关%%' LIMIT 5", "place_name"),
        (
            "SELECT id FROM gis_place WHERE kind = 'HOUSE' ORDER BY point::geography <-> 'SRID=4326;POINT(116.4 39.9)'::geography LIMIT 1",
            "place_house_ground",
        ),
        ("SELECT id FROM gis_road ORDER BY line::geography <-> 'SRID=4326;POINT(116.4 39.9)'::geography LIMIT 1", "road_ground"),
    ],
)
def test_each_way_of_asking_has_its_index(synthetic_city: Ground, question, index):
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE gis_place, gis_road")
        cursor.execute("EXPLAIN " + question.replace("%%", "%"))
        plan = "\n".join(row[0] for row in cursor.fetchall())

    assert index in plan
