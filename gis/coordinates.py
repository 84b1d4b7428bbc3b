"""Longitudes and latitudes that know their own reference system.

Chinese maps publish shifted coordinates: GCJ-02 (every licensed map) and BD-09 (Baidu, GCJ-02 shifted again). The city stores
WGS-84 only. A bare pair of numbers cannot say what it is, so conversion starts from a `Coordinate` and nothing else: asking a
WGS-84 value for WGS-84 gives it back unchanged, and shifting twice cannot be written.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from kit.geo import Position


class System(StrEnum):
    """Reference systems a coordinate may come in. CGCS2000 (EPSG:4490) equals WGS-84 within decimetres and is taken as it."""

    WGS84 = "WGS84"
    CGCS2000 = "CGCS2000"
    GCJ02 = "GCJ02"
    BD09 = "BD09"


@dataclass(frozen=True, slots=True)
class Coordinate:
    """Longitude and latitude in degrees, in this order, in `system`. Raises `Invalid` outside the earth or when not finite."""

    lon: float
    lat: float
    system: System

    def __post_init__(self) -> None:
        Position(self.lon, self.lat)

    def to(self, system: System) -> "Coordinate":
        """The same place in another system; the inverse shifts are exact to the last bits of a double (6e-9 m at worst)."""
        if system == self.system:
            return self
        lon, lat = _FROM_WGS84[system](*_TO_WGS84[self.system](self.lon, self.lat))
        return Coordinate(lon, lat, system)

    @property
    def position(self) -> Position:
        """The WGS-84 position that the city stores."""
        here = self.to(System.WGS84)
        return Position(here.lon, here.lat)


Pair = tuple[float, float]
Shift = Callable[[float, float], Pair]

# Krasovsky 1940, as the published shift uses it.
_SEMI_MAJOR = 6378245.0
_ECCENTRICITY_2 = 0.00669342162296594323
_WEST, _EAST, _SOUTH, _NORTH = 72.004, 137.8347, 0.8293, 55.8271
_BD_LON, _BD_LAT = 0.0065, 0.006
_BD_ANGLE = math.pi * 3000.0 / 180.0
_MOST_STEPS = 20
_LAST_BIT = 2.0**-45  # degrees; half of it is below what a double near 116 can hold


def _is_shifted(lon: float, lat: float) -> bool:
    """The box inside which GCJ-02 shifts; outside it GCJ-02 is WGS-84."""
    return _WEST <= lon <= _EAST and _SOUTH <= lat <= _NORTH


def _gcj_offset(lon: float, lat: float) -> Pair:
    x, y = lon - 105.0, lat - 35.0
    root = math.sqrt(abs(x))
    ripple = 20.0 * math.sin(6.0 * x * math.pi) + 20.0 * math.sin(2.0 * x * math.pi)
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + ripple * 2.0 / 3.0
    east += (20.0 * math.sin(x * math.pi) + 40.0 * math.sin(x / 3.0 * math.pi)) * 2.0 / 3.0
    east += (150.0 * math.sin(x / 12.0 * math.pi) + 300.0 * math.sin(x / 30.0 * math.pi)) * 2.0 / 3.0
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + ripple * 2.0 / 3.0
    north += (20.0 * math.sin(y * math.pi) + 40.0 * math.sin(y / 3.0 * math.pi)) * 2.0 / 3.0
    north += (160.0 * math.sin(y / 12.0 * math.pi) + 320.0 * math.sin(y * math.pi / 30.0)) * 2.0 / 3.0
    phi = math.radians(lat)
    magic = 1.0 - _ECCENTRICITY_2 * math.sin(phi) ** 2
    meridian = _SEMI_MAJOR * (1.0 - _ECCENTRICITY_2) / (magic * math.sqrt(magic))
    parallel = _SEMI_MAJOR / math.sqrt(magic) * math.cos(phi)
    return math.degrees(east / parallel), math.degrees(north / meridian)


def _gcj_shift(lon: float, lat: float) -> Pair:
    d_lon, d_lat = _gcj_offset(lon, lat)
    return lon + d_lon, lat + d_lat


def _bd_shift(lon: float, lat: float) -> Pair:
    radius = math.hypot(lon, lat) + 0.00002 * math.sin(lat * _BD_ANGLE)
    angle = math.atan2(lat, lon) + 0.000003 * math.cos(lon * _BD_ANGLE)
    return radius * math.cos(angle) + _BD_LON, radius * math.sin(angle) + _BD_LAT


def _invert(shift: Shift, lon: float, lat: float) -> Pair:
    """Solve shift(answer) = (lon, lat): both shifts stray little from identity, so this settles within ten steps.

    Within 2e-7 m of longitude 105 GCJ-02 maps two points to one (it has a square root of the distance to that meridian); either is given.
    """
    guess_lon, guess_lat = lon, lat
    for _ in range(_MOST_STEPS):
        seen_lon, seen_lat = shift(guess_lon, guess_lat)
        miss_lon, miss_lat = lon - seen_lon, lat - seen_lat
        if abs(miss_lon) < _LAST_BIT and abs(miss_lat) < _LAST_BIT:
            break
        guess_lon, guess_lat = guess_lon + miss_lon, guess_lat + miss_lat
    return guess_lon, guess_lat


def _same(lon: float, lat: float) -> Pair:
    return lon, lat


def _wgs_to_gcj(lon: float, lat: float) -> Pair:
    return _gcj_shift(lon, lat) if _is_shifted(lon, lat) else (lon, lat)


def _gcj_to_wgs(lon: float, lat: float) -> Pair:
    if not (_WEST - 1 <= lon <= _EAST + 1 and _SOUTH - 1 <= lat <= _NORTH + 1):
        return lon, lat
    candidate = _invert(_gcj_shift, lon, lat)
    return candidate if _is_shifted(*candidate) else (lon, lat)


def _wgs_to_bd(lon: float, lat: float) -> Pair:
    return _bd_shift(*_wgs_to_gcj(lon, lat)) if _is_shifted(lon, lat) else (lon, lat)


def _bd_to_wgs(lon: float, lat: float) -> Pair:
    if not (_WEST - 1 <= lon <= _EAST + 1 and _SOUTH - 1 <= lat <= _NORTH + 1):
        return lon, lat
    candidate = _invert(_gcj_shift, *_invert(_bd_shift, lon, lat))
    return candidate if _is_shifted(*candidate) else (lon, lat)


_FROM_WGS84: dict[System, Shift] = {
    System.WGS84: _same,
    System.CGCS2000: _same,
    System.GCJ02: _wgs_to_gcj,
    System.BD09: _wgs_to_bd,
}
_TO_WGS84: dict[System, Shift] = {
    System.WGS84: _same,
    System.CGCS2000: _same,
    System.GCJ02: _gcj_to_wgs,
    System.BD09: _bd_to_wgs,
}
