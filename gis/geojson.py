"""Read regions from a GeoJSON file that nobody vouches for: everything is checked before a geometry library sees a number."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import orjson
from django.contrib.gis.geos import GeometryCollection, GEOSGeometry, MultiPolygon, Polygon
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gis.coordinates import Coordinate, System
from gis.records import RegionRecord
from kit.errors import Invalid, Refused
from kit.text import tidy

MOST_BYTES = 200_000_000
MOST_FEATURES = 20_000
MOST_VERTICES = 250_000  # of one region
MOST_VERTICES_TOGETHER = 3_000_000
MOST_PARTS = 5_000
MOST_PROBLEMS = 50
_KNOWN_CRS = ("CRS84", "EPSG::4326", "EPSG:4326", "EPSG::4490", "EPSG:4490")


class RegionsUnreadable(Refused):
    """The file cannot be loaded; every problem found is listed."""

    code = "regions_unreadable"
    status = 422
    says = gettext_lazy("This file cannot be loaded:\n%(problems)s")


@dataclass(frozen=True, slots=True)
class Columns:
    """Which properties of a feature hold its code, names and (if any) the code of what it lies in."""

    code: str
    name: str
    name_en: str
    parent: str


class _Bad(Exception):
    """What is wrong with one feature, in words."""


class _Budget:
    """Counts vertices so that one file cannot fill the memory."""

    def __init__(self) -> None:
        self.together = 0

    def take(self, count: int) -> None:
        self.together += count
        if count > MOST_VERTICES or self.together > MOST_VERTICES_TOGETHER:
            raise _Bad(_("too many vertices: %(most)s for a region, %(all)s for a file") % {"most": MOST_VERTICES, "all": MOST_VERTICES_TOGETHER})


def read_regions(path: Path, *, level: str, parent: str, columns: Columns, system: System, repair: bool) -> list[RegionRecord]:
    """Regions of one level, outlines in WGS-84; `system` says what the file's coordinates are in.

    With `repair` a self-crossing outline is mended by GEOS, else refused. Raises `RegionsUnreadable` with every problem, and gives nothing.
    """
    features = _features(path)
    budget = _Budget()
    records: list[RegionRecord] = []
    problems: list[str] = []
    seen: set[str] = set()
    for number, feature in enumerate(features, start=1):
        try:
            record = _record(feature, level=level, parent=parent, columns=columns, system=system, repair=repair, budget=budget)
            if record.code in seen:
                raise _Bad(_("the code %(code)s stands twice") % {"code": record.code})
            seen.add(record.code)
            records.append(record)
        except _Bad as bad:
            problems.append(_("feature %(number)s: %(problem)s") % {"number": number, "problem": bad})
            if len(problems) >= MOST_PROBLEMS:
                break
    if problems:
        raise RegionsUnreadable(problems="\n".join(problems))
    return records


def _features(path: Path) -> list[Any]:
    size = path.stat().st_size
    if size > MOST_BYTES:
        raise RegionsUnreadable(problems=_("the file is larger than %(most)s bytes") % {"most": MOST_BYTES})
    try:
        document = orjson.loads(path.read_bytes())
    except orjson.JSONDecodeError as error:
        raise RegionsUnreadable(problems=_("it is no JSON: %(why)s") % {"why": error}) from error
    features = document.get("features") if isinstance(document, dict) else None
    if not isinstance(features, list) or not features or document.get("type") != "FeatureCollection":
        raise RegionsUnreadable(problems=_("it is no GeoJSON FeatureCollection with features"))
    if len(features) > MOST_FEATURES:
        raise RegionsUnreadable(problems=_("it has more than %(most)s features") % {"most": MOST_FEATURES})
    crs = document.get("crs")
    if crs is not None and not any(known in str(crs)[:200] for known in _KNOWN_CRS):
        raise RegionsUnreadable(problems=_("its reference system is not longitude and latitude: %(crs)s") % {"crs": str(crs)[:80]})
    return features


def _record(feature: Any, *, level: str, parent: str, columns: Columns, system: System, repair: bool, budget: _Budget) -> RegionRecord:
    properties = feature.get("properties") if isinstance(feature, dict) else None
    if not isinstance(properties, dict):
        raise _Bad(_("it has no properties"))
    code, name = _text(properties, columns.code, 40), _text(properties, columns.name, 120)
    if not code or not name:
        raise _Bad(_("the properties %(code)s and %(name)s must be given") % {"code": columns.code, "name": columns.name})
    inside = _text(properties, columns.parent, 40) if columns.parent else parent
    shape = _shape(feature.get("geometry"), system, budget)
    return RegionRecord(code, inside, level, name, _text(properties, columns.name_en, 120), _sound(shape, repair))


def _text(properties: dict[str, Any], name: str, longest: int) -> str:
    value = properties.get(name)
    if value is None or isinstance(value, (dict, list, bool)):
        return ""
    text = tidy(str(value))
    if len(text) > longest:
        raise _Bad(_("%(name)s is longer than %(longest)s characters") % {"name": name, "longest": longest})
    return text


def _shape(geometry: Any, system: System, budget: _Budget) -> MultiPolygon:
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    if kind not in ("Polygon", "MultiPolygon"):
        raise _Bad(_("its geometry is no Polygon and no MultiPolygon"))
    coordinates = geometry.get("coordinates")
    parts = [coordinates] if kind == "Polygon" else coordinates
    if not isinstance(parts, list) or not parts or len(parts) > MOST_PARTS:
        raise _Bad(_("it has no parts, or more than %(most)s") % {"most": MOST_PARTS})
    checked = [[_ring(ring, system) for ring in _rings(part)] for part in parts]
    budget.take(sum(len(ring) for part in checked for ring in part))
    return MultiPolygon([Polygon(*part, srid=4326) for part in checked], srid=4326)


def _rings(part: Any) -> Iterator[list[Any]]:
    if not isinstance(part, list) or not part or len(part) > MOST_PARTS:
        raise _Bad(_("a polygon has no rings, or more than %(most)s") % {"most": MOST_PARTS})
    for ring in part:
        if not isinstance(ring, list) or not 4 <= len(ring) <= MOST_VERTICES:
            raise _Bad(_("a ring has fewer than 4 points, or more than %(most)s") % {"most": MOST_VERTICES})
        yield ring


def _ring(ring: list[Any], system: System) -> list[tuple[float, float]]:
    points = [_point(point, system) for point in ring]
    if points[0] != points[-1]:
        raise _Bad(_("a ring does not end where it begins"))
    return points


def _point(point: Any, system: System) -> tuple[float, float]:
    if not isinstance(point, list) or not 2 <= len(point) <= 4 or not all(type(part) in (int, float) for part in point):
        raise _Bad(_("a point is not a pair of numbers"))
    lon, lat = point[0], point[1]
    # Whole numbers of a JSON file have no bound: one too large for a double is no coordinate either.
    if abs(lon) > 180 or abs(lat) > 90 or not (math.isfinite(lon) and math.isfinite(lat)):
        raise _Bad(_("a point lies off the earth: %(point)s") % {"point": f"{lon:.6g}, {lat:.6g}"})
    try:
        here = Coordinate(float(lon), float(lat), system).position
    except Invalid as error:
        raise _Bad(str(error)) from error
    return here.lon, here.lat


def _sound(shape: MultiPolygon, repair: bool) -> bytes:
    if not shape.valid:
        if not repair:
            raise _Bad(_("its outline is not valid: %(why)s") % {"why": shape.valid_reason})
        shape = _polygons(shape.make_valid())
    if shape.empty or shape.area == 0:
        raise _Bad(_("it has no area"))
    return bytes(shape.wkb)


def _polygons(shape: GEOSGeometry) -> MultiPolygon:
    parts = [shape] if isinstance(shape, Polygon) else [part for part in cast(GeometryCollection, shape) if isinstance(part, (Polygon, MultiPolygon))]
    flat = [polygon for part in parts for polygon in (part if isinstance(part, MultiPolygon) else [part])]
    return MultiPolygon(flat, srid=4326)
