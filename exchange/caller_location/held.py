"""HELD (RFC 5985) answers and bare PIDF-LO (RFC 4119, RFC 5491): the first place they tell, as a centre and a radius.

Hostile XML is refused: no document type, hence no entities; no network; bounded in bytes and elements. Elements nobody asked for, the
numbers of phone and card among them, are passed over.
"""

import re
from datetime import UTC, datetime
from math import degrees, isfinite
from typing import Any, TypeAlias

from django.utils.translation import gettext_lazy as _
from lxml import etree

from exchange.caller_location import outlines
from exchange.caller_location.located import MOST_METRES, Located, Method, Unreadable
from kit.geo import Position

MOST_BYTES = 64_000
MOST_ELEMENTS = 3_000
MOST_CORNERS = 1_000

HELD = "urn:ietf:params:xml:ns:geopriv:held"
PIDF = "urn:ietf:params:xml:ns:pidf"
PERSON = "urn:ietf:params:xml:ns:pidf:data-model"
GEOPRIV = "urn:ietf:params:xml:ns:pidf:geopriv10"
CONFIDENCE = "urn:ietf:params:xml:ns:geopriv:conf"
GML = "http://www.opengis.net/gml"
SHAPES = "http://www.opengis.net/pidflo/1.0"
VENDOR = "http://schemas.gridgears.io/aml"

NUMBER = re.compile(r"[+-]?(\d{1,15}(\.\d{0,15})?|\.\d{1,15})([eE][+-]?\d{1,2})?", re.ASCII)
FLAT = {"urn:ogc:def:crs:EPSG::4326", "EPSG:4326"}
WITH_HEIGHT = {"urn:ogc:def:crs:EPSG::4979", "EPSG:4979"}
METRE = {None, "urn:ogc:def:uom:EPSG::9001", "m"}
DEGREE = {None, "urn:ogc:def:uom:EPSG::9102"}
RADIAN = {"urn:ogc:def:uom:EPSG::9101"}
USUAL_CONFIDENCE = 95.0  # RFC 7459, section 4.1: what holds where nothing is said

METHODS = {
    Method.GNSS: {"gnss", "gps", "a-gps", "agps", "device-based_a-gps", "device-assisted_a-gps", "hybrid_a-gps", "dgnss"},
    Method.WIFI: {"wifi", "wi-fi", "wlan", "802.11"},
    Method.CELL: {"cell", "ecid", "otdoa", "tdoa", "u-tdoa", "e-otd", "a-flt", "aflt", "e-cid", "nmr", "triangulation"},
}

Shape = tuple[Position, float | None]
Node: TypeAlias = Any  # an element of lxml, which has no types


def located(text: str) -> Located:
    """The first place a HELD answer or a PIDF-LO document tells. Raises `Unreadable`."""
    root = _parsed(text)
    if root.tag == f"{{{HELD}}}error":
        raise Unreadable(_("the location server answered with an error."))
    if root.tag not in (f"{{{HELD}}}locationResponse", f"{{{PIDF}}}presence"):
        raise Unreadable(_("it is neither a HELD answer nor PIDF-LO."))
    for geopriv in root.iter(f"{{{GEOPRIV}}}geopriv"):
        for info in geopriv.iterchildren(f"{{{GEOPRIV}}}location-info"):
            for element in info:
                if element.tag in READERS:
                    return _of(geopriv, info, element)
    raise Unreadable(_("it tells no place with coordinates."))


def _parsed(text: str) -> Node:
    data = text.encode("utf-8", "surrogatepass")
    if len(data) > MOST_BYTES:
        raise Unreadable(_("it is too long."))
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise Unreadable(_("it brings a document type of its own."))
    parser = etree.XMLParser(
        encoding="utf-8", resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError):
        raise Unreadable(_("it is no valid XML.")) from None
    if sum(1 for _each in root.iter()) > MOST_ELEMENTS:
        raise Unreadable(_("it is too long."))
    return root


def _of(geopriv: Node, info: Node, element: Node) -> Located:
    centre, radius = READERS[element.tag](element)
    if radius is not None and radius > MOST_METRES:
        raise _wrong()
    holder = next((each for each in geopriv.iterancestors() if each.tag in HOLDERS), geopriv)
    confidence, is_even = _confidence(info, holder)
    return Located(centre, radius, confidence if radius is not None else None, _method(geopriv), _time(holder), is_even)


HOLDERS = {f"{{{PIDF}}}tuple", f"{{{PERSON}}}device", f"{{{PERSON}}}person"}


def _confidence(info: Node, holder: Node) -> tuple[float | None, bool]:
    """In percent, and whether it is spread evenly. Where the standard's element is missing, a vendor's own word counts before the 95 of RFC 7459."""
    told = info.find(f"{{{CONFIDENCE}}}confidence")
    if told is not None:
        value = (told.text or "").strip()
        percent = None if value == "unknown" else _number(value)
        if percent is not None and not 0 <= percent <= 100:
            raise _wrong()
        return percent or None, told.get("pdf") == "rectangular"
    vendor = holder.find(f"{{{VENDOR}}}aml/{{{VENDOR}}}confidenceLevel")
    share = USUAL_CONFIDENCE / 100 if vendor is None else _number(vendor.text)
    if not 0 <= share <= 1:
        raise _wrong()
    return share * 100 or None, False


