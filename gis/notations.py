"""Read coordinates as people and machines write them: decimal, degrees and minutes, degrees minutes seconds, NMEA, geo: URIs, WKT, UTM."""

import json
import re
import unicodedata
from enum import StrEnum
from functools import cache
from pathlib import Path

from django.contrib.gis.geos import Point
from django.utils.translation import gettext_lazy as _

from gis.coordinates import Coordinate, System
from kit.errors import Invalid, Refused

LONGEST = 120


class CoordinateUnreadable(Refused):
    """The text is no coordinate in a notation that is known here."""

    code = "coordinate_unreadable"
    status = 422
    says = _("This is not a coordinate that can be read: %(text)s")


class Order(StrEnum):
    """Which number comes first when nothing in the text says so. AUTO: what exceeds 90 is a longitude, else latitude first."""

    AUTO = "AUTO"
    LAT_LON = "LAT_LON"
    LON_LAT = "LON_LAT"


def parse(text: str, *, system: System, order: Order) -> Coordinate:
    """Read one coordinate in the given reference system.

    Raises `CoordinateUnreadable` when the text is anything else; bare whole numbers ("12 34") are not taken for a coordinate.
    """
    try:
        lon, lat = _read(_plain(text), order)
        return Coordinate(lon, lat, system)
    except (ValueError, Invalid) as error:
        raise CoordinateUnreadable(text=text[:LONGEST]) from error


@cache
def _words() -> list[tuple[str, str]]:
    tables = json.loads(Path(__file__).with_name("notations.json").read_text(encoding="utf-8"))
    pairs = [pair for name in ("hemispheres", "signs", "labels") for pair in tables[name].items()]
    return sorted(pairs, key=lambda pair: -len(pair[0]))


def _plain(text: str) -> str:
    if len(text) > LONGEST:
        raise ValueError("too long")
    text = _DECIMAL_COMMAS.sub(r"\1.\2 \3.\4", text.strip().upper())
    for word, sign in _words():
        text = text.replace(word, sign)
    # NFKC last: it would tear the prime signs apart.
    text = _LEADING.sub("", unicodedata.normalize("NFKC", text))
    text = _LETTERED.sub(lambda angle: f"{angle[1]}°{angle[2]}'" + (f'{angle[3]}"' if angle[3] else ""), text)
    return _DASHED.sub(r"\1 \2 \3", text)


_DECIMAL_COMMAS = re.compile(r"^([+-]?\d{1,3}),(\d{3,}) *[; ] *([+-]?\d{1,3}),(\d{3,})$")  # 39,9042; 116,4074
_LEADING = re.compile(r"^(?:[\s:@]|WGS-?84)+")
_LETTERED = re.compile(r"(\d+)\s*D\s*(\d+(?:\.\d+)?)\s*M(?:\s*(\d+(?:\.\d+)?)\s*S)?")  # 39D54M15S
_DASHED = re.compile(r"(?<=[NSEW ])(\d{1,3})-(\d{1,2})-(\d{1,2}(?:\.\d+)?)")  # N39-54-15


def _read(text: str, order: Order) -> tuple[float, float]:
    if text.startswith("GEO:"):
        return _geo_uri(text)
    point = _WKT.fullmatch(text)
    if point:
        return float(point[1]), float(point[2])
    grid = _UTM.fullmatch(text)
    if grid:
        return _utm(int(grid[1]), grid[2], float(grid[3]), float(grid[4]))
    labelled = _labelled(text)
    if labelled:
        return labelled
    return _ordered(_angles(text), order)


_NUMBER = r"[+-]?\d+(?:\.\d+)?"
_WKT = re.compile(rf"(?:SRID=4326,)?POINT\s*\(\s*({_NUMBER})\s+({_NUMBER})\s*\)")  # longitude first; ";" is a comma by now
_UTM = re.compile(r"(?:UTM\s*)?(\d{1,2})\s*([C-HJ-NP-X])[\s,]+(\d{6}(?:\.\d+)?)(?:\s*M?E)?[\s,]+(\d{1,8}(?:\.\d+)?)(?:\s*M?N)?")
_BAND_S = (3_540_000.0, 4_430_000.0)  # northings of 32 to 40 degrees north, which the southern half has in the open sea only


def _utm(zone: int, band: str, east: float, north: float) -> tuple[float, float]:
    """A UTM square by its zone and latitude band (or hemisphere: the letters N and S may be either, the northing tells)."""
    if not 1 <= zone <= 60 or not 100_000 <= east < 900_000 or not 0 <= north <= 10_000_000:
        raise ValueError("not on the grid")
    is_north = _BAND_S[0] <= north <= _BAND_S[1] if band == "S" else band >= "N"
    spot = Point(east, north, srid=(32600 if is_north else 32700) + zone)
    spot.transform(4326)
    return spot.x, spot.y


