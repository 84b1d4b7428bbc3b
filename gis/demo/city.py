"""The synthetic city as records to load: `regions()` and `ground(seed)`."""

import random
from collections.abc import Iterator, Sequence

import shapely
from shapely import MultiLineString, MultiPolygon

from gis.demo import SOURCE, addresses, roads
from gis.demo import land as ground_
from gis.demo.addresses import House, Poi
from gis.demo.cells import Cell, cells, districts, facts, outline
from gis.demo.land import Patch
from gis.demo.naming import words
from gis.demo.plane import earth, to_earth
from gis.demo.roads import Street
from gis.records import AreaRecord, Ground, PlaceRecord, RegionRecord, RoadRecord


def regions() -> list[RegionRecord]:
    """The city, its 16 districts and their sub-districts, parents first."""
    city = facts()["city"]
    made = [RegionRecord(city["code"], "", "CITY", city["name"], city["name_en"], _polygons(outline()))]
    for district in facts()["districts"]:
        shape = _polygons(districts()[district["code"]])
        made.append(RegionRecord(district["code"], city["code"], "DISTRICT", district["name"], f"{district['name_en']} District", shape))
    made.extend(RegionRecord(cell.code, cell.district, "STREET", cell.name, cell.name_en, _polygons(cell.shape)) for cell in cells())
    return made


def ground(seed: int) -> Ground:
    """Roads, land and gazetteer; the same seed gives the same city to the last digit."""
    streets = roads.network(random.Random(seed))
    patches = ground_.patches(random.Random(seed + 1))
    houses = addresses.houses(streets, random.Random(seed + 2))
    pois = addresses.pois(houses, random.Random(seed + 3))
    places = [*_regions_as_places(), *_streets_as_places(streets), *_patches_as_places(patches), *_houses(streets, houses), *_pois(streets, pois)]
    return Ground(SOURCE, _roads(streets), _areas(patches), places)


def _polygons(shape: shapely.Geometry) -> bytes:
    return bytes(shapely.to_wkb(MultiPolygon(list(shapely.get_parts(earth(shape))))))


def _roads(streets: Sequence[Street]) -> list[RoadRecord]:
    return [
        RoadRecord(
            _road_code(place),
            road.kind,
            roads.RANK[road.kind],
            road.name.local,
            road.name.english,
            shapely.to_wkb(MultiLineString(list(shapely.get_parts(earth(road.line))))),
        )
        for place, road in enumerate(streets)
    ]


def _areas(patches: Sequence[Patch]) -> list[AreaRecord]:
    return [
        AreaRecord(f"A{place:04d}", patch.kind, patch.rank, patch.name.local, patch.name.english, _polygons(patch.shape))
        for place, patch in enumerate(patches)
    ]


def _road_code(place: int) -> str:
    return f"R{place:04d}"


def _regions_as_places() -> Iterator[PlaceRecord]:
    city = facts()["city"]
    yield PlaceRecord(city["code"], "CITY", 1, city["name"], city["name_en"], "", "", city["code"], city["name"], *city["center"])
    for district in facts()["districts"]:
        name = district["name"]
        yield PlaceRecord(
            district["code"], "DISTRICT", 1, name, f"{district['name_en']} District", "", "", district["code"], city["name"] + name, *district["seat"]
        )
    for cell in cells():
        lon, lat = to_earth(cell.seat)
        yield PlaceRecord(cell.code, "SUBDISTRICT", 2, cell.name, cell.name_en, "", "", cell.code, _within(cell), float(lon), float(lat))


def _within(cell: Cell) -> str:
    return _district_names()[cell.district] + cell.name


def _district_names() -> dict[str, str]:
    return {district["code"]: district["name"] for district in facts()["districts"]}


def _cells_at(points: Sequence[shapely.Point]) -> list[Cell | None]:
    tree = shapely.STRtree([cell.shape for cell in cells()])
    spots, found = tree.query(points, predicate="intersects")
    at = dict(zip(spots.tolist(), found.tolist(), strict=True))
    return [cells()[at[place]] if place in at else None for place in range(len(points))]


def _streets_as_places(streets: Sequence[Street]) -> Iterator[PlaceRecord]:
    middles = [
        shapely.line_interpolate_point(max(shapely.get_parts(road.line), key=lambda part: part.length), 0.5, normalized=True) for road in streets
    ]
    for place, (road, middle, cell) in enumerate(zip(streets, middles, _cells_at(middles), strict=True)):
        lon, lat = to_earth((middle.x, middle.y))
        region, around = (cell.code, _within(cell)) if cell else ("", "")
        rank = roads.RANK[road.kind]
        code = _road_code(place)
        yield PlaceRecord(code, "ROAD", rank, road.name.local, road.name.english, "", code, region, around + road.name.local, float(lon), float(lat))


def _patches_as_places(patches: Sequence[Patch]) -> Iterator[PlaceRecord]:
    named = [(number, patch) for number, patch in enumerate(patches) if patch.name.local]
    spots = [patch.shape.representative_point() for _number, patch in named]
    kinds = {"PARK": "PARK", "FOREST": "PARK"}
    for (number, patch), spot, cell in zip(named, spots, _cells_at(spots), strict=True):
        lon, lat = to_earth((spot.x, spot.y))
        region, around = (cell.code, _within(cell)) if cell else ("", "")
        kind = kinds.get(patch.kind, "WATER")
        yield PlaceRecord(
            f"A{number:04d}",
            kind,
            patch.rank,
            patch.name.local,
            patch.name.english,
            "",
            "",
            region,
            around + patch.name.local,
            float(lon),
            float(lat),
        )


def _house_name(road: Street, number: int) -> tuple[str, str]:
    return f"{road.name.local}{number}{words()['house'][0]}", f"{number} {road.name.english}"


def _houses(streets: Sequence[Street], houses: Sequence[House]) -> Iterator[PlaceRecord]:
    spots = to_earth([(house.east, house.north) for house in houses]).tolist()
    around = [_within(cell) for cell in cells()]
    for house, (lon, lat) in zip(houses, spots, strict=True):
        name, name_en = _house_name(streets[house.road], house.number)
        road = _road_code(house.road)
        code = f"{road}-{house.number}-{house.cell}"
        yield PlaceRecord(code, "HOUSE", 5, name, name_en, str(house.number), road, cells()[house.cell].code, around[house.cell] + name, lon, lat)


def _pois(streets: Sequence[Street], pois: Sequence[Poi]) -> Iterator[PlaceRecord]:
    spots = to_earth([(poi.house.east + 9, poi.house.north + 6) for poi in pois]).tolist()
    for number, (poi, (lon, lat)) in enumerate(zip(pois, spots, strict=True)):
        cell = cells()[poi.house.cell]
        name, _english = _house_name(streets[poi.house.road], poi.house.number)
        address = f"{_within(cell)}{name}"
        yield PlaceRecord(
            f"P{number:05d}",
            poi.kind,
            poi.rank,
            poi.name.local,
            poi.name.english,
            str(poi.house.number),
            _road_code(poi.house.road),
            cell.code,
            address,
            lon,
            lat,
        )
