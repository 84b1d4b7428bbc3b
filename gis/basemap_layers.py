"""What the basemap file holds: one query for each layer, drawn for every tile of a zoom at once by PostGIS.

The layers and attributes are a contract with the page's paint rules: docs/explanation/maps.md.
"""
# ruff: noqa: S608  (statements are put together from constants of this file)

from dataclasses import dataclass

EXTENT, BUFFER = 4096, 64

# Shapes of a layer at one zoom, cut into small pieces so that a long river or ring meets only the tiles it touches.
_DRAW = """
WITH piece AS MATERIALIZED (
    SELECT ord, {attributes}, piece.geom
    FROM ({source}) AS shape,
         LATERAL ST_Subdivide({cut}, {vertices}) AS piece(geom)
), tile AS (
    SELECT ord, {attributes}, geom, tx, ty
    FROM piece,
         LATERAL generate_series(greatest(0, floor((ST_XMin(geom) - %(margin)s + %(half)s) / %(side)s)::int),
                                 floor((ST_XMax(geom) + %(margin)s + %(half)s) / %(side)s)::int) AS tx,
         LATERAL generate_series(greatest(0, floor((%(half)s - ST_YMax(geom) - %(margin)s) / %(side)s)::int),
                                 floor((%(half)s - ST_YMin(geom) + %(margin)s) / %(side)s)::int) AS ty
), drawn AS (
    SELECT tx, ty, ord, {attributes},
           ST_AsMVTGeom({joined}, ST_TileEnvelope(%(z)s, tx, ty), 4096, 64, true) AS geom
    FROM tile GROUP BY tx, ty, ord, {attributes}
)
SELECT tx, ty, ST_AsMVT(feature, '{layer}', 4096, 'geom' ORDER BY ord)
FROM drawn, LATERAL (SELECT {attributes}, geom) AS feature
WHERE drawn.geom IS NOT NULL GROUP BY tx, ty
"""

_POINTS = """
WITH spot AS (
    SELECT ord, {attributes}, ST_Transform(geom, 3857) AS at FROM ({source}) AS shape
), drawn AS (
    SELECT tx, ty, ord, {attributes}, ST_AsMVTGeom(at, ST_TileEnvelope(%(z)s, tx, ty), 4096, 64, true) AS geom
    FROM spot,
         LATERAL generate_series(floor((ST_X(at) - %(margin)s + %(half)s) / %(side)s)::int,
                                 floor((ST_X(at) + %(margin)s + %(half)s) / %(side)s)::int) AS tx,
         LATERAL generate_series(floor((%(half)s - ST_Y(at) - %(margin)s) / %(side)s)::int,
                                 floor((%(half)s - ST_Y(at) + %(margin)s) / %(side)s)::int) AS ty
)
SELECT tx, ty, ST_AsMVT(feature, '{layer}', 4096, 'geom' ORDER BY ord)
FROM drawn, LATERAL (SELECT {attributes}, geom) AS feature
WHERE drawn.geom IS NOT NULL GROUP BY tx, ty
"""


@dataclass(frozen=True, slots=True)
class BasemapLayer:
    """A layer: the zooms it is drawn at, its attributes as written in SQL and the query that gives ord, attributes and geom."""

    name: str
    lowest: int
    attributes: str
    source: str
    geometry: str

    def statement(self) -> str:
        """The query that draws every tile of this layer at the zoom given as a parameter."""
        if self.geometry == "point":
            return _POINTS.format(layer=self.name, attributes=self.attributes, source=self.source)
        simple = "ST_SimplifyPreserveTopology(ST_Transform(shape.geom, 3857), %(grain)s)"
        if self.geometry == "line":
            # A straight line of thirty kilometres would be tried against every tile of its bounding box: cut it first.
            joined, cut, vertices = "ST_LineMerge(ST_Collect(geom))", f"ST_Segmentize({simple}, 3 * %(side)s)", 8
        else:
            joined, cut, vertices = "CASE count(*) WHEN 1 THEN (array_agg(geom))[1] ELSE ST_Union(geom) END", f"ST_MakeValid({simple})", 48
        return _DRAW.format(layer=self.name, attributes=self.attributes, source=self.source, joined=joined, cut=cut, vertices=vertices)


_NAMED = 'kind, name, "name:en"'
_NAME_COLUMNS = "nullif(name, '') AS name, nullif(name_en, '') AS \"name:en\""

LAYERS = (
    BasemapLayer(
        "land",
        6,
        "kind",
        """SELECT 0 AS ord, 'city' AS kind, geometry AS geom FROM access_region WHERE level = 'CITY'
           UNION ALL SELECT CASE kind WHEN 'HILLS' THEN 1 ELSE 2 END, lower(kind), shape FROM gis_area
           WHERE kind = 'HILLS' OR (kind = 'URBAN' AND %(z)s >= 7)""",
        "polygon",
    ),
    BasemapLayer(
        "parks",
        9,
        _NAMED,
        f"""SELECT rank * 1000000 + id AS ord, lower(kind) AS kind, {_NAME_COLUMNS}, shape AS geom FROM gis_area
            WHERE kind = 'FOREST' OR (kind = 'PARK' AND %(z)s >= 11)""",
        "polygon",
    ),
    BasemapLayer(
        "water",
        6,
        _NAMED,
        f"""SELECT rank * 1000000 + id AS ord, lower(kind) AS kind, {_NAME_COLUMNS}, shape AS geom FROM gis_area
            WHERE kind IN ('LAKE', 'RESERVOIR', 'RIVER') AND (rank = 1 OR %(z)s >= 9)""",
        "polygon",
    ),
    BasemapLayer(
        "roads",
        6,
        f"{_NAMED}, rank",
        f"""SELECT (6 - rank) * 1000000 + id AS ord, lower(kind) AS kind, {_NAME_COLUMNS}, rank, line AS geom FROM gis_road
            WHERE %(z)s >= CASE rank WHEN 1 THEN 6 WHEN 2 THEN 10 WHEN 3 THEN 12 ELSE 13 END""",
        "line",
    ),
    BasemapLayer(
        "boundaries",
        6,
        "kind",
        """SELECT depth AS ord, CASE level WHEN 'STREET' THEN 'subdistrict' ELSE lower(level) END AS kind, ST_Boundary(geometry) AS geom
           FROM access_region WHERE level = 'CITY' OR (level = 'DISTRICT' AND %(z)s >= 8) OR (level = 'STREET' AND %(z)s >= 12)""",
        "line",
    ),
    BasemapLayer(
        "places",
        6,
        f"{_NAMED}, rank",
        f"""SELECT rank * 10000000 + id AS ord, lower(kind) AS kind, {_NAME_COLUMNS}, rank, point AS geom FROM gis_place
            WHERE kind NOT IN ('HOUSE', 'ROAD', 'LAMP_POST', 'HYDRANT', 'MANHOLE', 'STAKE') AND %(z)s >= CASE kind
                WHEN 'CITY' THEN 6 WHEN 'DISTRICT' THEN 8 WHEN 'SUBDISTRICT' THEN 11
                WHEN 'WATER' THEN 7 + 2 * rank WHEN 'PARK' THEN 6 + 2 * rank ELSE 14 END""",
        "point",
    ),
    BasemapLayer(
        "addresses",
        14,
        "kind, number",
        "SELECT id AS ord, 'house' AS kind, number, point AS geom FROM gis_place WHERE kind = 'HOUSE' AND %(z)s >= %(top)s",
        "point",
    ),
)
