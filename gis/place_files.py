"""Read files of places that nobody vouches for, CSV and GeoJSON, in bounded memory: each thing is a record or a reason."""

import csv
import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import orjson
import shapely
from django.utils.translation import gettext_lazy as _

from gis import place_rows
from gis.place_rows import Manner, Pair, Rejected, Unusable
from gis.records import PlaceRecord, RoadRecord
from kit.errors import Refused

Thing = PlaceRecord | RoadRecord | Rejected
MOST_BYTES = {".csv": 4_000_000_000, ".geojson": 500_000_000, ".pbf": 8_000_000_000}
LONGEST_LINE = 64 * 1024
MOST_POINTS = 50_000  # of one line or outline
MOST_PARTS = 1_000
MOST_HEADER, MOST_BLOB = 64 * 1024, 32 * 1024 * 1024  # what the format allows


class PlacesUnreadable(Refused):
    """Nothing of the file can be used."""

    code = "places_unreadable"
    status = 422
    says = _("This file of places cannot be loaded: %(why)s")


def check_size(path: Path, kind: str) -> None:
    """Refuse a file that is larger than its kind may be, before it is opened."""
    size = path.stat().st_size
    if size > MOST_BYTES[kind]:
        raise PlacesUnreadable(why=f"{size} bytes, at most {MOST_BYTES[kind]}")


def from_csv(path: Path, manner: Manner, encoding: str) -> Iterator[Thing]:
    """Each line of a CSV file (comma, semicolon or tab); a record that goes over several lines is rejected and harms no other."""
    check_size(path, ".csv")
    with path.open("rb") as file:
        heading, delimiter = _heading(_decoded(file.readline(LONGEST_LINE), encoding))
        number = 1
        while raw := file.readline(LONGEST_LINE + 1):
            number += 1
            is_long = len(raw) > LONGEST_LINE
            while is_long and raw and not raw.endswith(b"\n"):
                raw = file.readline(LONGEST_LINE)
            if is_long:
                yield Rejected(number, "", "", f"the line is longer than {LONGEST_LINE} bytes")
            elif raw.strip():
                yield _row(number, raw, heading, delimiter, manner, encoding)


def _decoded(raw: bytes, encoding: str) -> str:
    try:
        return raw.decode("utf-8-sig" if encoding == "utf-8" else encoding)
    except (UnicodeDecodeError, LookupError) as error:
        raise PlacesUnreadable(why=f"its first line is not {encoding}: give --encoding (gb18030 for older Chinese files)") from error


def _heading(line: str) -> tuple[list[str], str]:
    delimiter = max(",;\t", key=line.count)
    known = place_rows.columns()
    fields = [known.get(place_rows.plain(cell), "") for cell in next(csv.reader([line], delimiter=delimiter), [])]
    if "code" not in fields or not ({"lon", "lat"} <= set(fields) or "coordinate" in fields):
        raise PlacesUnreadable(why="its first line names no code, or no longitude and latitude")
    return fields, delimiter


def _row(number: int, raw: bytes, heading: list[str], delimiter: str, manner: Manner, encoding: str) -> Thing:
    cells: dict[str, str] = {}
    try:
        text = raw.decode(encoding)
        if "\0" in text:
            raise Unusable("there is a NUL character in the line")
        values = next(csv.reader([text], delimiter=delimiter, strict=True))
        for field, value in zip(heading, values, strict=False):
            if field and value and field not in cells:
                cells[field] = value
        fields = place_rows.texts(cells)
        return place_rows.place(fields, place_rows.position(fields, manner.system), manner.kind)
    except UnicodeDecodeError as error:
        return Rejected(number, "", "", f"byte {error.start + 1} is not {encoding}")
    except csv.Error:
        return Rejected(number, "", "", "a quotation mark is not closed")
    except Unusable as bad:
        return Rejected(number, cells.get("code", "")[:60], cells.get("name", "")[:160], str(bad))


def from_geojson(path: Path, manner: Manner) -> Iterator[Thing]:
    """Each feature of a FeatureCollection: points and outlines are places, lines are roads."""
    check_size(path, ".geojson")
    try:
        document = orjson.loads(path.read_bytes())
    except orjson.JSONDecodeError as error:
        raise PlacesUnreadable(why=f"it is no JSON: {error}") from error
    features = document.get("features") if isinstance(document, dict) else None
    if not isinstance(features, list):
        raise PlacesUnreadable(why="it is no GeoJSON FeatureCollection")
    for number, feature in enumerate(features, start=1):
        yield from _feature(number, feature, manner)


