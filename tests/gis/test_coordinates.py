"""Shifted coordinates come back to the last bits, and nothing can be shifted twice."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis.coordinates import Coordinate, System
from kit.errors import Invalid

# Beside longitude 105 the published shift maps two points 2e-7 m apart to one: no inverse can tell them.
in_china = st.tuples(st.floats(73, 135).filter(lambda lon: abs(lon - 105) > 1e-9), st.floats(4, 53))


def metres_between(one: Coordinate, other: Coordinate) -> float:
    east = math.radians(other.lon - one.lon) * math.cos(math.radians(one.lat)) * 6371008.8
    north = math.radians(other.lat - one.lat) * 6371008.8
    return math.hypot(east, north)


@pytest.mark.parametrize("system", [System.GCJ02, System.BD09])
@given(here=in_china)
def test_a_shifted_point_comes_back_within_ten_nanometres(system, here):
    original = Coordinate(*here, System.WGS84)

    back = original.to(system).to(System.WGS84)

    assert metres_between(original, back) <= 1e-8


@given(here=in_china)
def test_the_shift_moves_a_chinese_point_by_hundreds_of_metres(here):
    original = Coordinate(*here, System.WGS84)
    shifted = original.to(System.GCJ02)

    assert 5 < metres_between(original, shifted) < 1500


@pytest.mark.parametrize(
    ("given_system", "given_pair", "wanted_system", "wanted_pair"),
    [
        # Test points that public implementations share; some take 6378137 m for the axis, which makes five centimetres.
        (System.WGS84, (121.5272106, 31.1774276), System.GCJ02, (121.531541859215, 31.17530398364597)),
        (System.WGS84, (113.912316, 22.543847), System.GCJ02, (113.9171764808363, 22.540796131694766)),
        (System.WGS84, (116.377817, 39.911954), System.GCJ02, (116.38404722455657, 39.91334545536069)),
        (System.GCJ02, (116.404, 39.915), System.BD09, (116.41036949371, 39.92133699351)),
        (System.BD09, (116.404, 39.915), System.GCJ02, (116.39762729119, 39.90865673957)),
    ],
)
def test_known_points_are_where_others_put_them(given_system, given_pair, wanted_system, wanted_pair):
    answer = Coordinate(*given_pair, given_system).to(wanted_system)

    assert metres_between(answer, Coordinate(*wanted_pair, wanted_system)) < 0.06


def test_converting_twice_changes_nothing():
    once = Coordinate(116.404, 39.915, System.GCJ02).to(System.WGS84)

    assert once.to(System.WGS84) is once
    assert once.position == once.to(System.WGS84).position


def test_a_point_outside_china_is_not_shifted():
    for system in System:
        assert Coordinate(-122.4194, 37.7749, system).to(System.WGS84) == Coordinate(-122.4194, 37.7749, System.WGS84)


@given(lon=st.floats(71.9, 72.1), lat=st.floats(20, 40))
def test_at_the_edge_of_the_shifted_box_the_way_back_stays_within_the_shift(lon, lat):
    original = Coordinate(lon, lat, System.WGS84)

    back = original.to(System.GCJ02).to(System.WGS84)

    assert metres_between(original, back) < 1500


def test_the_national_system_is_taken_as_wgs84():
    assert Coordinate(116.4, 39.9, System.CGCS2000).position == Coordinate(116.4, 39.9, System.WGS84).position


@pytest.mark.parametrize("pair", [(math.nan, 39.9), (1e300, 39.9), (116.4, math.inf), (181.0, 0.0), (116.4, -90.5)])
def test_a_coordinate_off_the_earth_is_refused_before_any_geometry_library_sees_it(pair):
    with pytest.raises(Invalid):
        Coordinate(*pair, System.WGS84)
