"""The layer of places: raw from zoom 14, below it counts by cell that are worked out when places are loaded."""
# ruff: noqa: S608  (statements are put together from constants)

from django.db import connection

from access.actors import Actor
from gis import tiles
from gis.mercator import Tile
from gis.models import Layer

LOWEST_ZOOM, CELLS = 6, 8
SMALL = "'HOUSE', 'LAMP_POST', 'HYDRANT', 'MANHOLE', 'STAKE'"  # too many to show before one sees single houses

# Cells of 1/8 of a tile's side, from the raw points once per load; a cell's mark stands in the middle of its points.
COUNT_PLACES = f"""
DELETE FROM gis_placecount;
INSERT INTO gis_placecount (zoom, x, y, kind, count, point)
SELECT zoom, cx / {CELLS}, cy / {CELLS}, kind, count(*), ST_SetSRID(ST_MakePoint(avg(ST_X(m)), avg(ST_Y(m))), 3857)
FROM generate_series({LOWEST_ZOOM}, {tiles.RAW_ZOOM - 1}) AS zoom,
     (SELECT kind, ST_Transform(point, 3857) AS m FROM gis_place WHERE kind NOT IN ({SMALL})) AS place,
     LATERAL (SELECT floor((ST_X(m) + 20037508.342789244) / 40075016.685578488 * {CELLS} * 2 ^ zoom)::int AS cx,
                     floor((20037508.342789244 - ST_Y(m)) / 40075016.685578488 * {CELLS} * 2 ^ zoom)::int AS cy) AS cell
GROUP BY zoom, cx, cy, kind
"""

RAW = f"""
SELECT ST_AsMVT(feature, 'places', 4096, 'geom') FROM (
    SELECT id, lower(kind) AS kind, rank, name, name_en AS "name:en", number,
           ST_AsMVTGeom(ST_Transform(point, 3857), ST_TileEnvelope(%(z)s, %(x)s, %(y)s), 4096, 64, true) AS geom
    FROM gis_place
    WHERE point && ST_Transform(ST_TileEnvelope(%(z)s, %(x)s, %(y)s, margin => 0.016), 4326) AND (kind NOT IN ({SMALL}) OR %(z)s >= 16)
    ORDER BY rank, id LIMIT 5000
) AS feature
"""

COUNTS = """
SELECT ST_AsMVT(feature, 'places', 4096, 'geom') FROM (
    SELECT lower(kind) AS kind, count,
           ST_AsMVTGeom(point, ST_TileEnvelope(%(z)s, %(x)s, %(y)s), 4096, 64, true) AS geom
    FROM gis_placecount WHERE zoom = %(z)s AND x = %(x)s AND y = %(y)s
    ORDER BY count DESC, kind
) AS feature
"""


def _draw(actor: Actor, tile: Tile) -> bytes:
    if tile.z < LOWEST_ZOOM:
        return b""
    with connection.cursor() as cursor:
        cursor.execute(RAW if tile.z >= tiles.RAW_ZOOM else COUNTS, {"z": tile.z, "x": tile.x, "y": tile.y})
        return bytes(cursor.fetchone()[0])


def _version() -> int:
    return Layer.objects.filter(pk="places").values_list("version", flat=True).first() or 0


tiles.register(tiles.TileLayer("places", draw=_draw, version=_version, is_public=True))