def _method(geopriv: Node) -> Method:
    word = (geopriv.findtext(f"{{{GEOPRIV}}}method") or "").strip().lower()
    return next((method for method, words in METHODS.items() if word in words), Method.OTHER)


def _time(holder: Node) -> datetime | None:
    """When it was told, from `timestamp` of the tuple, device or person; an offset is needed."""
    text = holder.findtext(f"{{{PIDF}}}timestamp") or holder.findtext(f"{{{PERSON}}}timestamp")
    if text is None:
        return None
    try:
        at = datetime.fromisoformat(text.strip())
    except ValueError:
        raise _wrong() from None
    if at.tzinfo is None or not 1900 <= at.year <= 2200:
        raise _wrong()
    return at.astimezone(UTC)


def _point(element: Node) -> Shape:
    return _place(element), None


def _circle(element: Node) -> Shape:
    """A circle, or a sphere seen from above."""
    return _place(element), _metres(element, "radius")


def _ellipse(element: Node) -> Shape:
    """An ellipse or ellipsoid in the circle round it: the longer half axis."""
    return _place(element), max(_metres(element, "semiMajorAxis"), _metres(element, "semiMinorAxis"))


def _arc_band(element: Node) -> Shape:
    inner, outer = _metres(element, "innerRadius"), _metres(element, "outerRadius")
    start, opening = _angle(element, "startAngle"), _angle(element, "openingAngle")
    if inner > outer or not 0 <= opening <= 360:
        raise _wrong()
    return outlines.arc_band(_place(element), inner_m=inner, outer_m=outer, start=start, opening=opening)


def _polygon(element: Node) -> Shape:
    size = _dimensions(element)
    ring = element.find(f"{{{GML}}}exterior/{{{GML}}}LinearRing")
    if ring is None:
        raise _wrong()
    row = ring.findtext(f"{{{GML}}}posList")
    places = [row] if row is not None else [each.text for each in ring.iterchildren(f"{{{GML}}}pos")]
    numbers = [_number(word) for text in places for word in (text or "").split()]
    if len(numbers) % size or not 4 <= len(numbers) // size <= MOST_CORNERS:
        raise _wrong()
    corners = [Position(lon=numbers[at + 1], lat=numbers[at]) for at in range(0, len(numbers), size)]
    if corners[0] != corners[-1]:
        raise _wrong()
    return outlines.polygon(corners)


def _prism(element: Node) -> Shape:
    """A polygon with a height: the polygon."""
    base = element.find(f"{{{SHAPES}}}base/{{{GML}}}Polygon")
    if base is None:
        raise _wrong()
    if base.get("srsName") is None and element.get("srsName") is not None:
        base.set("srsName", element.get("srsName", ""))
    return _polygon(base)


def _place(element: Node) -> Position:
    """Latitude before longitude, as EPSG:4326 says."""
    numbers = [_number(word) for word in (element.findtext(f"{{{GML}}}pos") or "").split()]
    if len(numbers) != _dimensions(element):
        raise _wrong()
    return Position(lon=numbers[1], lat=numbers[0])


def _dimensions(element: Node) -> int:
    system = element.get("srsName")
    if system not in FLAT | WITH_HEIGHT:
        raise Unreadable(_("its coordinates are not WGS-84."))
    return 2 if system in FLAT else 3


def _metres(element: Node, name: str) -> float:
    found = _of_shape(element, name)
    length = _number(found.text)
    if found.get("uom") not in METRE or not 0 <= length <= MOST_METRES:
        raise _wrong()
    return length


def _angle(element: Node, name: str) -> float:
    """Degrees clockwise from north."""
    found = _of_shape(element, name)
    unit = found.get("uom")
    if unit not in DEGREE | RADIAN:
        raise _wrong()
    angle = _number(found.text)
    return degrees(angle) if unit in RADIAN else angle


def _of_shape(element: Node, name: str) -> Node:
    found: Node | None = element.find(f"{{{SHAPES}}}{name}")
    if found is None:
        raise _wrong()
    return found


def _number(text: str | None) -> float:
    value = (text or "").strip()
    if not NUMBER.fullmatch(value) or not isfinite(number := float(value)):
        raise _wrong()
    return number


def _wrong() -> Unreadable:
    return Unreadable(_("a number, an outline or a time in it is not valid."))


READERS = {
    f"{{{GML}}}Point": _point,
    f"{{{SHAPES}}}Circle": _circle,
    f"{{{SHAPES}}}Sphere": _circle,
    f"{{{SHAPES}}}Ellipse": _ellipse,
    f"{{{SHAPES}}}Ellipsoid": _ellipse,
    f"{{{SHAPES}}}ArcBand": _arc_band,
    f"{{{GML}}}Polygon": _polygon,
    f"{{{SHAPES}}}Prism": _prism,
}
