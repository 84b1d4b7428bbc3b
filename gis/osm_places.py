"""Read places and roads from an OpenStreetMap extract with osmium: one pass, node positions in memory (16 bytes each), roads joined at the end."""

import json
from array import array
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import osmium

from gis import place_rows
from gis.coordinates import System
from gis.place_files import PlacesUnreadable, Thing, check_pbf, check_size
from gis.place_rows import Pair, Rejected, Unusable
from gis.words import is_han

MOST_ROAD_POINTS = 30_000_000
MOST_WAY_POINTS = 10_000
CELL = 200  # to the degree: ends of ways of one name within some 500 m belong to one road
_TAGS = ("highway", "railway", "amenity", "shop", "office", "tourism", "leisure", "place", "emergency", "manhole", "public_transport", "station")
_MORE_TAGS = ("addr:housenumber", "historic", "man_made", "landuse", "natural", "building")


@cache
def _kinds() -> Any:
    return json.loads(Path(__file__).with_name("osm_kinds.json").read_text(encoding="utf-8"))


@dataclass(slots=True)
class _Way:
    """One stretch of a named road."""

    number: int
    kind: str
    rank: int
    points: "array[float]"
    fields: Mapping[str, str]


@dataclass(slots=True)
class _Roads:
    """The stretches by name, and how many points they have together."""

    by_name: dict[str, list[_Way]] = field(default_factory=lambda: defaultdict(list))
    points: int = 0


def from_osm(path: Path) -> Iterator[Thing]:
    """Places and named roads of an extract (.osm.pbf); relations are not read, their outer ways with a name of their own are."""
    check_size(path, ".pbf")
    check_pbf(path)
    roads = _Roads()
    try:
        file = osmium.FileProcessor(str(path), osmium.osm.NODE | osmium.osm.WAY).with_locations("flex_mem")
        tagged = osmium.filter.KeyFilter(*_TAGS, *_MORE_TAGS)
        tagged.enable_for(osmium.osm.NODE | osmium.osm.WAY)
        for one in file.with_filter(tagged):
            yield from _thing(one, roads)
    except (RuntimeError, ValueError) as error:
        raise PlacesUnreadable(why=f"it is no OpenStreetMap extract, or it is broken: {str(error)[:200]}") from error
    yield from _joined(roads)


def _thing(one: Any, roads: _Roads) -> Iterator[Thing]:
    tags = {tag.k: tag.v for tag in one.tags}
    letter = "n" if one.is_node() else "w"
    try:
        if letter == "w" and tags.get("highway") in _kinds()["roads"]:
            _keep_way(one, tags, roads)
            return
        kind, rank = _kind(tags)
        if not kind:
            return
        fields = place_rows.texts(_fields(tags, f"{letter}{one.id}", kind, rank))
        if not (fields.get("name") or fields.get("number") or kind in _kinds()["bare"]) or (kind == "HOUSE" and not fields.get("road")):
            return
        spot = _spot(one) if letter == "n" else _ring_middle(one)
        yield place_rows.place(fields, spot, kind)
    except (Unusable, osmium.InvalidLocationError) as bad:
        yield Rejected(one.id, f"{letter}{one.id}", str(tags.get("name", ""))[:160], str(bad))


def _kind(tags: Mapping[str, str]) -> tuple[str, int]:
    for tag, value, kind, rank in _kinds()["rules"]:
        given = tags.get(tag)
        if given is not None and (value == "*" or value == given) and (tag != "building" or value != "*" or tags.get("name")):
            return kind, rank
    return ("HOUSE", 5) if "addr:housenumber" in tags else ("", 0)


