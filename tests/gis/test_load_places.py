"""A keeper of reference data loads the city's own places from files that nobody vouches for."""

import csv
import io
import json
from pathlib import Path

import osmium
import pytest
from django.core.management import CommandError, call_command
from osmium.osm.mutable import Node, Way

from gis import selectors
from gis.models import Place, Road
from gis.records import Ground
from journal.models import Entry

pytestmark = pytest.mark.django_db

HYDRANTS = "编码,名称,编号,道路,经度,纬度\nF1,,XH00045,和平路,116.325,39.97\nF2,消火栓乙,XH00046,和平路,116.326,39.97\n"


@pytest.fixture
def write(tmp_path: Path):
    """A file with the given text or bytes."""

    def written(name: str, content: str | bytes) -> Path:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return written


def load(path: Path, **options) -> dict[str, int]:
    out = io.StringIO()
    call_command("load_places", str(path), rejected=path.with_suffix(".rejected"), stdout=out, stderr=io.StringIO(), **options)
    return json.loads(out.getvalue().splitlines()[-1])


def reasons(path: Path) -> list[str]:
    with path.with_suffix(".rejected").open(encoding="utf-8-sig", newline="") as file:
        return [row["reason"] for row in csv.DictReader(file)]


def test_a_keeper_loads_the_hydrants_of_the_waterworks_and_a_call_taker_finds_one(ground: Ground, write):
    counts = load(write("hydrants.csv", HYDRANTS), source="water", kind="HYDRANT")

    assert counts == {
        **dict.fromkeys(("places_changed", "places_removed", "roads_added", "roads_changed", "roads_removed", "rejected"), 0),
        "places_added": 2,
    }
    found = selectors.find_places("消火栓45", near=None, limit=3)[0]
    assert (found.kind, found.name) == ("HYDRANT", "消火栓 XH00045")
    row = Place.objects.get(source="water", code="F1")
    assert (row.road.name, row.plate) == ("和平路", "xh00045")


def test_loading_the_same_file_twice_changes_nothing_and_keeps_every_id(ground: Ground, write):
    path = write("hydrants.csv", HYDRANTS)
    load(path, source="water", kind="HYDRANT")
    before = dict(Place.objects.values_list("code", "pk"))

    again = load(path, source="water", kind="HYDRANT")

    assert (again["places_added"], again["places_changed"], again["places_removed"]) == (0, 0, 0)
    assert dict(Place.objects.values_list("code", "pk")) == before


def test_a_new_file_of_a_source_replaces_its_old_places_and_no_one_elses(ground: Ground, write):
    load(write("hydrants.csv", HYDRANTS), source="water", kind="HYDRANT")
    others = Place.objects.exclude(source="water").count()

    moved = HYDRANTS.replace("116.325", "116.329").replace("F2", "F3")
    counts = load(write("hydrants.csv", moved), source="water", kind="HYDRANT")

    assert (counts["places_added"], counts["places_changed"], counts["places_removed"]) == (1, 1, 1)
    assert Place.objects.exclude(source="water").count() == others
    assert Place.objects.get(code="F1").point.x == 116.329


def test_the_loading_stands_in_the_journal(ground: Ground, write):
    load(write("hydrants.csv", HYDRANTS), source="water", kind="HYDRANT")

    entry = Entry.objects.filter(name="gis.ground_replaced").latest("id")
    assert entry.data["places"] == 2


def test_a_dry_run_counts_and_keeps_nothing(ground: Ground, write):
    assert load(write("hydrants.csv", HYDRANTS), source="water", kind="HYDRANT", dry_run=True)["places_added"] == 2
    assert not Place.objects.filter(source="water").exists()