_GEO = re.compile(rf"GEO:({_NUMBER}),({_NUMBER})(?:,{_NUMBER})?((?:;[A-Z0-9-]+=[^;,]*|,[A-Z0-9-]+=[^;,]*)*)")


def _geo_uri(text: str) -> tuple[float, float]:
    """RFC 5870: latitude first; only its default reference system is read."""
    match = _GEO.fullmatch(text.split("?")[0])
    if match is None or ("CRS=" in match[3] and "CRS=WGS84" not in match[3]):
        raise ValueError(text)
    return float(match[2]), float(match[1])


_LABEL = re.compile(rf"\"?(?<![A-Z])(LAT|LON)(?![A-Z])\"?\s*[:=]?\s*({_NUMBER})(?![\d.])")


def _labelled(text: str) -> tuple[float, float] | None:
    found = dict(_LABEL.findall(text))
    if not found:
        return None
    rest = _LABEL.sub("", text)
    if set(found) != {"LAT", "LON"} or re.search(r"[^\s,&{}?]", rest):
        raise ValueError(text)
    return float(found["LON"]), float(found["LAT"])


_TOKEN = re.compile(r"\s*(?:(?P<hemisphere>[NSEW])|(?P<number>[+-]?\d+(?:\.\d+)?)\s*(?P<mark>[°'\":D])?|(?P<comma>[,/()])|(?P<sign>[°'\"]))")

Angle = tuple[str, float]


def _angles(text: str) -> list[Angle]:
    """Two (hemisphere or "", signed degrees), in the order written."""
    numbers: list[tuple[str, str]] = []
    letters: list[tuple[int, str]] = []
    commas: list[int] = []
    at = 0
    text = text.rstrip()
    while at < len(text):
        token = _TOKEN.match(text, at)
        if token is None:
            raise ValueError(text)
        at = token.end()
        if token["number"]:
            numbers.append((token["number"], token["mark"] or ""))
        elif token["hemisphere"]:
            letters.append((len(numbers), token["hemisphere"]))
        elif token["comma"] == "," and numbers:
            commas.append(len(numbers))
    cut = _cut(numbers, letters, commas)
    bare = not letters and not any("." in number or mark for number, mark in numbers)
    if bare or not 0 < cut < len(numbers):
        raise ValueError(text)
    first, second = _hemispheres(letters)
    return [(first, _degrees(numbers[:cut], first)), (second, _degrees(numbers[cut:], second))]


def _cut(numbers: list[tuple[str, str]], letters: list[tuple[int, str]], commas: list[int]) -> int:
    """How many numbers belong to the first angle."""
    inner = [place for place in commas if place < len(numbers)]
    if len(inner) == 1:
        return inner[0]
    degrees = [place for place, (_number, mark) in enumerate(numbers) if mark in {"°", "D"}]
    if len(degrees) == 2:
        return degrees[1]
    inside = [place for place, _letter in letters if 0 < place < len(numbers)]
    if inside:
        return inside[0]
    if len(numbers) % 2:
        raise ValueError("an odd count of numbers")
    return len(numbers) // 2


def _hemispheres(letters: list[tuple[int, str]]) -> tuple[str, str]:
    if not letters:
        return "", ""
    if len(letters) != 2:
        raise ValueError("one hemisphere without the other")
    return letters[0][1], letters[1][1]


def _degrees(parts: list[tuple[str, str]], hemisphere: str) -> float:
    values = [float(number) for number, _mark in parts]
    negative = parts[0][0].startswith("-")
    if len(values) > 3 or any(number[0] in "+-" for number, _mark in parts[1:]) or (negative and hemisphere):
        raise ValueError("not an angle")
    if any("." in number for number, _mark in parts[:-1]) or any(value >= 60 for value in values[1:]):
        raise ValueError("minutes and seconds are below 60, and only the last part has decimals")
    size = abs(values[0])
    if hemisphere and len(values) == 1 and size > 180:
        size, minutes = divmod(size, 100)  # NMEA packs degrees and minutes: ddmm.mmmm
        values = [size, minutes]
        if size > 180:  # and aviation seconds too: ddmmss.ss
            seconds, (size, minutes) = minutes, divmod(size, 100)
            values = [size, minutes, seconds]
        if any(value >= 60 for value in values[1:]):
            raise ValueError("minutes and seconds are below 60")
    total: float = size + sum(value / 60**power for power, value in enumerate(values[1:], start=1))
    return -total if negative or hemisphere in {"S", "W"} else total


def _ordered(angles: list[Angle], order: Order) -> tuple[float, float]:
    (first_side, first), (second_side, second) = angles
    if first_side:
        if {first_side in "NS", second_side in "NS"} != {True, False}:
            raise ValueError("two latitudes or two longitudes")
        return (second, first) if first_side in "NS" else (first, second)
    if order is Order.LON_LAT or (order is Order.AUTO and abs(first) > 90):
        return first, second
    return second, first
