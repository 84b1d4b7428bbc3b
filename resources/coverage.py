"""Coverage now: what the units that may be sent reach in 4, 8 and 12 minutes, what would be missing if some left, and who could move up.

Everything is counted in addresses, by cells of some 250 m: for each unit a row of cells it reaches, so that "without these" and "moved
there" are sums over rows and need no new question to the engine.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from django.db.models import FloatField, Func
from numpy.typing import NDArray

from access import policy, regions, roles
from access.actors import Actor
from access.models import Region
from gis import selectors as gis
from kit.geo import Position
from resources import permissions
from resources.models import Capability, Station, Unit
from resources.moving import Board, Standing, Step, moves

MINUTES = (4, 8, 12)
AIM = 1  # which of the minutes a place should be reached in: 8
MOST_UNITS = 20_000
NEW_SECONDS = 2.5  # what one look may spend on answers nobody has asked for before
MOST_REGIONS = 8
TYPICAL_KMH = 40.0


@dataclass(frozen=True, slots=True)
class Share:
    """How many of the addresses are reached within these minutes; `percent` with one decimal, 0 where there are no addresses."""

    minutes: int
    addresses: int
    percent: float


@dataclass(frozen=True, slots=True)
class Patch:
    """A region and how many of its addresses are meant."""

    region_id: int
    name: str
    name_en: str
    addresses: int
    of: int


@dataclass(frozen=True, slots=True)
class Hole:
    """What would no longer be reached in time if these units left: how many addresses, where, and the area as GeoJSON.

    `later` of them are still reached within the longest of the minutes. `without` are the units' codes, `unknown` what was no free unit.
    """

    without: tuple[str, ...]
    unknown: tuple[str, ...]
    addresses: int
    later: int
    patches: tuple[Patch, ...]
    area: dict[str, Any]
    shares: tuple[Share, ...]


@dataclass(frozen=True, slots=True)
class Move:
    """A move-up: this unit to that station (`is_home`: its own, so it only hurries back); `gained` addresses come back, `lost` fall out.

    `name` and `name_en` are the station's.
    """

    unit_id: int
    unit: str
    station_id: int
    name: str
    name_en: str
    is_home: bool
    position: Position
    gained: int
    lost: int
    minutes: float
    is_estimate: bool


@dataclass(frozen=True, slots=True)
class Coverage:
    """What is reached now. `bands` are areas as GeoJSON, one for each of the minutes; `weakest` regions by addresses not reached in time.

    `estimated` of the `units` are circles and not ways by road; `is_estimate` when all are.
    """

    capability: Capability
    minutes: tuple[int, ...]
    aim: int
    units: int
    estimated: int
    addresses: int
    shares: tuple[Share, ...]
    weakest: tuple[Patch, ...]
    bands: tuple[dict[str, Any], ...]
    hole: Hole | None = None
    moves: tuple[Move, ...] = field(default=())

    @property
    def is_estimate(self) -> bool:
        """Whether no road was looked at for anybody."""
        return self.units > 0 and self.estimated == self.units

    @property
    def is_partial(self) -> bool:
        """Whether ways by road are known for some and not yet for all: asking again gets further, and no move is told before."""
        return 0 < self.estimated < self.units


def coverage(actor: Actor, *, capability: Capability, without: Sequence[str]) -> Coverage:
    """Coverage by the units the actor may see that can do this and may be sent, in the regions that are the actor's.

    `without` are codes of units to be thought away: the hole they leave, and who could move up, are told too. Nothing is stored.
    """
    policy.require(actor, permissions.VIEW, None)
    posts = _posts(actor, capability)
    picture = _Picture(standing(actor, capability), posts, _ground(actor))
    wanted = {code.strip().upper() for code in without if code.strip()}
    leaving = [place for place, unit in enumerate(picture.units) if unit.code.upper() in wanted]
    known = {picture.units[place].code.upper() for place in leaving}
    hole = picture.hole(leaving, tuple(sorted(wanted - known))) if wanted else None
    return Coverage(
        capability=capability,
        minutes=MINUTES,
        aim=MINUTES[AIM],
        units=len(picture.units),
        estimated=picture.estimated,
        addresses=picture.whole,
        shares=picture.shares(()),
        weakest=picture.patches(picture.mine & (picture.count(AIM) == 0)),
        bands=tuple(picture.area(band, ()).geojson for band in range(len(MINUTES))),
        hole=hole,
        moves=picture.moves(leaving),
    )


def standing(actor: Actor, capability: Capability) -> list[Standing]:
    """The units the actor may see that can do this and may be sent now, with where they would start from."""
    found = policy.visible(actor, permissions.VIEW, Unit.objects.in_service())
    rows = (
        found.filter(dispatchable__is_dispatchable=True, dispatchable__point__isnull=False, dispatchable__capability_ids__contains=[capability.pk])
        .order_by("code")
        .values_list("pk", "code", _degrees("ST_X"), _degrees("ST_Y"), "type__speed_kmh", "station_id")[:MOST_UNITS]
    )
    return [Standing(pk, code, Position(lon, lat), float(kmh or TYPICAL_KMH), station_id) for pk, code, lon, lat, kmh, station_id in rows]


def _degrees(function: str) -> Func:
    """Longitude or latitude as a number: a geometry made for each of ten thousand units would cost more than all the rest."""
    return Func("dispatchable__point", function=function, template="%(function)s(%(expressions)s::geometry)", output_field=FloatField())


def usual_capability(actor: Actor) -> Capability | None:
    """The capability that most units the actor may see have: what to show before anybody chose."""
    found = policy.visible(actor, permissions.VIEW, Unit.objects.in_service()).filter(dispatchable__is_dispatchable=True)
    counts: dict[int, int] = {}
    for ids in found.order_by().values_list("dispatchable__capability_ids", flat=True):
        for each in ids:
            counts[each] = counts.get(each, 0) + 1
    best = min(counts, key=lambda each: (-counts[each], each), default=None)
    return None if best is None else Capability.objects.filter(pk=best).first()


@dataclass(frozen=True, slots=True)
class _Ground:
    """The addresses, and which of their cells are the actor's to look after."""

    demand: gis.Demand
    mine: NDArray[np.bool_]


