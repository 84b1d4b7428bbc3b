"""An invented road network: rings, expressways, a bent grid in the core, a small grid in every township, roads between them."""

import math
import random
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

import numpy as np
import shapely
from shapely import LineString, MultiLineString, Point, Polygon
from shapely.strtree import STRtree

from gis.demo import cells as land
from gis.demo.cells import Cell
from gis.demo.naming import Name, Names, street, words
from gis.demo.plane import Array, rounded_box, to_plane
from gis.romanise import syllables

STEP = 1050.0
RANK = {"EXPRESSWAY": 1, "RING": 1, "MAIN": 2, "STREET": 3, "LANE": 4}


@dataclass(frozen=True, slots=True)
class Street:
    """A road in metres; `gap` is the distance between house numbers, 0 where nobody lives on it."""

    name: Name
    kind: str
    line: LineString | MultiLineString
    gap: float


@cache
def rings() -> dict[str, Polygon]:
    """Ring code to the area it encloses, in metres."""
    made = {}
    for ring in land.facts()["rings"]:
        center = to_plane(ring["center"])
        made[ring["code"]] = rounded_box((center[0], center[1]), (ring["half_km"][0] * 1000, ring["half_km"][1] * 1000))
    return made


def network(rng: random.Random) -> list[Street]:
    """Every road, the great ones first."""
    names = Names(rng)
    made = [*_rings(), *_expressways(), *_avenues(rng, names), *_local(rng, names), *_townships(rng), *_county(rng)]
    return [road for road in made if not road.line.is_empty]


def _rings() -> Iterator[Street]:
    for ring in land.facts()["rings"]:
        yield Street(Name(ring["name"], ring["name_en"]), "RING", LineString(rings()[ring["code"]].exterior.coords), 0)


def _expressways() -> Iterator[Street]:
    words_ = land.facts()["expressway"]
    inner = rings()["R2"]
    center = np.array(inner.centroid.coords[0])
    for district in land.facts()["districts"]:
        if "short_en" not in district:
            continue
        end = to_plane(district["seat"])
        across = np.array([-(end - center)[1], (end - center)[0]]) * 0.035
        bends = [center, center + (end - center) * 0.4 + across, center + (end - center) * 0.75 - across * 0.6, end]
        line = shapely.difference(LineString(smooth(np.array(bends))), inner)
        yield Street(
            Name(words_["first"] + district["short"] + words_["suffix"], f"{words_['first_en']}-{district['short_en']} {words_['suffix_en']}"),
            "EXPRESSWAY",
            line,
            0,
        )


def smooth(corners: Array, rounds: int = 3) -> Array:
    """Cut corners as Chaikin does: bends as a road or a river has them."""
    for _ in range(rounds):
        quarter = corners[:-1] * 0.75 + corners[1:] * 0.25
        three = corners[:-1] * 0.25 + corners[1:] * 0.75
        inner = np.column_stack([quarter, three]).reshape(-1, 2)
        corners = np.vstack([corners[:1], inner, corners[-1:]])
    return corners


def _bend(coordinates: Array) -> Array:
    """One soft distortion of the whole core, so that the grid is no chessboard and everything still meets."""
    x, y = coordinates[:, 0], coordinates[:, 1]
    fade = np.clip(np.hypot(x, y) / 5000.0, 0.15, 1.0)
    return np.column_stack([x + fade * 190 * np.sin(y / 3900 + 0.7), y + fade * 170 * np.sin(x / 4300 - 0.4)])


def _bent(start: tuple[float, float], end: tuple[float, float]) -> LineString:
    straight = shapely.segmentize(LineString([start, end]), 250.0)
    return shapely.simplify(shapely.transform(straight, _bend), 3.0)


