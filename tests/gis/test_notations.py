"""A caller, a drone pilot and a phone write the same place in different ways."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis.coordinates import System
from gis.notations import CoordinateUnreadable, Order, parse

LON, LAT = 116.4074, 39.9042


def read(text, order=Order.AUTO):
    answer = parse(text, system=System.WGS84, order=order)
    return answer.lon, answer.lat


@pytest.mark.parametrize(
    "text",
    [
        "39.9042,116.4074",
        "116.4074,39.9042",
        "39.9042 116.4074",
        "116.4074，39.9042",
        "(39.9042, 116.4074)",
        "N39.9042 E116.4074",
        "39.9042N, 116.4074E",
        "116.4074°E 39.9042°N",
        "39.9042°, 116.4074°",
        "39°54'15.12\"N 116°24'26.64\"E",
        "39°54′15.12″ 116°24′26.64″",
        "39 54 15.12 N 116 24 26.64 E",
        "39:54:15.12 116:24:26.64",
        "39°54.252'N 116°24.444'E",
        "39 54.252, 116 24.444",
        "3954.252N 11624.444E",
        "北纬39度54分15.12秒，东经116度24分26.64秒",
        "东经116.4074度 北纬39.9042度",
        "纬度：39.9042 经度：116.4074",
        "lat=39.9042&lng=116.4074",
        "Longitude: 116.4074, Latitude: 39.9042",
        '{"lat": 39.9042, "lon": 116.4074}',
        "geo:39.9042,116.4074",
        "geo:39.9042,116.4074;u=35",
        "geo:39.9042,116.4074?z=17",
        "３９.９０４２，１１６.４０７４",
        "39°54’15.12”北 116°24’26.64”东",
        "北39.9042 东116.4074",
        "坐标：116.4074，39.9042",
        "39.9042 degrees north, 116.4074 degrees east",
        "N39-54-15.12 E116-24-26.64",
        "39d54m15.12s N 116d24m26.64s E",
        "395415.12N 1162426.64E",
        "39,9042; 116,4074",
        "[116.4074, 39.9042]",
        "POINT(116.4074 39.9042)",
        "SRID=4326;POINT(116.4074 39.9042)",
        "@39.9042,116.4074",
        "WGS84 39.9042,116.4074",
        "LON116.4074LAT39.9042",
        "+39.9042+116.4074/",
        "geo:39.9042,116.4074;crs=wgs84",
    ],
)
def test_one_place_in_many_notations(text):
    assert read(text) == pytest.approx((LON, LAT), abs=1e-6)


def test_south_and_west_are_negative():
    assert read("33°51'25\"S 151°12'40\"E") == pytest.approx((151.2111, -33.8569), abs=1e-4)
    assert read("37.7749, -122.4194") == pytest.approx((-122.4194, 37.7749))
    assert read("-0°30' -1°15'") == pytest.approx((-1.25, -0.5))


@pytest.mark.parametrize(
    "text", ["50T 449344.55 4417293.97", "UTM 50N 449344.55 4417293.97", "50S 449344.55 4417293.97", "50T 449344.55mE 4417293.97mN"]
)
def test_a_square_of_the_utm_grid_is_read_with_band_or_hemisphere(text):
    assert read(text) == pytest.approx((LON, LAT), abs=2e-5)


def test_the_southern_half_of_the_utm_grid_counts_from_the_pole():
    assert read("50S 391550 6464610") == pytest.approx((115.85, -31.95), abs=0.01)


def test_the_hint_decides_only_when_the_text_does_not():
    assert read("12.5, 41.9") == (41.9, 12.5)
    assert read("12.5, 41.9", Order.LON_LAT) == (12.5, 41.9)
    assert read("41.9N 12.5E", Order.LON_LAT) == (12.5, 41.9)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "27",
        "12 34",
        "110, 119",
        "中关村南大街27号",
        "12 Lianhuachi East Road",
        "39.9042",
        "39.9042N",
        "39.9N 40.1N",
        "39°75'N 116°24'E",
        "39.5 30 116.5 30",
        "39.9042, 216.4074",
        "116.4074, 99.5",
        "-39.9N 116.4E",
        "1e5, 39.9",
        "nan, nan",
        "lat=39.9",
        "geo:39.9,116.4;crs=EPSG:3857",
        "39.9,116.4,39.9,116.4",
        "9" * 500,
        "GCJ02 39.9042,116.4074",
        "POINT(39.9 116.4)",
        "61T 449330 4417260",
        "北京西路",
        "12-34-56",
        "K23+500",
        "396115N 1162427E",
    ],
)
def test_what_is_no_coordinate_is_refused_in_words(text):
    with pytest.raises(CoordinateUnreadable) as refusal:
        read(text)
    assert refusal.value.sentence


def test_an_order_that_the_numbers_contradict_is_refused_and_not_swapped():
    with pytest.raises(CoordinateUnreadable):
        read("39.9042, 116.4074", Order.LON_LAT)


@given(st.text(max_size=150))
def test_no_text_crashes_the_reader(text):
    try:
        read(text)
    except CoordinateUnreadable:
        return


@given(st.floats(-180, 180), st.floats(-90, 90))
def test_what_is_written_in_decimals_is_read_back(lon, lat):
    answer = read(f"{lat:.6f}, {lon:.6f}", Order.LAT_LON)

    assert answer == pytest.approx((lon, lat), abs=1e-6)