def test_what_cannot_be_used_is_told_with_its_line_and_harms_nothing_else(ground: Ground, write):
    good = "".join(f"G{number},HOSPITAL,医院{number},116.3,39.9\n" for number in range(20))
    bad = (
        "B1,HOSPITAL,天边医院,216.3,39.9\nB2,CASTLE,城堡,116.3,39.9\n,HOSPITAL,无码医院,116.3,39.9\nB4,HOSPITAL,,116.3,39.9\nB5,HOSPITAL,零点,0,0\n"
        'B6,HOSPITAL,"未关,116.3,39.9\nB7,HOSPITAL,数字,abc,39.9\nG1,HOSPITAL,重复,116.3,39.9\n'
        f"B9,HOSPITAL,{'长' * 500},116.3,39.9\nB10,HOSPITAL,{'x' * 70_000},116.3,39.9\nB11,HOSPITAL,NaN,nan,39.9\n"
    )
    path = write(
        "mixed.csv", ("code,kind,name,lon,lat\n" + bad + good).encode() + b"B12,HOSPITAL,\xff\xfe,116.3,39.9\nB13,HOSPITAL,a\0b,116.3,39.9\n"
    )

    counts = load(path, source="mixed", allow_rejected=50)

    assert (counts["places_added"], counts["rejected"]) == (20, 13)
    told = reasons(path)
    assert len(told) == 13
    assert {
        "the point lies off the earth",
        "the kind CASTLE is not known",
        "there is no code",
        "the point is 0, 0",
        "a quotation mark is not closed",
    } <= set(told)
    assert {"longitude or latitude is not a number", "the code stands twice in the file", "name is longer than 160 characters"} <= set(told)


def test_a_rejected_name_is_no_formula_for_the_spreadsheet_that_opens_it(ground: Ground, write):
    path = write("evil.csv", HYDRANTS + "=1+1,@SUM(A1),X1,,999,39\n")
    load(path, source="water", kind="HYDRANT", allow_rejected=50)

    with path.with_suffix(".rejected").open(encoding="utf-8-sig", newline="") as file:
        row = next(csv.DictReader(file))
    assert (row["code"], row["name"]) == ("'=1+1", "'@SUM(A1)")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("empty.csv", ""),
        ("heading.csv", "code,name,lon,lat\n"),
        ("other.csv", "a,b,c\n1,2,3\n"),
        ("latin.csv", b"\xff\xfe\x00\x01"),
        ("all_bad.csv", "code,kind,name,lon,lat\nB,HOTEL,x,999,99\n"),
        ("broken.geojson", '{"type":'),
        ("list.geojson", "[1]"),
        ("broken.osm.pbf", b"\x00\x00\x00\x0dnot a blob at all"),
        ("noise.osm.pbf", bytes(range(256)) * 40),
        ("places.exe", "x"),
    ],
)
def test_a_file_that_is_none_is_refused_and_what_was_there_stays(ground: Ground, write, name, content):
    load(write("hydrants.csv", HYDRANTS), source="water", kind="HYDRANT")

    with pytest.raises(CommandError) as refusal:
        load(write(name, content), source="water")

    assert str(refusal.value)
    assert Place.objects.filter(source="water").count() == 2


def test_a_file_of_which_much_is_bad_is_refused_until_the_keeper_allows_it(ground: Ground, write):
    path = write("half.csv", HYDRANTS + "F9,,X,,999,39\n")

    with pytest.raises(CommandError, match="3"):
        load(path, source="water", kind="HYDRANT")

    assert load(path, source="water", kind="HYDRANT", allow_rejected=40)["rejected"] == 1


def test_an_older_chinese_file_in_the_maps_own_system_is_read_when_said(ground: Ground, write):
    path = write("old.csv", '编码;名称;坐标\nA;安贞医院;"116.4074,39.9042"\n'.encode("gb18030"))

    load(path, source="old", kind="HOSPITAL", encoding="gb18030", system="GCJ02")

    row = Place.objects.get(source="old")
    assert row.name == "安贞医院"
    assert (row.point.x, row.point.y) == pytest.approx((116.40116, 39.90280), abs=1e-4)


def feature(code, geometry, **properties):
    return {"type": "Feature", "id": code, "properties": properties, "geometry": geometry}


def test_lines_of_a_geojson_file_are_roads_and_stakes_stand_on_them(ground: Ground, write):
    line = {"type": "LineString", "coordinates": [[116.4, 40.0], [116.4, 40.018]]}
    stakes = [
        feature(f"S{n}", {"type": "Point", "coordinates": [116.4, 40.0 + n * 0.009]}, kind="STAKE", number=f"K{22 + n}", road="G6") for n in range(3)
    ]
    park = {"type": "Polygon", "coordinates": [[[116.5, 40], [116.6, 40], [116.6, 40.1], [116.5, 40.1], [116.5, 40]]]}
    huge = feature("H", {"type": "Point", "coordinates": [10**300, 40]}, kind="PARK", name="太远")
    road = feature("X1", line, name="京藏高速", kind="EXPRESSWAY", ref="G6")
    features = [road, *stakes, feature("P", park, kind="PARK", name="柳林公园"), huge, 7]
    document = {"type": "FeatureCollection", "features": features}

    counts = load(write("roads.geojson", json.dumps(document)), source="roads", allow_rejected=40)

    assert (counts["roads_added"], counts["places_added"], counts["rejected"]) == (1, 5, 2)
    found = selectors.find_places("G6 K23+500", near=None, limit=1)[0]
    assert (found.position.lon, found.position.lat) == pytest.approx((116.4, 40.0135), abs=1e-4)
    assert selectors.find_places("柳林公园", near=None, limit=1)[0].position.lon == pytest.approx(116.55)


