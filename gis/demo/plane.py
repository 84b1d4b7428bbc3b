"""A flat sheet of paper over the city: metres east and north of its centre, good to a percent."""

import math
import random
from typing import Any

import numpy as np
import shapely
from numpy.typing import ArrayLike
from shapely import Polygon

LON_0, LAT_0 = 116.397, 39.908
METRES_PER_LAT = 111_030.0
METRES_PER_LON = 111_320.0 * math.cos(math.radians(40.0))

Array = np.ndarray[Any, np.dtype[np.float64]]


def to_plane(coordinates: ArrayLike) -> Array:
    """Degrees (longitude first) to metres."""
    return (np.asarray(coordinates, dtype=float) - (LON_0, LAT_0)) * (METRES_PER_LON, METRES_PER_LAT)


def to_earth(coordinates: ArrayLike) -> Array:
    """Metres back to degrees, longitude first, rounded to a centimetre."""
    return np.round(np.asarray(coordinates, dtype=float) / (METRES_PER_LON, METRES_PER_LAT) + (LON_0, LAT_0), 7)


def rounded_box(center: tuple[float, float], half: tuple[float, float], *, power: float = 5.0, points: int = 160) -> Polygon:
    """A box with soft corners (a superellipse), in metres."""
    angle = np.linspace(0, 2 * np.pi, points, endpoint=False)
    cosine, sine = np.cos(angle), np.sin(angle)
    x = center[0] + half[0] * np.sign(cosine) * np.abs(cosine) ** (2 / power)
    y = center[1] + half[1] * np.sign(sine) * np.abs(sine) ** (2 / power)
    return Polygon(np.column_stack([x, y]))


def blob(center: tuple[float, float], half: tuple[float, float], rng: random.Random, *, points: int = 48, roughness: float = 0.18) -> Polygon:
    """An uneven lake or wood, in metres."""
    waves = [(count, rng.uniform(0, 2 * math.pi), rng.uniform(0.3, 1.0) / count) for count in (2, 3, 5, 7)]
    angle = np.linspace(0, 2 * np.pi, points, endpoint=False)
    radius = 1 + roughness * sum(size * np.sin(count * angle + phase) for count, phase, size in waves)
    ring = np.column_stack([center[0] + half[0] * radius * np.cos(angle), center[1] + half[1] * radius * np.sin(angle)])
    return Polygon(ring)


def earth(shape: shapely.Geometry) -> shapely.Geometry:
    """A shape in metres as one in degrees."""
    return shapely.transform(shape, to_earth)


def plane(shape: shapely.Geometry) -> shapely.Geometry:
    """A shape in degrees as one in metres."""
    return shapely.transform(shape, to_plane)