def _ground(actor: Actor) -> _Ground:
    demand = gis.demand()
    grants = [grant for grant in actor.grants if grant.role in roles.having(permissions.VIEW)]
    if actor.kind == "system" or any(grant.region_id is None for grant in grants):
        return _Ground(demand, np.ones(len(demand.lon), dtype=bool))
    paths = tuple({regions.lineage(grant.region_id).path for grant in grants})
    inside = [each for each in np.unique(demand.region_id).tolist() if each and regions.lineage(each).path.startswith(paths)]
    return _Ground(demand, np.isin(demand.region_id, inside))


def _posts(actor: Actor, capability: Capability) -> list[Station]:
    """The stations that have units for this: where one may stand."""
    found = policy.visible(actor, permissions.VIEW, Station.objects.filter(point__isnull=False))
    kinds = Unit.objects.in_service().filter(dispatchable__capability_ids__contains=[capability.pk])
    return list(found.filter(units__in=kinds).distinct().order_by("code"))


class _Picture:
    """The units and what each reaches, as rows over the cells of addresses."""

    def __init__(self, units: Sequence[Standing], posts: Sequence[Station], ground: _Ground) -> None:
        self.units, self.posts, self.demand, self.mine = list(units), list(posts), ground.demand, ground.mine
        self.spots = [Position.of(post.point) for post in posts]
        speeds = [unit.speed_kmh for unit in units]
        usual = max(set(speeds), key=lambda speed: (speeds.count(speed), speed), default=TYPICAL_KMH)
        places = [*(unit.position for unit in units), *self.spots]
        found = gis.reached_from(places, minutes=MINUTES, speed_kmh=[*speeds, *[usual] * len(self.spots)], seconds=NEW_SECONDS)
        self.reached, self.seats = found[: len(units)], found[len(units) :]
        self._cells: dict[tuple[gis.Reached, int], NDArray[np.bool_]] = {}
        self.estimated = sum(one.is_estimate for one in self.reached)

    @cached_property
    def whole(self) -> int:
        """All addresses of the actor's regions."""
        return self.demand.count(self.mine)

    def cells(self, place: int, band: int) -> NDArray[np.bool_]:
        """The cells that one unit reaches."""
        return self._row(self.reached[place], band)

    def _row(self, reached: gis.Reached, band: int) -> NDArray[np.bool_]:
        known = reached, band
        if known not in self._cells:
            self._cells[known] = gis.cells_reached(self.demand, *known)
        return self._cells[known]

    def count(self, band: int, leaving: Sequence[int] = ()) -> NDArray[np.int32]:
        """How many units reach each cell, without those that leave."""
        count = np.zeros(len(self.demand.lon), dtype=np.int32)
        gone = set(leaving)
        together = Counter(one for place, one in enumerate(self.reached) if place not in gone)
        for one, times in together.items():
            count += self._row(one, band).astype(np.int32) * times
        return count

    def shares(self, leaving: Sequence[int]) -> tuple[Share, ...]:
        """The addresses reached within each of the minutes."""
        found = []
        for band, minutes in enumerate(MINUTES):
            addresses = self.demand.count(self.mine & (self.count(band, leaving) > 0))
            found.append(Share(minutes, addresses, round(100 * addresses / self.whole, 1) if self.whole else 0.0))
        return tuple(found)

    def area(self, band: int, leaving: Sequence[int]) -> gis.Area:
        """What the units reach together, without those that leave."""
        return gis.joined((one for place, one in enumerate(self.reached) if place not in leaving), band)

    def patches(self, cells: NDArray[np.bool_]) -> tuple[Patch, ...]:
        """The regions in which these cells hold most addresses."""
        return _patches(self.demand, cells, self.mine)

    def hole(self, leaving: Sequence[int], unknown: tuple[str, ...]) -> Hole:
        """What is missing within the aim once these left."""
        before, after = self.count(AIM) > 0, self.count(AIM, leaving) > 0
        gone = self.mine & before & ~after
        later = gone & (self.count(len(MINUTES) - 1, leaving) > 0)
        area = gis.missing_from(self.area(AIM, ()), self.area(AIM, leaving)) if leaving else gis.joined((), AIM)
        return Hole(
            without=tuple(self.units[place].code for place in leaving),
            unknown=unknown,
            addresses=self.demand.count(gone),
            later=self.demand.count(later),
            patches=self.patches(gone),
            area=area.geojson,
            shares=self.shares(leaving),
        )

    def moves(self, leaving: Sequence[int]) -> tuple[Move, ...]:
        """Who could move where, the best first; each move counts on those before it. Estimates and ways by road are never compared."""
        is_guess = self.estimated == len(self.units)
        seats = [seat for seat, reached in enumerate(self.seats) if reached.is_estimate == is_guess]
        staying = [place for place in range(len(self.units)) if place not in leaving]
        if not staying or 0 < self.estimated < len(self.units):
            return ()
        board = Board(
            weights=np.where(self.mine, self.demand.addresses, 0),
            units=[self.units[place] for place in staying],
            rows=[self.cells(place, AIM) for place in staying],
            spots=[self.spots[seat] for seat in seats],
            seats=[gis.cells_reached(self.demand, self.seats[seat], AIM) for seat in seats],
        )
        return tuple(self._told(each, self.posts[seats[each.seat]]) for each in moves(board))

    @staticmethod
    def _told(step: Step, post: Station) -> Move:
        return Move(
            unit_id=step.unit.unit_id,
            unit=step.unit.code,
            station_id=post.pk,
            name=post.name,
            name_en=post.name_en,
            is_home=step.unit.station_id == post.pk,
            position=Position.of(post.point),
            gained=step.gained,
            lost=step.lost,
            minutes=round(step.travel.seconds / 60, 1),
            is_estimate=step.travel.is_estimate,
        )


def _patches(demand: gis.Demand, cells: NDArray[np.bool_], mine: NDArray[np.bool_]) -> tuple[Patch, ...]:
    ids, place = np.unique(demand.region_id, return_inverse=True)
    meant = np.bincount(place, weights=demand.addresses * cells, minlength=len(ids))
    every = np.bincount(place, weights=demand.addresses * mine, minlength=len(ids))
    best = [int(each) for each in np.argsort(-meant, kind="stable")[:MOST_REGIONS] if meant[each] > 0]
    names = Region.objects.defer("geometry").in_bulk([int(ids[each]) for each in best if ids[each]])
    found = []
    for each in best:
        region = names.get(int(ids[each]))
        name, name_en = (region.name, region.name_en) if region else ("", "")
        found.append(Patch(int(ids[each]), name, name_en, int(meant[each]), int(every[each])))
    return tuple(found)