@pytest.fixture
def extract(tmp_path: Path) -> Path:
    """A small OpenStreetMap extract: an avenue in two ways, a street across, and things beside them."""
    path = tmp_path / "town.osm.pbf"
    nodes = {
        1: (116.60, 39.90),
        2: (116.61, 39.90),
        3: (116.62, 39.90),
        4: (116.61, 39.89),
        5: (116.61, 39.91),
        6: (116.603, 39.902),
        7: (116.604, 39.902),
        8: (116.604, 39.903),
    }
    things = {
        20: {"amenity": "hospital", "name": "通运医院", "name:en": "Tongyun Hospital"},
        21: {"emergency": "fire_hydrant", "ref": "TZ-7788"},
        22: {"highway": "street_lamp", "ref": "DG0099"},
        23: {"highway": "street_lamp"},
        24: {"addr:housenumber": "18", "addr:street": "通运大街"},
        25: {"highway": "milestone", "distance": "3"},
        26: {"shop": "bakery"},
    }
    with osmium.SimpleWriter(str(path)) as writer:
        for number, spot in nodes.items():
            writer.add_node(Node(id=number, location=spot))
        for number, tags in things.items():
            writer.add_node(Node(id=number, location=(116.6 + number / 10_000, 39.9001), tags=tags))
        writer.add_way(Way(id=100, nodes=[1, 2], tags={"highway": "primary", "name": "通运大街", "ref": "S211"}))
        writer.add_way(Way(id=101, nodes=[2, 3], tags={"highway": "secondary", "name": "通运大街"}))
        writer.add_way(Way(id=102, nodes=[4, 2, 5], tags={"highway": "residential", "name": "玉带河路"}))
        writer.add_way(Way(id=103, nodes=[6, 7, 8, 6], tags={"building": "yes", "name": "通运大厦"}))
        writer.add_way(Way(id=104, nodes=[900, 901], tags={"highway": "residential", "name": "境外路"}))
        writer.add_way(Way(id=105, nodes=[900, 901, 900], tags={"amenity": "school", "name": "境外小学"}))
    return path


def test_an_openstreetmap_extract_becomes_roads_and_places(ground: Ground, extract: Path):
    counts = load(extract, source="osm", allow_rejected=20)

    assert (counts["roads_added"], counts["rejected"]) == (2, 1)
    assert reasons(extract) == ["none of its points is in the file"]
    avenue = Road.objects.get(source="osm", name="通运大街")
    assert (avenue.kind, avenue.ref, len(avenue.line)) == ("MAIN", "S211", 2)
    kinds = dict(Place.objects.filter(source="osm").values_list("name", "kind"))
    assert kinds == {
        "通运大街": "ROAD", "玉带河路": "ROAD", "通运医院": "HOSPITAL", "消火栓 TZ-7788": "HYDRANT", "路灯杆 DG0099": "LAMP_POST",
        "通运大街18号": "HOUSE", "K3+000": "STAKE", "通运大厦": "OTHER",
    }  # fmt: skip
    assert Place.objects.get(name="K3+000").road == avenue


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ("通运大街与玉带河路口", "CROSSING"),
        ("tydj & ydhl", "CROSSING"),
        ("灯杆0099", "LAMP_POST"),
        ("消火栓7788", "HYDRANT"),
        ("通运大街18号", "HOUSE"),
        ("S211 K3", "STAKE"),
        ("tyyy", "HOSPITAL"),
    ],
)
def test_a_call_taker_finds_what_came_from_openstreetmap(ground: Ground, extract: Path, typed, wanted):
    load(extract, source="osm", allow_rejected=20)

    assert selectors.find_places(typed, near=None, limit=3)[0].kind == wanted


def test_an_extract_loaded_twice_changes_nothing(ground: Ground, extract: Path):
    load(extract, source="osm", allow_rejected=20)

    again = load(extract, source="osm", allow_rejected=20)

    assert sum(count for name, count in again.items() if name != "rejected") == 0
