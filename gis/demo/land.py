"""Water, woods, parks and built-up ground of the synthetic city, in metres."""

import random
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import shapely
from shapely import LineString, MultiPolygon, Point, Polygon

from gis.demo.cells import cells, facts, outline
from gis.demo.naming import Name, Names, spoken, words
from gis.demo.plane import blob, to_plane
from gis.demo.roads import rings, smooth


@dataclass(frozen=True, slots=True)
class Patch:
    """A piece of ground in metres."""

    kind: str
    rank: int
    name: Name
    shape: Polygon | MultiPolygon


NAMELESS = Name("", "")


def patches(rng: random.Random) -> list[Patch]:
    """Every piece of ground inside the outline."""
    made = [*_hills(), *_urban(rng), *_forests(rng), *_parks(rng), *_waters(rng)]
    inside = [Patch(patch.kind, patch.rank, patch.name, _polygonal(shapely.intersection(patch.shape, outline()))) for patch in made]
    return [patch for patch in inside if not patch.shape.is_empty]


def _polygonal(shape: shapely.Geometry) -> Polygon | MultiPolygon:
    return MultiPolygon([part for part in shapely.get_parts(shape) if part.geom_type == "Polygon"])


def _hills() -> Iterator[Patch]:
    hills = shapely.union_all([cell.shape for cell in cells() if cell.setting == "hills"])
    yield Patch("HILLS", 1, NAMELESS, shapely.simplify(hills.buffer(-1500).buffer(1500), 60))


def _urban(rng: random.Random) -> Iterator[Patch]:
    reach = {"urban": 1900.0, "town": 1150.0, "hills": 560.0}
    towns = [blob(cell.seat, (reach[cell.setting], reach[cell.setting] * 0.95), rng, roughness=0.1) for cell in cells()]
    built = shapely.union_all([rings()["R5"].buffer(250), *towns])
    yield Patch("URBAN", 1, NAMELESS, shapely.simplify(built, 15))


def _forests(rng: random.Random) -> Iterator[Patch]:
    for wood in facts()["forests"]:
        east, north = to_plane(wood["center"])
        shape = blob((east, north), (wood["half_km"][0] * 1000, wood["half_km"][1] * 1000), rng, points=72)
        yield Patch("FOREST", 2, Name(wood["name"], wood["name_en"]), shape)


def _parks(rng: random.Random) -> Iterator[Patch]:
    names = Names(rng)
    local, english = words()["park"]
    for cell in cells():
        if cell.setting == "hills" or rng.random() > 0.7:
            continue
        size = rng.uniform(140, 420) if cell.setting == "urban" else rng.uniform(120, 260)
        away = (cell.seat[0] + rng.uniform(-500, 500), cell.seat[1] + rng.uniform(-500, 500))
        if not cell.shape.contains(Point(away)):
            continue
        stem = names.stem()
        name = Name(local.format(stem=stem), english.format(stem_en=spoken(stem)))
        yield Patch("PARK", 3 if size > 280 else 4, name, blob(away, (size, size * rng.uniform(0.6, 1.0)), rng))


def _waters(rng: random.Random) -> Iterator[Patch]:
    for water in facts()["waters"]:
        east, north = to_plane(water["center"])
        shape = blob((east, north), (water["half_km"][0] * 1000, water["half_km"][1] * 1000), rng, points=64, roughness=0.22)
        yield Patch(water["kind"].upper(), water["rank"], Name(water["name"], water["name_en"]), shape)
    for river in facts()["rivers"]:
        bends = np.array(to_plane(river["line"]))
        bed = shapely.simplify(LineString(smooth(bends)).buffer(river["width_m"] / 2, quad_segs=3), 5)
        yield Patch("RIVER", river["rank"], Name(river["name"], river["name_en"]), bed)