def _feature(number: int, feature: Any, manner: Manner) -> Iterator[Thing]:
    properties = feature.get("properties") if isinstance(feature, dict) else None
    cells = _cells(properties if isinstance(properties, dict) else {}, feature)
    try:
        fields = place_rows.texts(cells)
        geometry = feature.get("geometry") if isinstance(feature, dict) else None
        parts, is_line = _parts(geometry, manner)
        if is_line:
            road = place_rows.road(fields, parts)
            yield road
            longest = max(parts, key=len)
            yield place_rows.line_of_gazetteer(road, longest[len(longest) // 2])
        else:
            yield place_rows.place(fields, _middle(parts[0]), manner.kind)
    except Unusable as bad:
        yield Rejected(number, str(cells.get("code", ""))[:60], str(cells.get("name", ""))[:160], str(bad))


def _cells(properties: Mapping[str, Any], feature: Any) -> dict[str, Any]:
    known = place_rows.columns()
    cells: dict[str, Any] = {}
    for heading, value in list(properties.items())[:200]:
        field = known.get(place_rows.plain(heading[:80]))
        if field and value not in (None, "") and field not in cells:
            cells[field] = value
    if "code" not in cells and isinstance(feature, dict) and isinstance(feature.get("id"), (str, int)):
        cells["code"] = feature["id"]
    return cells


def _parts(geometry: Any, manner: Manner) -> tuple[list[list[Pair]], bool]:
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    given = geometry.get("coordinates") if isinstance(geometry, dict) else None
    if kind == "Point":
        return [[_pair(given, manner)]], False
    if kind in ("LineString", "MultiLineString"):
        return [_line(part, manner) for part in _list(given if kind == "MultiLineString" else [given])], True
    if kind in ("Polygon", "MultiPolygon"):
        first = given if kind == "Polygon" else _list(given)[0]
        return [_line(_list(first)[0], manner)], False
    raise Unusable("its geometry is no point, line or polygon")


def _list(given: Any) -> list[Any]:
    if not isinstance(given, list) or not 1 <= len(given) <= MOST_PARTS:
        raise Unusable(f"its geometry has no parts, or more than {MOST_PARTS}")
    return given


def _line(part: Any, manner: Manner) -> list[Pair]:
    if not isinstance(part, list) or not 2 <= len(part) <= MOST_POINTS:
        raise Unusable(f"a line has fewer than 2 points, or more than {MOST_POINTS}")
    return [_pair(point, manner) for point in part]


def _pair(point: Any, manner: Manner) -> Pair:
    if not isinstance(point, list) or not 2 <= len(point) <= 4 or not all(type(part) in (int, float) for part in point):
        raise Unusable("a point is not a pair of numbers")
    # Whole numbers of a JSON file have no bound: compare before making a double of one.
    if abs(point[0]) > 180 or abs(point[1]) > 90 or not all(math.isfinite(part) for part in point[:2]):
        raise Unusable("the point lies off the earth")
    return place_rows.placed(float(point[0]), float(point[1]), manner.system)


def _middle(ring: list[Pair]) -> Pair:
    """A point inside an outline, or near it when the outline is broken."""
    if len(ring) < 4:
        return ring[0]
    shape = shapely.Polygon(ring)
    inside = shape.representative_point() if shape.is_valid else shape.envelope.centroid
    return (inside.x, inside.y) if not inside.is_empty else ring[0]


def check_pbf(path: Path) -> None:
    """Walk the blocks of a PBF file (4 bytes of length, a header with the size of what follows): the reader waits for ever on a broken one."""
    size, at, first = path.stat().st_size, 0, True
    with path.open("rb") as file:
        while at < size:
            length = int.from_bytes(file.read(4), "big")
            header = file.read(length) if 0 < length <= MOST_HEADER else b""
            body = _body_size(header)
            if len(header) != length or body is None or at + 4 + length + body > size or (first and b"OSMHeader" not in header):
                raise PlacesUnreadable(why=f"it is no OpenStreetMap extract, or it is broken after {at} bytes")
            at += 4 + length + body
            file.seek(at)
            first = False
    if first:
        raise PlacesUnreadable(why="it is empty")


def _body_size(header: bytes) -> int | None:
    """Field 3 of a BlobHeader, after its type (field 1) and index data (field 2); None when it is none."""
    at = 0
    while at < len(header):
        tag = header[at]
        value, at = _varint(header, at + 1)
        if tag == 0x18:
            return value if 0 < value <= MOST_BLOB else None
        if tag not in (0x0A, 0x12):
            return None
        at += value
    return None


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = 0
    for number, byte in enumerate(data[at : at + 9]):
        value |= (byte & 0x7F) << (7 * number)
        if byte < 0x80:
            return value, at + number + 1
    return 0, len(data)
