"""The demo city's day as calls of a CAD system, for whatever plays such calls as life."""

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings

from command_center.demo import settling
from command_center.demo.day import DayCall, calls
from command_center.demo.sample import Spots, types
from exchange.cad.calls import Call, UnitRun
from gis.demo import city as geography


def cad_calls(*, city_seed: int, seed: int, start: datetime, hours: float) -> Iterator[Call]:
    """The calls received from `start` on, in order, with the codes of the demo city's own units, types and dispositions."""
    spots = Spots(geography.ground(city_seed))
    homes = settling.homes(spots)
    kinds = {unit.code: str(unit.kind["code"]) for home in homes for unit in home.units}
    groups = {str(kind["code"]): str(kind["group"]) for kind in types()["types"]}
    zone = ZoneInfo(settings.CITY_TIME_ZONE)
    day = calls(seed=seed, start=start, hours=hours, vehicles=settling.vehicles(homes), spots=spots, zone=zone, staged=())
    for call in day:
        yield _as_cad(call, groups[call.type], kinds)


def _as_cad(call: DayCall, group: str, kinds: dict[str, str]) -> Call:
    return Call(
        id=call.id,
        type=call.type,
        group=group,
        received_at=call.received_at,
        entered_at=call.entered_at,
        disposition=call.disposition,
        address=call.spot.address,
        words=call.words,
        area=call.spot.region,
        position=call.spot.position,
        runs=tuple(UnitRun(run.unit, kinds[run.unit], run.times) for run in call.runs),
        caller_name=call.caller[0],
        caller_phone=call.caller[1],
    )
