"""The data files of the demo city, and the places its calls come from."""

import json
import random
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from gis.demo.cells import cells
from gis.demo.plane import to_plane
from gis.records import Ground, PlaceRecord
from kit.geo import Position

HERE = Path(__file__).parent
WEIGHTS = {"urban": 1.0, "town": 0.3, "hills": 0.1}


@cache
def organisation() -> dict[str, Any]:
    """Departments, stations, units and people."""
    return dict(json.loads((HERE / "organisation.json").read_text(encoding="utf-8")))


@cache
def types() -> dict[str, Any]:
    """Types of incidents: how often, how long, in which words."""
    return dict(json.loads((HERE / "types.json").read_text(encoding="utf-8")))


@cache
def words() -> dict[str, Any]:
    """For each type the words of callers that speak for it, and what to ask about it."""
    return dict(json.loads((HERE / "rules.json").read_text(encoding="utf-8"))["types"])


@cache
def hazards() -> list[dict[str, Any]]:
    """Places with a warning, each beside a station."""
    return list(json.loads((HERE / "hazards.json").read_text(encoding="utf-8"))["hazards"])


@dataclass(frozen=True, slots=True)
class Spot:
    """An address where something may happen; `region` is the code of its sub-district, `district` of its district."""

    address: str
    address_en: str
    position: Position
    region: str
    district: str

    @classmethod
    def of(cls, place: PlaceRecord) -> "Spot":
        """The address of a house."""
        return cls(place.address, place.name_en, Position(place.lon, place.lat), place.region, place.region[:6])


class Spots:
    """The houses of the synthetic city, drawn by how busy their sub-district is."""

    def __init__(self, ground: Ground) -> None:
        self.by_region: dict[str, list[PlaceRecord]] = {}
        for place in ground.places:
            if place.kind == "HOUSE":
                self.by_region.setdefault(place.region, []).append(place)
        busy = [cell for cell in cells() if cell.code in self.by_region]
        self._codes = [cell.code for cell in busy]
        self._weights = [WEIGHTS[cell.setting] * min(len(self.by_region[cell.code]), 200) for cell in busy]

    def draw(self, rng: random.Random) -> Spot:
        """Somewhere in the city."""
        code = rng.choices(self._codes, self._weights)[0]
        return Spot.of(rng.choice(self.by_region[code]))

    def beside(self, base: str) -> Spot:
        """The house nearest to the seat of a sub-district, by the sub-district's name."""
        cell = next(cell for cell in cells() if cell.base == base)

        def away(place: PlaceRecord) -> tuple[float, str]:
            east, north = to_plane((place.lon, place.lat)) - cell.seat
            return float(east**2 + north**2), place.code

        return Spot.of(min(self.by_region[cell.code], key=away))


def station_bases() -> dict[str, tuple[str, str]]:
    """Sub-district name to (name, English name) for naming stations."""
    return {cell.base: (cell.base, cell.base_en) for cell in cells()}