@cache
def _grid() -> tuple[list[float], list[float]]:
    """The coordinates of the avenues before bending: (norths of those running east, easts of those running north)."""
    rng = random.Random(20080808)
    reach = 13
    return tuple(sorted(step * STEP + (rng.uniform(-130, 130) if step else 0.0) for step in range(-reach, reach + 1)) for _ in range(2))  # type: ignore[return-value]


def _avenues(rng: random.Random, names: Names) -> Iterator[Street]:
    core = rings()["R5"].buffer(120)
    ends = 14.5 * 1000
    norths, easts = _grid()
    for place, north in enumerate(norths):
        east_half, west_half, _north, _south = words()["core"]["grand" if place % 4 == 1 else "main"]
        stem = names.stem()
        yield Street(street(stem, east_half), "MAIN", shapely.intersection(_bent((0, north), (ends, north)), core), 90)
        yield Street(street(stem, west_half), "MAIN", shapely.intersection(_bent((-ends, north), (0, north)), core), 90)
    for place, east in enumerate(easts):
        _east, _west, north_half, south_half = words()["core"]["grand" if place % 4 == 2 else "main"]
        stem = names.stem()
        yield Street(street(stem, north_half), "MAIN", shapely.intersection(_bent((east, 0), (east, ends)), core), 90)
        yield Street(street(stem, south_half), "MAIN", shapely.intersection(_bent((east, -ends), (east, 0)), core), 90)


def _local(rng: random.Random, names: Names) -> Iterator[Street]:
    """Streets inside the blocks of the core; lanes within the second ring."""
    norths, easts = _grid()
    for along, across, flip in ((easts, norths, False), (norths, easts, True)):
        for low, high in pairwise(across):
            place = 0
            while place < len(along) - 1:
                run = min(rng.choice((1, 1, 2, 3)), len(along) - 1 - place)
                yield from _in_block(rng, names, (along[place], along[place + run]), (low, high), flip)
                place += run


def _in_block(rng: random.Random, names: Names, span: tuple[float, float], band: tuple[float, float], flip: bool) -> Iterator[Street]:
    middle = ((span[0] + span[1]) / 2, (band[0] + band[1]) / 2)
    spot = Point(middle[::-1] if flip else middle)
    if not rings()["R5"].contains(spot):
        return
    old_town = rings()["R2"].contains(spot)
    count = rng.choice((2, 3, 4)) if old_town else rng.choice((0, 1, 1, 2) if flip else (1, 1, 2, 2))
    for number in range(count):
        at = band[0] + (band[1] - band[0]) * (number + 1) / (count + 1) + rng.uniform(-45, 45)
        ends = (span[0], at), (span[1], at)
        line = _bent(ends[0][::-1], ends[1][::-1]) if flip else _bent(*ends)
        is_lane = old_town and rng.random() < 0.6
        style = "lane" if is_lane else "street"
        yield Street(names.next(style), style.upper(), line, 60 if is_lane else 80)


def _townships(rng: random.Random) -> Iterator[Street]:
    """A small turned grid around every seat outside the core."""
    core = rings()["R5"]
    for cell in land.cells():
        if not core.contains(Point(cell.seat)):
            yield from _township(rng, cell)
        elif cell.setting == "urban":
            yield from _named_after(cell)


def _named_after(cell: Cell) -> Iterator[Street]:
    """In the core every sub-district has a short avenue of its own name, in a north and a south half."""
    x, y = cell.seat
    reach = 0.42 * math.sqrt(cell.shape.area)
    north, south = words()["core"]["grand"][2:]
    yield Street(street(cell.base, north, cell.base_en), "MAIN", _bent((x, y), (x, y + reach)), 70)
    yield Street(street(cell.base, south, cell.base_en), "MAIN", _bent((x, y - reach), (x, y)), 70)


