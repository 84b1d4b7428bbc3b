"""How long units take to a place, by road where roads can be looked at."""

import pytest

from gis import selectors
from kit.geo import Position

SQUARE = Position(116.3975, 39.9087)


def test_without_roads_the_dispatcher_gets_an_estimate_for_each_unit_in_their_order_and_is_told_so():
    slow, fast, here = selectors.travel_times([Position(116.41, 39.91), Position(116.41, 39.91), SQUARE], SQUARE, speed_kmh=[20.0, 40.0, 40.0])

    assert all(travel.is_estimate for travel in (slow, fast, here))
    assert slow.seconds == pytest.approx(2 * fast.seconds) and fast.seconds > 0
    assert (here.seconds, here.metres) == (0, 0)


def test_no_units_take_no_time():
    assert selectors.travel_times([], SQUARE, speed_kmh=[]) == []


def test_each_unit_needs_its_own_speed():
    with pytest.raises(ValueError):
        selectors.travel_times([SQUARE], SQUARE, speed_kmh=[])
