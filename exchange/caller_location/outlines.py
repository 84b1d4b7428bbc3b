"""The shapes of RFC 5491 as a centre and the radius of a circle round all of them, reckoned on the plane that touches the earth there."""

from collections.abc import Sequence
from itertools import pairwise
from math import cos, hypot, pi, radians, sin

from kit.geo import Position

METRES_PER_DEGREE = 6_371_008.8 * pi / 180


def arc_band(centre: Position, *, inner_m: float, outer_m: float, start: float, opening: float) -> tuple[Position, float]:
    """A band between two radii, from `start` (degrees clockwise from north) over `opening` degrees: its centroid and the radius round it.

    The centroid stands on the line that halves the opening (RFC 7459, section 5.1); the point of the band that is farthest from it is a
    corner.
    """
    half = radians(opening) / 2
    bearing = radians(start + opening / 2)
    whole = outer_m + inner_m
    away = 2 * sin(half) * (outer_m**2 + inner_m**2 + outer_m * inner_m) / (3 * half * whole) if half and whole else 0.0
    radius = max(hypot(ray * cos(half) - away, ray * sin(half)) for ray in (inner_m, outer_m))
    return _moved(centre, east=away * sin(bearing), north=away * cos(bearing)), radius


def polygon(corners: Sequence[Position]) -> tuple[Position, float]:
    """A closed ring: its centroid, or the mean of its corners when it has no area, and the distance to the farthest corner."""
    first, ring = corners[0], corners[:-1]
    plane = [_from(first, corner) for corner in corners]
    crosses = [ax * by - bx * ay for (ax, ay), (bx, by) in pairwise(plane)]
    twice = sum(crosses)
    if abs(twice) < 1e-3:
        east, north = sum(x for x, _y in plane[:-1]) / len(ring), sum(y for _x, y in plane[:-1]) / len(ring)
    else:
        sides = list(zip(pairwise(plane), crosses, strict=True))
        east = sum((a[0] + b[0]) * cross for (a, b), cross in sides) / (3 * twice)
        north = sum((a[1] + b[1]) * cross for (a, b), cross in sides) / (3 * twice)
    return _moved(first, east=east, north=north), max(hypot(x - east, y - north) for x, y in plane)


def _from(origin: Position, place: Position) -> tuple[float, float]:
    """Metres east and north, the short way round the earth."""
    turn = (place.lon - origin.lon + 180) % 360 - 180
    return turn * METRES_PER_DEGREE * _narrowing(origin), (place.lat - origin.lat) * METRES_PER_DEGREE


def _moved(origin: Position, *, east: float, north: float) -> Position:
    lat = max(-90.0, min(90.0, origin.lat + north / METRES_PER_DEGREE))
    lon = origin.lon + east / (METRES_PER_DEGREE * _narrowing(origin))
    return Position((lon + 180) % 360 - 180, lat)


def _narrowing(origin: Position) -> float:
    return max(cos(radians(origin.lat)), 1e-6)
