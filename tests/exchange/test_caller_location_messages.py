"""Where a caller's phone says it is: AML messages and PIDF-LO, as they come, bent and hostile."""

import csv
from datetime import UTC, datetime
from math import cos, hypot, radians
from pathlib import Path

import pytest
from django.conf import settings

from exchange.caller_location import aml, held
from exchange.caller_location.confidence import at_95
from exchange.caller_location.located import Located, Method, Unreadable
from exchange.caller_location.numbers import international, key_of
from kit.errors import Invalid, Refused

PUBLISHED = Path(settings.BASE_DIR).parent / "shared" / "data" / "aml"
absent = pytest.mark.skipif(not PUBLISHED.exists(), reason="../shared/data/aml is not here")


def sms(body: str) -> str:
    """A message of this body with the length that it has."""
    length = len(body) + len(";ml=")
    return f"{body};ml={length + len(str(length + 3))}"


def answer(shape: str, *, more: str = "", before: str = "", method: str = "gnss") -> str:
    """A HELD answer with this shape."""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>{before}<locationResponse xmlns="urn:ietf:params:xml:ns:geopriv:held">'
        '<presence xmlns="urn:ietf:params:xml:ns:pidf" xmlns:gp="urn:ietf:params:xml:ns:pidf:geopriv10" '
        'xmlns:gml="http://www.opengis.net/gml" xmlns:gs="http://www.opengis.net/pidflo/1.0" '
        'xmlns:con="urn:ietf:params:xml:ns:geopriv:conf" entity="pres:x"><tuple id="a"><status><gp:geopriv>'
        f"<gp:location-info>{shape}{more}</gp:location-info><gp:usage-rules/><gp:method>{method}</gp:method></gp:geopriv></status>"
        "<timestamp>2026-11-22T20:15:00+08:00</timestamp></tuple></presence></locationResponse>"
    )


WGS = 'srsName="urn:ogc:def:crs:EPSG::4326"'
METRES = 'uom="urn:ogc:def:uom:EPSG::9001"'
CIRCLE = f"<gs:Circle {WGS}><gml:pos>39.95 116.40</gml:pos><gs:radius {METRES}>80</gs:radius></gs:Circle>"


def metres(found: Located, *, east: float, north: float, lat: float = 39.95, lon: float = 116.40) -> float:
    """How far a place is from where it should be, as metres from a point."""
    x = (found.position.lon - lon) * 111_195 * cos(radians(lat)) - east
    return hypot(x, (found.position.lat - lat) * 111_195 - north)


@absent
def test_every_published_message_is_taken_or_refused_as_its_authors_expect() -> None:
    with (PUBLISHED / "aml-cases.csv").open(encoding="utf-8", newline="") as file:
        cases = [tuple(row) for row in csv.reader(file)][1:]

    outcomes = {}
    for name, text, _expected in cases:
        try:
            aml.read(text)
            outcomes[name] = "accept"
        except Unreadable:
            outcomes[name] = "reject"

    assert len(cases) == 16
    assert outcomes == {name: expected for name, _text, expected in cases}


@absent
def test_the_published_answer_of_a_location_server_is_a_circle_in_vienna() -> None:
    text = (PUBLISHED / "held-xml" / "parseRealResponse-0.xml").read_text(encoding="utf-8")

    found = held.located(text)

    assert (found.position.lat, found.position.lon) == (48.21532, 16.29028)
    assert (found.told_radius_m, found.confidence, found.method) == (19.0, 68.0, Method.GNSS)
    assert found.at == datetime(2018, 11, 19, 7, 3, 52, tzinfo=UTC)
    assert found.radius_m == pytest.approx(31.4, abs=0.1)


def test_a_phone_tells_where_it_is_how_surely_and_when() -> None:
    text = sms('A"ML=1;lt=+39.95000;lg=+116.40000;rd=50;top=20261122121500;lc=90;pm=W;si=460001234567890;ei=356938035643809;mcc=460;mnc=00')

    found = aml.located(aml.read(text))

    assert found is not None
    assert (found.position.lat, found.position.lon, found.told_radius_m, found.confidence) == (39.95, 116.4, 50.0, 90.0)
    assert (found.method, found.at) == (Method.WIFI, datetime(2026, 11, 22, 12, 15, tzinfo=UTC))
    assert found.radius_m == pytest.approx(57.3, abs=0.1)


def test_what_is_read_of_a_message_holds_nothing_of_the_phone() -> None:
    text = sms('A"ML=1;lt=+39.95000;lg=+116.40000;rd=50;top=20261122121500;lc=90;pm=G;si=460001234567890;ei=356938035643809;mcc=460;mnc=00')

    kept = repr(aml.read(text)) + repr(aml.located(aml.read(text)))

    assert "460001234567890" not in kept
    assert "356938035643809" not in kept


