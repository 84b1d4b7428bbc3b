"""Districts and townships: the outline of the city divided among rough centres, so that neighbours meet without gaps."""

import csv
import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import shapely
from shapely import MultiPolygon, Point, Polygon

from gis.demo.plane import plane, to_plane

HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Cell:
    """A sub-district in metres: `base` is its name without the word for its rank."""

    code: str
    district: str
    name: str
    name_en: str
    base: str
    base_en: str
    setting: str
    seat: tuple[float, float]
    shape: Polygon | MultiPolygon


@cache
def facts() -> dict[str, Any]:
    """The small data file: names, rough centres, outline."""
    return dict(json.loads((HERE / "city.json").read_text(encoding="utf-8")))


@cache
def outline() -> Polygon:
    """The municipality in metres, drawn by hand."""
    return plane(Polygon(facts()["outline"]))


@cache
def cells() -> tuple[Cell, ...]:
    """All sub-districts in the order of the data file."""
    with (HERE / "subdistricts.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    seats = to_plane([(float(row["lon"]), float(row["lat"])) for row in rows])
    points = shapely.multipoints([Point(seat) for seat in seats])
    parts = shapely.get_parts(shapely.voronoi_polygons(points, extend_to=outline(), ordered=True))
    shapes = shapely.intersection(parts, outline())
    words = facts()["subdistrict"]
    counts: dict[str, int] = {}
    made = []
    for row, seat, shape in zip(rows, seats, shapes, strict=True):
        district = row["district"]
        counts[district] = counts.get(district, 0) + 1
        word, word_en = words[row["setting"]]
        made.append(
            Cell(
                code=f"{district}S{counts[district]:02d}",
                district=district,
                name=row["name"] + word,
                name_en=f"{row['name_en']} {word_en}",
                base=row["name"],
                base_en=row["name_en"],
                setting=row["setting"],
                seat=(float(seat[0]), float(seat[1])),
                shape=shape,
            )
        )
    return tuple(made)


@cache
def districts() -> dict[str, Polygon | MultiPolygon]:
    """District code to its shape in metres: the union of its townships."""
    return {
        district["code"]: shapely.union_all([cell.shape for cell in cells() if cell.district == district["code"]])
        for district in facts()["districts"]
    }
