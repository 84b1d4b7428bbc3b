"""A box on the map that an index on points answers, for what is near; the true distance is asked of what lies in it."""

from django.contrib.gis.geos import Polygon

from kit.geo import SRID, Position


def box_round(position: Position, metres: float) -> Polygon:
    """The box that holds every point within these metres of the position, SRID 4326."""
    box = Polygon.from_bbox(position.box(metres))
    box.srid = SRID
    return box