def test_a_phone_that_does_not_know_where_it_is_may_say_so() -> None:
    lost = aml.read(sms('A"ML=1;lt=+00.00000;lg=+000.00000;rd=N;top=20261122121500;lc=0;pm=N;si=460001234567890;ei=356938035643809;mcc=460;mnc=00'))

    assert aml.located(lost) is None


@pytest.mark.parametrize(
    "body",
    [
        'A"ML=1;lt=+91.00000;lg=+116.40000;rd=50;lc=90;pm=W',
        'A"ML=1;lt=+39.95000;lg=+181.00000;rd=50;lc=90;pm=W',
        'A"ML=1;lt=+39.95000;lt=+39.95000;lg=+116.40000;rd=50;lc=90;pm=W',
        'lt=+39.95000;A"ML=1;lg=+116.40000;rd=50;lc=90;pm=W',
        'A"ML=1;lt=1e1;lg=+116.40000;rd=50;lc=90;pm=W',
        'A"ML=1;lt=nan;lg=+116.40000;rd=50;lc=90;pm=W',
        'A"ML=1;lt=+39.95000;lg=+116.40000;rd=50;lc=101;pm=W',
        'A"ML=1;lt=+39.95000;lg=+116.40000;rd=50;top=20261341256199;lc=90;pm=W',
        'A"ML=1;lt=+٣٩.95000;lg=+116.40000;rd=50;lc=90;pm=W',
        'A"ML=1;lt=+39.95000;lg=+116.40000;rd=50;lc=90;pm=W;ei=356938035643809x',
        'A"ML=1;' + "lt=+39.95000;" * 60,
    ],
)
def test_a_message_that_is_bent_is_refused_without_repeating_what_it_said(body: str) -> None:
    with pytest.raises(Unreadable) as refusal:
        aml.read(sms(body))

    assert "356938035643809" not in refusal.value.sentence
    assert "39.95" not in refusal.value.sentence


@pytest.mark.parametrize(
    "text",
    [
        sms("lt=+39.95000;lg=+116.40000;rd=50;lc=90;pm=W"),
        sms('A"ML=2;lt=+39.95000;lg=+116.40000;rd=50;lc=90;pm=W'),
        'A"ML=1;lt=+39.95000;lg=+116.40000;rd=50;lc=90;pm=W',
        sms('A"ML=1;lg=+116.40000;rd=50;lc=90;pm=W'),
        sms('A"ML=1;lt=+39.95000;lg=+116.40000;lc=90;pm=W'),
    ],
)
def test_a_message_of_another_version_or_with_half_a_place_points_nowhere(text: str) -> None:
    message = aml.read(text)

    with pytest.raises(Unreadable):
        aml.located(message)


@pytest.mark.parametrize(
    ("confidence", "factor"),
    [(68, 1.6496), (90, 1.1473), (50, 2.1263), (95, 1), (99, 1), (100, 1), (None, 1), (0, 1)],
)
def test_a_radius_is_widened_to_ninety_five_percent_and_never_narrowed(confidence: float | None, factor: float) -> None:
    assert at_95(100, confidence, is_even=False) == pytest.approx(100 * factor, rel=1e-3)
    assert at_95(100, confidence, is_even=True) == 100
    assert at_95(None, confidence, is_even=False) is None


def test_a_circle_without_a_word_of_confidence_holds_the_caller_with_ninety_five_percent() -> None:
    found = held.located(answer(CIRCLE))

    assert (found.position.lon, found.position.lat, found.radius_m, found.confidence) == (116.40, 39.95, 80.0, 95.0)
    assert found.at == datetime(2026, 11, 22, 12, 15, tzinfo=UTC)


def test_the_standard_s_word_of_confidence_is_heard() -> None:
    assert held.located(answer(CIRCLE, more="<con:confidence>68</con:confidence>")).radius_m == pytest.approx(132, abs=0.1)
    assert held.located(answer(CIRCLE, more='<con:confidence pdf="rectangular">68</con:confidence>')).radius_m == 80
    assert held.located(answer(CIRCLE, more="<con:confidence>unknown</con:confidence>")).confidence is None


def test_a_point_has_no_radius_and_a_height_is_passed_over() -> None:
    flat = held.located(answer(f"<gml:Point {WGS}><gml:pos>39.95 116.40</gml:pos></gml:Point>", method="802.11"))
    high = held.located(answer('<gml:Point srsName="urn:ogc:def:crs:EPSG::4979"><gml:pos>39.95 116.40 52</gml:pos></gml:Point>', method="Manual"))

    assert flat.position == high.position
    assert (flat.radius_m, flat.confidence, flat.method, high.method) == (None, None, Method.WIFI, Method.OTHER)


def test_an_ellipse_is_searched_in_the_circle_round_it() -> None:
    ellipse = f"<gs:Ellipse {WGS}><gml:pos>39.95 116.40</gml:pos>"
    ellipse += f"<gs:semiMajorAxis {METRES}>75</gs:semiMajorAxis><gs:semiMinorAxis {METRES}>25</gs:semiMinorAxis>"
    ellipse += '<gs:orientation uom="urn:ogc:def:uom:EPSG::9102">20</gs:orientation></gs:Ellipse>'

    assert held.located(answer(ellipse)).radius_m == 75


