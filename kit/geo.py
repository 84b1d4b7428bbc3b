"""A position on the earth, checked before any geometry library sees it."""

import math
from dataclasses import dataclass

from django.contrib.gis.geos import Point
from django.utils.translation import gettext_lazy as _

from kit.errors import Invalid

SRID = 4326
METRES_PER_DEGREE = 111_195  # of latitude, on a sphere of 6,371 km


@dataclass(frozen=True, slots=True)
class Position:
    """Longitude and latitude in degrees, in this order, WGS-84 (EPSG:4326).

    Raises `Invalid` when a number is not finite or out of range: GEOS 3.11 aborts the process on a coordinate such as 1e300.
    """

    lon: float
    lat: float

    def __post_init__(self) -> None:
        if not (math.isfinite(self.lon) and math.isfinite(self.lat)):
            raise Invalid({"point": _("Longitude and latitude must be numbers.")})
        if not (-180 <= self.lon <= 180 and -90 <= self.lat <= 90):
            raise Invalid({"point": _("Longitude must be within 180 degrees and latitude within 90.")})

    def as_point(self) -> Point:
        """The same as a GEOS point, longitude first, SRID 4326."""
        return Point(self.lon, self.lat, srid=SRID)

    def box(self, metres: float) -> tuple[float, float, float, float]:
        """West, south, east and north, in degrees, of the box that holds every point within these metres."""
        up = metres / METRES_PER_DEGREE
        aside = up / max(math.cos(math.radians(self.lat)), 0.01)
        return self.lon - aside, self.lat - up, self.lon + aside, self.lat + up

    @classmethod
    def of(cls, point: Point) -> "Position":
        """Read back a stored point."""
        return cls(point.x, point.y)
