"""The demo city's day as lives for the replay: the same values that a CAD file is played from."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from django.conf import settings

from access.actors import Actor
from command_center.demo import settling
from command_center.demo.day import DayCall, Vehicle, calls
from command_center.demo.sample import Spots
from exchange.cad.life import Life, Run
from gis.demo import city as geography
from gis.selectors import metres_between
from kit.geo import Position
from resources import selectors as resources

SAFETY = timedelta(seconds=30)
TAIL = timedelta(hours=3)  # what the last calls may take; one that takes longer is not played


@dataclass(frozen=True, slots=True)
class Fleet:
    """The units that are free to play now, with their ids."""

    vehicles: Sequence[Vehicle]
    ids: Mapping[str, int]


def fleet(actor: Actor, spots: Spots) -> Fleet:
    """The demo city's units that nobody has bound just now."""
    ids = {unit.code: unit.pk for unit in resources.units(actor) if unit.is_available()}
    vehicles = [vehicle for vehicle in settling.vehicles(settling.homes(spots)) if vehicle.code in ids]
    return Fleet(vehicles, ids)


def latest_start(hours: float, speed: float, now: datetime) -> datetime:
    """When a play of so many hours must begin so that no told time lies in the future."""
    return (now - SAFETY - (timedelta(hours=hours) + TAIL) * max(0.0, 1 - 1 / speed)).replace(microsecond=0)


def lives(*, city_seed: int, seed: int, start: datetime, hours: float, actor: Actor) -> list[Life]:
    """The calls received from `start` on, in order, in the city's own codes."""
    ground = geography.ground(city_seed)
    spots = Spots(ground)
    ready = fleet(actor, spots)
    zone = ZoneInfo(settings.CITY_TIME_ZONE)
    day = calls(seed=seed, start=start, hours=hours, vehicles=ready.vehicles, spots=spots, zone=zone, staged=())
    homes = {vehicle.code: vehicle.home for vehicle in ready.vehicles}
    hospitals = [Position(place.lon, place.lat) for place in ground.places if place.kind == "HOSPITAL"]
    end = start + timedelta(hours=hours) + TAIL
    return list(_lives((call for call in day if call.closed_at <= end), ready.ids, homes, hospitals))


def _lives(day: Iterator[DayCall], ids: Mapping[str, int], homes: Mapping[str, Position], hospitals: Sequence[Position]) -> Iterator[Life]:
    for call in day:
        hospital = min(hospitals, key=partial(metres_between, call.spot.position), default=None)
        yield Life(
            id=call.id,
            type=call.type,
            disposition=call.disposition,
            received_at=call.received_at,
            closed_at=call.closed_at,
            answered_at=call.answered_at,
            position=call.spot.position,
            place_words=call.spot.address,
            address=call.spot.address,
            words=call.words,
            caller_name=call.caller[0],
            caller_phone=call.caller[1],
            severity=call.severity,
            is_sample=True,
            runs=tuple(Run(ids[run.unit], run.times, homes[run.unit], hospital if "transporting" in run.times else None) for run in call.runs),
        )