def band(start: float, opening: float, *, inner: float = 3000, outer: float = 3594) -> str:
    uom = 'uom="urn:ogc:def:uom:EPSG::9102"'
    return (
        f"<gs:ArcBand {WGS}><gml:pos>39.95 116.40</gml:pos><gs:innerRadius {METRES}>{inner}</gs:innerRadius>"
        f"<gs:outerRadius {METRES}>{outer}</gs:outerRadius><gs:startAngle {uom}>{start}</gs:startAngle>"
        f"<gs:openingAngle {uom}>{opening}</gs:openingAngle></gs:ArcBand>"
    )


def test_a_sector_of_a_radio_cell_becomes_the_circle_round_its_middle() -> None:
    east = held.located(answer(band(75, 30)))
    all_round = held.located(answer(band(0, 360)))

    assert metres(east, east=3268.7, north=0) < 2
    assert east.radius_m == pytest.approx(max(hypot(3594 * cos(radians(15)) - 3268.7, 3594 * 0.258819), 0), abs=2)
    assert metres(all_round, east=0, north=0) < 1
    assert all_round.radius_m == pytest.approx(3594)


def outline(row: str) -> str:
    ring = f"<gml:LinearRing><gml:posList>{row}</gml:posList></gml:LinearRing>"
    return f"<gml:Polygon {WGS}><gml:exterior>{ring}</gml:exterior></gml:Polygon>"


def test_a_block_of_houses_becomes_the_circle_round_its_middle() -> None:
    ring = "39.950 116.400 39.951 116.400 39.951 116.402 39.950 116.402 39.950 116.400"

    found = held.located(answer(outline(ring)))

    assert (found.position.lat, found.position.lon) == pytest.approx((39.9505, 116.401), abs=1e-6)
    assert found.radius_m == pytest.approx(hypot(55.6, 85.25), abs=0.5)


BOMB = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
FILE = '<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/hostname">]>'
REMOTE = '<!DOCTYPE x SYSTEM "http://127.0.0.1:9/evil.dtd">'


@pytest.mark.parametrize(
    "text",
    [
        answer(CIRCLE, before=BOMB),
        answer(CIRCLE, before=FILE),
        answer(CIRCLE, before=REMOTE),
        answer(f"<gs:Circle {WGS}><gml:pos>&f;</gml:pos></gs:Circle>"),
        answer("<x/>" * 4000),
        answer("<!--" + "x" * 70_000 + "-->"),
        answer("<a>" * 400 + "</a>" * 400),
        answer(CIRCLE).replace("39.95", "NaN"),
        answer(CIRCLE).replace("39.95", "1e300"),
        answer(CIRCLE).replace(">80<", ">-80<"),
        answer(CIRCLE).replace(">80<", ">9e9<"),
        answer(CIRCLE).replace("EPSG::4326", "EPSG::3857"),
        answer(CIRCLE).replace("EPSG::9001", "EPSG::9002"),
        answer(CIRCLE).replace("20:15:00+08:00", "20:15:00"),
        answer(outline("1 2 3 4 5 6 7 8")),
        answer(outline("1 2 3 4 1 2")),
        answer(band(0, 400)),
        answer(band(0, 30, inner=4000)),
        answer("<civicAddress/>"),
        '<error xmlns="urn:ietf:params:xml:ns:geopriv:held" code="locationUnknown"/>',
        "<html/>",
        "no XML",
        "",
        "\ud800",
        "\0",
    ],
)
def test_xml_that_is_hostile_or_tells_no_place_is_refused(text: str) -> None:
    with pytest.raises(Refused):
        held.located(text)


@pytest.mark.parametrize(
    "written", ["+86 138 0000 2201", "0086-138-0000-2201", "13800002201", "138 0000 2201", "8613800002201", "tel:+8613800002201"]
)
def test_a_number_is_the_same_number_however_it_is_written(written: str) -> None:
    assert international(written) == "8613800002201"
    assert key_of(written) == key_of("+8613800002201")


def test_a_number_of_the_city_and_one_from_abroad_are_told_apart() -> None:
    assert international("010-8888 1234") == international("+86 10 8888 1234") == "861088881234"
    assert international("+1 415 555 0100") == "14155550100"


@pytest.mark.parametrize("written", ["", "12", "张女士", "+", "1" * 40, "138x0000"])
def test_what_is_no_number_is_refused(written: str) -> None:
    with pytest.raises(Invalid):
        key_of(written)


def test_the_hash_of_a_number_is_of_no_use_without_the_secret(settings) -> None:  # type: ignore[no-untyped-def]
    here = key_of("13800002201")

    settings.SECRET_KEY = "another city's secret, just as long as ours"

    assert key_of("13800002201") != here
    assert len(here) == 64
