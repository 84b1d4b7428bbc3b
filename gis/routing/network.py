"""The loaded roads as a network: cut where they meet, joined where they nearly do, written as the OpenStreetMap extract the engine reads."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import osmium
import shapely
from django.db import connection

METRES_PER_DEGREE = 111_320.0
SNAP_M = 25.0  # an end this close to another road leads onto it; further off it is a dead end
GRAIN = 10_000_000  # OpenStreetMap keeps seven decimals, one centimetre
LONGEST_WAY = 1_900  # nodes; the format allows 2,000

# How each kind of road is driven: the engine's class, and the speed it is driven at in km/h. All ways are open both ways: the table of
# roads holds one line for both carriageways.
MANNERS: dict[str, tuple[str, int]] = {
    "EXPRESSWAY": ("trunk", 90),
    "RING": ("trunk", 70),
    "MAIN": ("primary", 50),
    "STREET": ("tertiary", 35),
    "LANE": ("residential", 20),
}

Node = tuple[int, int]  # longitude and latitude times GRAIN


@dataclass(frozen=True, slots=True)
class Way:
    """A stretch of road: its kind and the places of its nodes in `Network.nodes`."""

    kind: str
    nodes: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Network:
    """Nodes (longitude, latitude, times ten million) and ways; `lonely` counts nodes from which the main part of the network cannot be reached."""

    nodes: list[Node]
    ways: list[Way]
    lonely: int


def loaded_roads() -> tuple[list[str], list[Any]]:
    """Kind and line of each part of each loaded road, in a plane of metres near the middle of them (longitude shrunk by the latitude)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT kind, ST_AsBinary((ST_Dump(line)).geom) FROM gis_road ORDER BY source, code")
        rows = cursor.fetchall()
    return [kind for kind, _line in rows], list(shapely.from_wkb([bytes(line) for _kind, line in rows]))


def woven(kinds: Sequence[str], lines: Sequence[Any]) -> Network:
    """The network of lines in degrees (WGS-84): every crossing is a junction, because the table of roads knows no bridges."""
    if not len(lines):
        return Network([], [], 0)
    shrink = float(np.cos(np.radians(shapely.get_y(shapely.centroid(shapely.multilinestrings(list(lines)))))))
    flat = shapely.transform(np.array(lines), lambda points: points * (METRES_PER_DEGREE * shrink, METRES_PER_DEGREE))
    loom = _Loom(flat, (METRES_PER_DEGREE * shrink, METRES_PER_DEGREE))
    ways = [Way(kind, nodes) for number, kind in enumerate(kinds) for nodes in loom.ways(number)]
    return Network(list(loom.nodes), ways, _lonely(len(loom.nodes), ways))


class _Loom:
    """Finds where lines meet, and numbers the places."""

    def __init__(self, lines: Any, scale: tuple[float, float]) -> None:
        self._lines, self._scale = lines, scale
        self._tree = shapely.STRtree(lines)
        self._met: dict[int, set[tuple[float, float]]] = defaultdict(set)
        self._led: dict[int, list[tuple[tuple[float, float], tuple[float, float]]]] = defaultdict(list)
        self.nodes: dict[Node, int] = {}
        self._cross()
        self._lead_on()

    def _cross(self) -> None:
        left, right = self._tree.query(self._lines, predicate="intersects")
        once = left < right
        left, right = left[once], right[once]
        for one, other, spots in zip(left.tolist(), right.tolist(), shapely.intersection(self._lines[left], self._lines[right]), strict=True):
            for x, y in shapely.get_coordinates(spots).tolist():
                self._met[one].add((x, y))
                self._met[other].add((x, y))

    def _lead_on(self) -> None:
        """Ends that stop a few metres before another road, as drawn by hand or cut by a region, lead onto it."""
        ends = [(number, spot) for number, line in enumerate(self._lines) for spot in (line.coords[0], line.coords[-1])]
        found, near = self._tree.query([shapely.Point(spot) for _number, spot in ends], predicate="dwithin", distance=SNAP_M)
        for place, other in zip(found.tolist(), near.tolist(), strict=True):
            number, spot = ends[place]
            end = shapely.Point(spot)
            if number == other or any(end.distance(shapely.Point(met)) < SNAP_M for met in self._met[number] & self._met[other]):
                continue
            line = self._lines[other]
            onto = line.interpolate(line.project(end))
            self._met[other].add((onto.x, onto.y))
            self._led[number].append((spot[:2], (onto.x, onto.y)))

    def ways(self, number: int) -> Iterator[tuple[int, ...]]:
        """The nodes along a line, in pieces that the format can hold, and along what leads from its ends onto others."""
        line = self._lines[number]
        spots = [*line.coords[1:-1], *self._met[number]]
        along = sorted((line.project(shapely.Point(spot)), spot[0], spot[1]) for spot in spots)
        run = [self._node(spot) for spot in (line.coords[0], *((x, y) for _at, x, y in along), line.coords[-1])]
        nodes = [run[0], *(after for before, after in pairwise(run) if before != after)]
        for start in range(0, len(nodes) - 1, LONGEST_WAY):
            yield tuple(nodes[start : start + LONGEST_WAY + 1])
        for spot, onto in self._led[number]:
            if self._node(spot) != self._node(onto):
                yield self._node(spot), self._node(onto)

    def _node(self, spot: Sequence[float]) -> int:
        key = round(spot[0] / self._scale[0] * GRAIN), round(spot[1] / self._scale[1] * GRAIN)
        return self.nodes.setdefault(key, len(self.nodes))


def _lonely(count: int, ways: Sequence[Way]) -> int:
    leader = list(range(count))

    def head(at: int) -> int:
        while leader[at] != at:
            leader[at] = at = leader[leader[at]]
        return at

    for way in ways:
        for one, other in pairwise(way.nodes):
            leader[head(one)] = head(other)
    parts = Counter(head(node) for node in range(count))
    return count - max(parts.values(), default=0)


def write(network: Network, target: Path, progress: Callable[[str, int, int], None]) -> None:
    """Write the network as an OpenStreetMap extract (.osm.pbf)."""
    target.unlink(missing_ok=True)
    writer = osmium.SimpleWriter(str(target))
    try:
        for number, (lon, lat) in enumerate(network.nodes, start=1):
            writer.add_node(osmium.osm.mutable.Node(id=number, version=1, location=(lon / GRAIN, lat / GRAIN)))
        for number, way in enumerate(network.ways, start=1):
            road, kmh = MANNERS[way.kind]
            tags = {"highway": road, "maxspeed": str(kmh), "oneway": "no"}
            writer.add_way(osmium.osm.mutable.Way(id=number, version=1, nodes=[node + 1 for node in way.nodes], tags=tags))
    finally:
        writer.close()
    progress("network", len(network.ways), len(network.ways))
