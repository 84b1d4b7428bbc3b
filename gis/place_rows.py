"""One thing of a file of places, checked and made a record: what is wrong with it is said in a sentence."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import shapely

from gis import marks
from gis.coordinates import Coordinate, System
from gis.models import Place, Road
from gis.notations import CoordinateUnreadable, Order, parse
from gis.records import PlaceRecord, RoadRecord
from gis.words import is_han
from kit.errors import Invalid
from kit.text import tidy

LONGEST = {"code": 60, "name": 160, "name_en": 200, "number": 20, "road": 160, "address": 240, "region": 40, "ref": 20, "kind": 40}
RANKS = {"CITY": 1, "HOSPITAL": 2, "STATION": 2, "METRO": 2, "HOUSE": 5, "LAMP_POST": 5, "HYDRANT": 5, "MANHOLE": 5, "STAKE": 5}
PLATED = frozenset({"LAMP_POST", "HYDRANT", "MANHOLE"})
Pair = tuple[float, float]


class Unusable(Exception):
    """Why one thing of a file cannot be used."""


@dataclass(frozen=True, slots=True)
class Rejected:
    """A thing that was not used: where it stands (line, or number of the feature), its code and name as given, and why."""

    line: int
    code: str
    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class Manner:
    """How a file is meant: the kind of all its things when it names none, and the reference system its coordinates are in."""

    kind: str
    system: System


@cache
def columns() -> dict[str, str]:
    """The field that each known heading stands for."""
    table = json.loads(Path(__file__).with_name("place_columns.json").read_text(encoding="utf-8"))
    return {plain(heading): field for field, headings in table.items() if field != "about" for heading in headings}


def plain(heading: str) -> str:
    """A heading as it is compared."""
    return re.sub(r"[\s_-]+", "", tidy(heading).lower())


def texts(cells: Mapping[str, Any]) -> dict[str, str]:
    """The known fields as one-line text, none too long. Raises `Unusable`."""
    found = {}
    for field, value in cells.items():
        if value is None or isinstance(value, (dict, list, bool)):
            continue
        text = tidy(str(value)[: 4 * 1024])
        if len(text) > LONGEST.get(field, 120):
            raise Unusable(f"{field} is longer than {LONGEST.get(field, 120)} characters")
        found[field] = text
    return found


def position(field: Mapping[str, str], system: System) -> Pair:
    """The WGS-84 longitude and latitude of a row: two numbers, or one coordinate in any notation. Raises `Unusable`."""
    try:
        if field.get("lon") and field.get("lat"):
            return placed(float(field["lon"]), float(field["lat"]), system)
        if field.get("coordinate"):
            here = parse(field["coordinate"], system=system, order=Order.AUTO).position
            return here.lon, here.lat
    except CoordinateUnreadable as error:
        raise Unusable("the coordinate cannot be read") from error
    except ValueError as error:
        raise Unusable("longitude or latitude is not a number") from error
    raise Unusable("there is no longitude and latitude")


def placed(lon: float, lat: float, system: System) -> Pair:
    """A pair of the file as WGS-84. Raises `Unusable` off the earth, and at 0, 0, which is how machines say that they do not know."""
    try:
        here = Coordinate(lon, lat, system).position
    except Invalid as error:
        raise Unusable("the point lies off the earth") from error
    if lon == 0 and lat == 0:
        raise Unusable("the point is 0, 0")
    return here.lon, here.lat


def place(field: Mapping[str, str], spot: Pair, kind: str) -> PlaceRecord:
    """A place from the fields of a file. Raises `Unusable`."""
    code, number = field.get("code", ""), field.get("number", "")
    kind = (field.get("kind") or kind).upper()
    if kind not in Place.Kind.values:
        raise Unusable(f"the kind {kind[:40] or 'nothing'} is not known")
    if not code:
        raise Unusable("there is no code")
    if kind in PLATED:
        number = number or code[: LONGEST["number"]]
    if kind == "STAKE" and marks.stake_metres(number) is None:
        raise Unusable("the number of the stake cannot be read")
    name, name_en = _names(field, kind, number)
    if not name:
        raise Unusable("there is no name")
    address = field.get("address", "")
    return PlaceRecord(code, kind, _rank(field, kind), name, name_en, number, field.get("road", ""), field.get("region", ""), address, *spot)


def _names(field: Mapping[str, str], kind: str, number: str) -> tuple[str, str]:
    name, name_en, road = field.get("name", ""), field.get("name_en", ""), field.get("road", "")
    if not name and kind == "HOUSE" and number and road:
        ending = "" if not is_han(road) or is_han(number) else marks.table("house_ending")
        name = f"{road}{number}{ending}" if is_han(road) else f"{number} {road}"
    elif not name and kind in PLATED:
        words = marks.table("plates")[kind]
        name, name_en = f"{words['name']} {number}".strip(), name_en or f"{words['name_en']} {number}".strip()
    elif not name and kind == "STAKE":
        name = f"{road} {marks.stake_name(marks.stake_metres(number) or 0)}".strip()
    if name and not name_en and not is_han(name):
        name_en = name
    return name[:160], name_en[:200]


def _rank(field: Mapping[str, str], kind: str) -> int:
    given = field.get("rank", "")
    if given and given not in {"1", "2", "3", "4", "5"}:
        raise Unusable("the rank is not 1 to 5")
    return int(given) if given else RANKS.get(kind, 4)


def road(field: Mapping[str, str], parts: list[list[Pair]]) -> RoadRecord:
    """A road from the fields of a file and its line in parts. Raises `Unusable`."""
    kind = field.get("kind", "").upper() or Road.Kind.STREET.value
    if kind not in Road.Kind.values:
        raise Unusable(f"the kind {kind[:40]} is not one of roads")
    name, ref = field.get("name", ""), field.get("ref") or field.get("number", "")
    if not field.get("code"):
        raise Unusable("there is no code")
    if not name and not ref:
        raise Unusable("there is no name")
    rank = field.get("rank") or {"EXPRESSWAY": "1", "RING": "1", "MAIN": "2", "STREET": "3"}.get(kind, "4")
    name_en = field.get("name_en") or (name if not is_han(name) else "")
    return RoadRecord(field["code"], kind, _rank({"rank": rank}, kind), name or ref, name_en, wkb(parts), ref)


def wkb(parts: list[list[Pair]]) -> bytes:
    """A MultiLineString as WKB."""
    return bytes(shapely.to_wkb(shapely.MultiLineString([part for part in parts if len(part) > 1])))


def line_of_gazetteer(one: RoadRecord, spot: Pair) -> PlaceRecord:
    """The road itself as something to find."""
    return PlaceRecord(f"road {one.code}"[:60], "ROAD", one.rank, one.name, one.name_en, "", one.code, "", "", *spot)
