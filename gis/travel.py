"""How far and how long: by road where the engine knows the roads, else from the straight line, and said so. The public face is `selectors`."""

import math
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from django.conf import settings

from gis.routing import engine
from gis.routing.engine import EngineAway, Leg, OffNetwork
from kit.geo import Position

EARTH_M = 6_371_008.8
DETOUR = 1.35  # how much longer than the straight line a way through a city's streets is, as a rule of thumb
MATRIX_SECONDS = 1.2  # the deadline of a dispatch: after it an estimate now is better than the right answer later
MOST_ASKED = 300  # origins of one question; those further off by the straight line stay estimates
MOST_AT_ONCE = 100
FURTHEST_M = 200_000.0
MOST_HALVINGS = 14  # questions that look for the origin that lies off the network


@dataclass(frozen=True, slots=True)
class Travel:
    """How far and how long; `is_estimate` says that no road was looked at."""

    metres: float
    seconds: float
    is_estimate: bool


def metres_between(start: Position, end: Position) -> float:
    """Great-circle distance in metres on a sphere, within 0.5 % of the ellipsoid."""
    phi, psi = math.radians(start.lat), math.radians(end.lat)
    lat, lon = math.sin((psi - phi) / 2), math.sin(math.radians(end.lon - start.lon) / 2)
    return 2 * EARTH_M * math.asin(min(1.0, math.sqrt(lat * lat + math.cos(phi) * math.cos(psi) * lon * lon)))


def straight_line(start: Position, end: Position, *, kmh: float) -> Travel:
    """An estimate of travel from the straight line and a speed in km/h, with a third added for the streets' turns; no road is looked at."""
    metres = metres_between(start, end) * DETOUR
    return Travel(metres, metres / (kmh / 3.6), is_estimate=True)


def travel_times(origins: Sequence[Position], destination: Position, *, speed_kmh: Sequence[float]) -> list[Travel]:
    """How long each of the origins (WGS-84) takes to the destination, in the origins' order: by road, else a labelled estimate.

    `speed_kmh` is each one's usual speed through the city: the engine's times are for an ordinary car of ROUTING_CAR_KMH and are
    stretched or shortened by the ratio; where no road can be looked at it is the speed along the straight line.
    """
    guesses = [straight_line(origin, destination, kmh=kmh) for origin, kmh in zip(origins, speed_kmh, strict=True)]
    legs = _by_road(origins, destination, guesses)
    return [
        guess if place not in legs else _driven(legs[place], guess, kmh) for place, (guess, kmh) in enumerate(zip(guesses, speed_kmh, strict=True))
    ]


def _driven(leg: Leg, guess: Travel, kmh: float) -> Travel:
    """A leg by road as this unit drives it. One that begins or ends off the road is no shorter than the straight line; the rest is estimated."""
    beside = max(0.0, guess.metres / DETOUR - leg.metres)
    seconds = leg.seconds * settings.ROUTING_CAR_KMH / kmh + beside / (kmh / 3.6)
    return Travel(leg.metres + beside, seconds, is_estimate=False)


def _by_road(origins: Sequence[Position], destination: Position, guesses: Sequence[Travel]) -> dict[int, Leg]:
    """The legs that are known, by the origin's place; nothing when the engine is away."""
    here = engine.address()
    if here is None or not here.covers(destination):
        return {}
    wanted = [place for place, origin in enumerate(origins) if here.covers(origin) and guesses[place].metres <= FURTHEST_M * DETOUR]
    wanted.sort(key=lambda place: guesses[place].metres)
    asked = _Asked(origins, destination)
    with suppress(EngineAway):  # what is known so far is told; the rest are estimates and say so
        for start in range(0, min(len(wanted), MOST_ASKED), MOST_AT_ONCE):
            asked.ask(wanted[start : min(start + MOST_AT_ONCE, MOST_ASKED)])
    return asked.legs


class _Asked:
    """One destination and what is known of the ways to it."""

    def __init__(self, origins: Sequence[Position], destination: Position) -> None:
        self._origins, self._destination = origins, destination
        self._halvings = 0
        self.legs: dict[int, Leg] = {}

    def ask(self, places: Sequence[int]) -> None:
        """Ask for these. One origin off the network fails all: halves are asked until it is alone, a bounded number of times."""
        if not places:
            return
        try:
            found = engine.matrix([self._origins[place] for place in places], self._destination, seconds=MATRIX_SECONDS)
        except OffNetwork:
            self._halvings += 1
            if len(places) == 1 or self._halvings > MOST_HALVINGS:
                return
            middle = len(places) // 2
            self.ask(places[:middle])
            self.ask(places[middle:])
            return
        self.legs.update({place: leg for place, leg in zip(places, found, strict=True) if leg is not None})