def _township(rng: random.Random, cell: Cell) -> Iterator[Street]:
    reach, rows, gap = {"urban": (1700.0, 4, 100), "town": (1000.0, 2, 110), "hills": (480.0, 1, 90)}[cell.setting]
    turn = rng.uniform(-0.35, 0.35)
    stems = rng.sample(words()["town"], k=4 * rows)
    avenue, road = _suffixes()
    for is_north in (False, True):
        for row in range(-rows, rows + 1):
            length = reach * (1 if row == 0 else rng.uniform(0.55, 0.95))
            offset = row * reach / (rows + 0.6) + (rng.uniform(-40, 40) if row else 0)
            ends = np.array([(-length, offset), (length, offset)])
            if is_north:
                ends = ends[:, ::-1]
            line = shapely.intersection(LineString(_turned(ends, turn) + cell.seat), cell.shape)
            if line.geom_type != "LineString":
                continue
            name = (
                street(cell.base, road if is_north else avenue, cell.base_en) if row == 0 else street(stems.pop(), road if is_north else _lesser(row))
            )
            yield Street(name, "MAIN" if row == 0 else "STREET", line, gap)


def _suffixes() -> tuple[str, str]:
    kinds = list(words()["suffix"])
    return kinds[2], kinds[0]


def _lesser(row: int) -> str:
    return str(list(words()["suffix"])[row % 2])


def _turned(points: Array, angle: float) -> Array:
    cosine, sine = math.cos(angle), math.sin(angle)
    return np.asarray(points @ np.array([[cosine, sine], [-sine, cosine]]))


def _county(rng: random.Random) -> Iterator[Street]:
    """Roads between neighbouring seats: the Gabriel graph, outside the core."""
    core = rings()["R5"]
    everyone = land.cells()
    seats = [Point(cell.seat) for cell in everyone]
    tree = STRtree(seats)
    taken: set[str] = set()
    for one, other in _neighbours(seats, tree):
        if core.contains(seats[one]) and core.contains(seats[other]):
            continue
        name = _county_name(everyone[one], everyone[other], taken)
        hilly = "hills" in {everyone[one].setting, everyone[other].setting}
        line = shapely.difference(_winding(rng, everyone[one].seat, everyone[other].seat, 0.09 if hilly else 0.03), core)
        yield Street(name, "MAIN", shapely.intersection(line, land.outline()), 600)


def _neighbours(seats: list[Point], tree: STRtree) -> list[tuple[int, int]]:
    """Pairs with nobody inside the circle on their connecting line."""
    triangles = shapely.delaunay_triangles(shapely.multipoints(seats), only_edges=True)
    places = {(seat.x, seat.y): number for number, seat in enumerate(seats)}
    pairs = []
    for edge in shapely.get_parts(triangles):
        start, end = edge.coords[0], edge.coords[-1]
        one, other = sorted((places[start], places[end]))
        circle = edge.centroid.buffer(edge.length / 2 * 0.995)
        inside = set(tree.query(circle, predicate="contains").tolist()) - {one, other}
        if not inside and edge.length < 32_000:
            pairs.append((one, other))
    return sorted(pairs)


def _county_name(one: Cell, other: Cell, taken: set[str]) -> Name:
    suffix = words()["county"]
    pairs = [(0, 0), (0, 1), (1, 0), (1, 1)]
    for first, second in pairs:
        stem = one.base[min(first, len(one.base) - 1)] + other.base[min(second, len(other.base) - 1)]
        if stem not in taken and stem[0] != stem[1]:
            break
    taken.add(stem)
    reading = "-".join(part.capitalize() for part in syllables(stem))
    return street(stem, suffix, reading)


def _winding(rng: random.Random, start: tuple[float, float], end: tuple[float, float], swing: float) -> LineString:
    a, b = np.array(start), np.array(end)
    across = np.array([-(b - a)[1], (b - a)[0]])
    stations = np.linspace(0, 1, 6)[1:-1]
    middle = [a + (b - a) * share + across * rng.uniform(-swing, swing) for share in stations]
    return shapely.simplify(LineString(smooth(np.array([a, *middle, b]))), 8.0)
