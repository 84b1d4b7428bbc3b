"""A first visitor sees a Beijing that is approximate where it is real and invented elsewhere, and the same every time."""

import statistics
import time
from dataclasses import asdict

import pytest
import shapely

from access.models import Region
from gis import selectors
from gis.demo import city
from gis.records import Ground
from kit.geo import Position

pytestmark = pytest.mark.django_db


def test_the_same_seed_gives_the_same_city_to_the_last_digit():
    one, other = city.ground(7), city.ground(7)

    assert [asdict(place) for place in one.places] == [asdict(place) for place in other.places]
    assert [road.line for road in one.roads] == [road.line for road in other.roads]
    assert [area.outline for area in one.areas] == [area.outline for area in other.areas]
    assert [place.code for place in one.places] != [place.code for place in city.ground(8).places]


def test_sixteen_districts_fill_the_city_without_gap_or_overlap():
    shapes = {record.code: shapely.from_wkb(record.outline) for record in city.regions()}
    by_level = {level: [shapes[record.code] for record in city.regions() if record.level == level] for level in ("CITY", "DISTRICT", "STREET")}

    assert len(by_level["DISTRICT"]) == 16
    for level in ("DISTRICT", "STREET"):
        whole = sum(shape.area for shape in by_level[level])
        assert whole == pytest.approx(by_level["CITY"][0].area, rel=1e-4)
        assert shapely.union_all(by_level[level]).area == pytest.approx(whole, rel=1e-4)


def test_every_place_has_a_name_in_both_languages_and_a_code_of_its_own():
    ground = city.ground(1)

    assert len({place.code for place in ground.places}) == len(ground.places)
    assert all(place.name and place.name_en for place in ground.places)
    assert all(place.address.endswith(place.name) for place in ground.places if place.kind == "HOUSE")


def test_the_districts_are_where_people_know_them(synthetic_city: Ground):
    known = {
        "东城区": (116.416, 39.929),
        "海淀区": (116.298, 39.960),
        "通州区": (116.656, 39.910),
        "延庆区": (115.975, 40.457),
        "密云区": (116.843, 40.377),
    }
    for name, (lon, lat) in known.items():
        street = selectors.region_at(Position(lon, lat))

        assert street.level == "STREET"
        assert street.get_parent().name == name


def test_every_region_is_labelled_approximate_with_its_source(synthetic_city: Ground):
    assert not Region.objects.filter(is_approximate=False).exists()
    assert not Region.objects.filter(source="").exists()


def test_a_region_a_name_and_an_address_are_found_in_milliseconds(synthetic_city: Ground):
    here = Position(116.327, 39.98)
    questions = {
        "region": lambda: selectors.region_at(here),
        "address": lambda: selectors.nearest_address(here),
        "initials": lambda: selectors.find_places("zgcnd", near=here, limit=10),
        "chinese": lambda: selectors.find_places("中关村南大街", near=here, limit=10),
        "two characters": lambda: selectors.find_places("医院", near=here, limit=10),
        "crossing": lambda: selectors.find_places("二环路与中关村南大街", near=here, limit=10),
    }
    for name, ask in questions.items():
        took = []
        for _ in range(5):
            start = time.perf_counter()
            assert ask() is not None
            took.append(time.perf_counter() - start)
        assert statistics.median(took) < 0.15, name


def test_avenues_meet_the_ring_roads(synthetic_city: Ground):
    roads = {road.code: road for road in synthetic_city.roads}
    ring = next(road for road in roads.values() if road.name == "三环路")
    avenue = next(road for road in roads.values() if road.kind == "MAIN" and shapely.intersects(*map(shapely.from_wkb, (road.line, ring.line))))

    found = selectors.find_places(f"{ring.name}与{avenue.name}", near=None, limit=3)

    assert found[0].kind == "CROSSING"
    assert set(found[0].name.split(" / ")) == {ring.name, avenue.name}
