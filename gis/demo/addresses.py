"""House numbers along the invented roads, and points of interest at some of them."""

import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from shapely.strtree import STRtree

from gis.demo.cells import Cell, cells
from gis.demo.naming import Name, Names, spoken, words
from gis.demo.roads import Street

SPACING = 2.8  # houses are thinned by this much below what the gaps of the streets say


@dataclass(frozen=True, slots=True)
class House:
    """A house number: `road` and `cell` are places in the lists of streets and cells; metres."""

    road: int
    number: int
    cell: int
    east: float
    north: float


@dataclass(frozen=True, slots=True)
class Poi:
    """A point of interest at a house."""

    kind: str
    rank: int
    name: Name
    house: House


def houses(streets: Sequence[Street], rng: random.Random) -> list[House]:
    """Numbers grow by two every twenty metres, odd on the left; inside the city only."""
    found: list[tuple[int, int, float, float]] = []
    for place, road in enumerate(streets):
        if road.gap:
            found.extend(_along(place, road, rng))
    spots = shapely.points([(east, north) for _road, _number, east, north in found])
    tree = STRtree([cell.shape for cell in cells()])
    spot_ids, cell_ids = tree.query(spots, predicate="intersects")
    cell_of = dict(zip(spot_ids.tolist(), cell_ids.tolist(), strict=True))
    return [House(road, number, cell_of[spot], east, north) for spot, (road, number, east, north) in enumerate(found) if spot in cell_of]


def _along(place: int, road: Street, rng: random.Random) -> Iterator[tuple[int, int, float, float]]:
    gap = road.gap * SPACING
    for line in shapely.get_parts(road.line):
        length = line.length
        distances = np.arange(gap * rng.uniform(0.2, 0.6), length - 10, gap)
        if not len(distances):
            continue
        here = shapely.get_coordinates(shapely.line_interpolate_point(line, distances))
        ahead = shapely.get_coordinates(shapely.line_interpolate_point(line, np.minimum(distances + 2, length)))
        along = ahead - here
        across = np.column_stack([-along[:, 1], along[:, 0]])
        across /= np.maximum(np.hypot(across[:, 0], across[:, 1])[:, None], 1e-6)
        seen: set[int] = set()
        for spot, step, distance in zip(here, across, distances, strict=True):
            is_left = rng.random() < 0.5
            number = 1 + 2 * int(distance // 20) + (0 if is_left else 1)
            if number in seen:
                continue
            seen.add(number)
            east, north = spot + step * (1 if is_left else -1) * rng.uniform(12, 26)
            yield place, number, float(east), float(north)


def pois(everywhere: Sequence[House], rng: random.Random) -> list[Poi]:
    """Hospitals, schools, offices and the like, at houses of every sub-district."""
    by_cell: dict[int, list[House]] = defaultdict(list)
    for house in everywhere:
        by_cell[house.cell].append(house)
    names = Names(rng)
    taken: set[str] = set()
    made: list[Poi] = []
    for place, cell in enumerate(cells()):
        at = by_cell[place]
        for sort in words()["poi"]:
            made.extend(_of_sort(sort, cell, at, names, taken, rng))
    return made


def _of_sort(sort: dict[str, Any], cell: Cell, at: list[House], names: Names, taken: set[str], rng: random.Random) -> Iterator[Poi]:
    if not at:
        return
    expected = sort["per_urban" if cell.setting == "urban" else "per_town"] * (0.4 if cell.setting == "hills" else 1)
    count = int(expected) + (rng.random() < expected % 1)
    for _ in range(count):
        local, english = rng.choice(sort["names"])
        stem = names.any_stem()
        name = Name(
            local.format(base=cell.base, stem=stem),
            english.format(base_en=cell.base_en, stem_en=spoken(stem)),
        )
        if name.local in taken:
            continue
        taken.add(name.local)
        yield Poi(sort["kind"], sort["rank"], name, rng.choice(at))
