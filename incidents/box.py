"""A box on the map that an index on points answers, for what is near; the true distance is asked of what lies in it."""

import math

from django.contrib.gis.geos import Polygon

from kit.geo import Position

METRES_PER_DEGREE = 111_195


def box_round(position: Position, metres: float) -> Polygon:
    """The box that holds every point within these metres of the position, SRID 4326."""
    up = metres / METRES_PER_DEGREE
    aside = up / max(math.cos(math.radians(position.lat)), 0.01)
    box = Polygon.from_bbox((position.lon - aside, position.lat - up, position.lon + aside, position.lat + up))
    box.srid = 4326
    return box
