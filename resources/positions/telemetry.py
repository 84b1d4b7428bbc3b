"""Fixes on their way to the open maps: 16-byte records, grouped by who may see the unit."""

import struct
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from access import policy
from live import services as live
from resources import permissions
from resources.models import Unit
from resources.positions.codes import UNKNOWN_HEADING

_RECORD = struct.Struct("<IiiHH")
_E7 = 10_000_000


class Shown(NamedTuple):
    """What the map is told of a unit, and to whom."""

    unit_id: int
    lon: float
    lat: float
    heading: int | None
    state: int
    department_ids: tuple[int, ...]
    region_id: int | None


def publish(shown: Iterable[Shown]) -> None:
    """Send records to every screen that may see their units; best effort, the next fix replaces a lost one."""
    batches: dict[tuple[str, ...], bytearray] = {}
    for one in shown:
        heading = UNKNOWN_HEADING if one.heading is None else one.heading
        record = _RECORD.pack(one.unit_id, round(one.lon * _E7), round(one.lat * _E7), heading, one.state)
        batches.setdefault(_scopes(one.department_ids, one.region_id), bytearray()).extend(record)
    if batches:
        live.publish_positions({scopes: bytes(records) for scopes, records in batches.items()})


@lru_cache(maxsize=50_000)
def _scopes(department_ids: tuple[int, ...], region_id: int | None) -> tuple[str, ...]:
    """The audience of a unit; it follows from these two alone, and a region never changes its place in the tree."""
    return tuple(policy.audience(permissions.VIEW, Unit(department_ids=list(department_ids), region_id=region_id)))