def _fields(tags: Mapping[str, str], code: str, kind: str, rank: int) -> dict[str, str]:
    name = tags.get("name:zh") or tags.get("name", "")
    fields = {"code": code, "name": name, "rank": str(rank), "address": tags.get("addr:full", "") or _address(tags)}
    fields["name_en"] = tags.get("name:en", "") or ("" if is_han(name) else name)
    if kind == "HOUSE" and not name:
        return fields | {"kind": kind, "number": tags["addr:housenumber"], "road": tags.get("addr:street", "")}
    if kind == "STAKE":
        return fields | {"kind": kind, "number": tags.get("distance", "") or tags.get("ref", ""), "road": tags.get("road_ref", ""), "name": ""}
    if kind in place_rows.PLATED:
        fields["number"] = tags.get("ref", "")
    return fields | {"kind": "OTHER" if kind == "HOUSE" else kind}


def _address(tags: Mapping[str, str]) -> str:
    parts = [tags.get(f"addr:{part}", "") for part in ("city", "district", "street", "housenumber")]
    if not parts[2]:
        return ""
    return "".join(parts) if is_han(parts[2]) else f"{parts[3]} {parts[2]}, {parts[0]}".strip(" ,")


def _spot(node: Any) -> Pair:
    return place_rows.placed(node.location.lon, node.location.lat, System.WGS84)


def _points(way: Any) -> list[Pair]:
    if len(way.nodes) > MOST_WAY_POINTS:
        raise Unusable(f"the way has more than {MOST_WAY_POINTS} points")
    # An extract is cut at its border: points of a way outside it have no position.
    return [(node.location.lon, node.location.lat) for node in way.nodes if node.location.valid()]


def _ring_middle(way: Any) -> Pair:
    points = _points(way)
    if not points:
        raise Unusable("none of its points is in the file")
    lon, lat = (sum(point[axis] for point in points) / len(points) for axis in (0, 1))
    return place_rows.placed(lon, lat, System.WGS84)


def _keep_way(way: Any, tags: Mapping[str, str], roads: _Roads) -> None:
    name = tags.get("name:zh") or tags.get("name") or tags.get("ref", "")
    if not name:
        return
    kind, rank = _kinds()["roads"][tags["highway"]]
    ref = tags.get("ref", "").split(";")[0]
    fields = place_rows.texts({"name": name, "name_en": tags.get("name:en", ""), "ref": ref})
    points = _points(way)
    if len(points) < 2:
        return
    roads.points += len(points)
    if roads.points > MOST_ROAD_POINTS:
        raise PlacesUnreadable(why=f"its roads have more than {MOST_ROAD_POINTS} points")
    flat = array("d", [number for point in points for number in point])
    roads.by_name[fields["name"]].append(_Way(way.id, kind, rank, flat, fields))


def _joined(roads: _Roads) -> Iterator[Thing]:
    """Stretches of one name whose ends lie close are one road; far apart they are two streets of the same name."""
    for name in sorted(roads.by_name):
        for ways in _clusters(roads.by_name.pop(name)):
            best = min(ways, key=lambda way: (way.rank, way.number))
            parts = [list(zip(way.points[0::2], way.points[1::2], strict=True)) for way in ways]
            fields = {**best.fields, "code": f"w{min(way.number for way in ways)}", "kind": best.kind, "rank": str(best.rank)}
            try:
                road = place_rows.road(fields, parts)
            except Unusable as bad:
                yield Rejected(best.number, fields["code"], name, str(bad))
                continue
            longest = max(parts, key=len)
            yield road
            yield place_rows.line_of_gazetteer(road, longest[len(longest) // 2])


def _clusters(ways: list[_Way]) -> list[list[_Way]]:
    leader = list(range(len(ways)))

    def head(at: int) -> int:
        while leader[at] != at:
            leader[at] = at = leader[leader[at]]
        return at

    cells: dict[tuple[int, int], int] = {}
    for number, way in enumerate(ways):
        for lon, lat in ((way.points[0], way.points[1]), (way.points[-2], way.points[-1])):
            x, y = int(lon * CELL), int(lat * CELL)
            for near in ((x + dx, y + dy) for dx in (-1, 0, 1) for dy in (-1, 0, 1)):
                if near in cells:
                    leader[head(cells[near])] = head(number)
            cells[(x, y)] = number
    found: dict[int, list[_Way]] = defaultdict(list)
    for number, way in enumerate(ways):
        found[head(number)].append(way)
    return list(found.values())
