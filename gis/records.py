"""What is loaded into the ground, whoever made it: an importer of official data or the synthetic city."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RegionRecord:
    """A region with its outline as WKB (a polygon or multipolygon, WGS-84, longitude first)."""

    code: str
    parent: str
    level: str
    name: str
    name_en: str
    outline: bytes


@dataclass(frozen=True, slots=True)
class RoadRecord:
    """A named road with its whole line as WKB; `kind` is a code of `Road.Kind`, `ref` its number in the network (G6)."""

    code: str
    kind: str
    rank: int
    name: str
    name_en: str
    line: bytes
    ref: str = ""


@dataclass(frozen=True, slots=True)
class AreaRecord:
    """Water, green or built-up ground as WKB; `kind` is a code of `Area.Kind`."""

    code: str
    kind: str
    rank: int
    name: str
    name_en: str
    outline: bytes


@dataclass(frozen=True, slots=True)
class PlaceRecord:
    """A line of the gazetteer; `road` and `region` are codes or empty, `address` is the full address in Chinese.

    `number` is the house number, the number on the plate of a lamp post, hydrant or manhole, or the stake (K23+500).
    """

    code: str
    kind: str
    rank: int
    name: str
    name_en: str
    number: str
    road: str
    region: str
    address: str
    lon: float
    lat: float


@dataclass(frozen=True, slots=True)
class Ground:
    """Everything of one source; loading replaces what that source gave before."""

    source: str
    roads: Sequence[RoadRecord]
    areas: Sequence[AreaRecord]
    places: Sequence[PlaceRecord]
