"""Places and drawings in messages: points, lines and areas in WGS-84, each with a word. Numbers are checked before anything draws them."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kit import text
from kit.errors import Invalid
from kit.geo import Position

MOST = 10
MOST_POINTS = 400  # of a message
LONGEST = 80
PLACES = 6  # decimals of a degree: a tenth of a metre
FEWEST = {"Point": 1, "LineString": 2, "Polygon": 4}  # the ring of an area ends where it begins

Mark = dict[str, Any]
"""{"geometry": GeoJSON (RFC 7946: longitude first), "word": what it is}."""


def checked(sent: Sequence[Mapping[str, Any]]) -> list[Mark]:
    """What was drawn, as it is kept. Raises `Invalid` for what is no point, line or area on the earth, and for too much."""
    if len(sent) > MOST:
        raise _wrong(gettext_lazy("At most 10 places and drawings."))
    found = [_checked(each) for each in sent]
    if sum(len(points_of(each)) for each in found) > MOST_POINTS:
        raise _wrong(gettext_lazy("At most 400 points in one message."))
    return found


def words_of(marks: Sequence[Mark]) -> str:
    """What stands at places and drawings, one below the other: by these they are found."""
    return "\n".join(each["word"] for each in marks if each["word"])


def points_of(mark: Mark) -> list[list[float]]:
    """The points of a mark, longitude first; the ring of an area without its end."""
    geometry = mark["geometry"]
    if geometry["type"] == "Point":
        return [geometry["coordinates"]]
    return list(geometry["coordinates"] if geometry["type"] == "LineString" else geometry["coordinates"][0][:-1])


def lines(marks: Sequence[Mark]) -> list[str]:
    """Each mark in words, latitude first as people say it: for paper, the timeline, and whoever sees no map."""
    return [_line(each) for each in marks]


def _line(mark: Mark) -> str:
    points = points_of(mark)
    first = f"{points[0][1]:.5f}, {points[0][0]:.5f}"
    names = {"Point": _("Place"), "LineString": _("Line of %(n)s points from"), "Polygon": _("Area of %(n)s corners from")}
    said = f"{names[mark['geometry']['type']] % {'n': len(points)}} {first}"
    return f"{mark['word']} · {said}" if mark["word"] else said


def _checked(sent: Mapping[str, Any]) -> Mark:
    geometry = sent.get("geometry")
    kind = geometry.get("type") if isinstance(geometry, Mapping) else None
    if not isinstance(geometry, Mapping) or kind not in FEWEST:
        raise _wrong(gettext_lazy("A place is a Point, a drawing a LineString or a Polygon."))
    given = geometry.get("coordinates")
    if kind == "Polygon":
        if not isinstance(given, list) or len(given) != 1:
            raise _wrong(gettext_lazy("An area has one ring."))
        given = given[0]
    points = [_point(each) for each in ([given] if kind == "Point" else _listed(given))]
    if len(points) < FEWEST[kind] or (kind == "Polygon" and points[0] != points[-1]):
        raise _wrong(gettext_lazy("A line has two points, an area three and ends where it begins."))
    word = text.tidy_words(str(sent.get("word", "")))
    if len(word) > LONGEST:
        raise _wrong(gettext_lazy("At most 80 characters for what it is."))
    coordinates: dict[str, Any] = {"Point": points[0], "LineString": points, "Polygon": [points]}
    return {"geometry": {"type": kind, "coordinates": coordinates[kind]}, "word": word}


def _listed(given: Any) -> list[Any]:
    if not isinstance(given, list) or len(given) > MOST_POINTS + 1:
        raise _wrong(gettext_lazy("At most 400 points in one message."))
    return given


def _point(given: Any) -> list[float]:
    if not isinstance(given, list) or len(given) != 2 or not all(type(each) in (int, float) for each in given):
        raise _wrong(gettext_lazy("A point is longitude and latitude."))
    if any(abs(each) > 180 for each in given):  # whole numbers of JSON have no bound: not all of them fit a double
        raise _wrong(gettext_lazy("A point lies off the earth."))
    here = Position(float(given[0]), float(given[1]))
    return [round(here.lon, PLACES), round(here.lat, PLACES)]


def _wrong(why: Any) -> Invalid:
    return Invalid({"marks": why})
