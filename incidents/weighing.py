"""What sending a unit costs, in seconds: turnout and travel, and what is added for rest, cover left behind, and doubt."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models.functions import Coalesce

from incidents.models import Assignment, Weighing
from incidents.models.assignments import ENDED
from kit.geo import Position
from resources import selectors as resources
from resources.models import Unit
from resources.selectors import Behind, NearUnit

IN_QUARTERS = frozenset({Unit.Activity.AT_STATION, Unit.Activity.MEAL, Unit.Activity.TRAINING})
MOST_COVER_SECONDS = 600
LONGEST_JOB = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class Weight:
    """What one unit costs beside those that go with it; all in seconds. `cover` is until the next that can do the same is at its station.

    `cover` None: nobody within reach. `weighed` is what counts: `eta` with everything added; infinity keeps it out.
    """

    turnout: float
    eta: float
    worked: float
    is_tired: bool
    cover: float | None
    is_uncovered: bool
    weighed: float


def rules() -> Weighing:
    """How units are weighed in this city."""
    return Weighing.objects.order_by("pk").first() or Weighing()


def turnout(rule: Weighing, activity: str) -> float:
    """The seconds until a unit moves: a crew in quarters has to board first."""
    return float(rule.turnout_seconds) if activity in IN_QUARTERS else 0.0


def cover_cost(rule: Weighing, seconds: float | None) -> float:
    """What is added because the next unit would need these seconds (None: nobody would come) to where one has left."""
    over = float("inf") if seconds is None else max(0.0, seconds - rule.cover_target_seconds)
    return min(float(MOST_COVER_SECONDS), over * rule.cover_percent / 100) if rule.cover_percent and over else 0.0


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a unit before it is weighed; seconds. `cover` None: nobody within reach could take its place."""

    activity: str
    travel: float
    is_conditional: bool
    is_lost: bool
    is_barred: bool
    worked: float
    cover: float | None


def weigh(rule: Weighing, unit: Known, *, all_counts: bool) -> Weight:
    """The weight of a unit by the city's rule; `all_counts`: rest and cover count, they are not only told."""
    start = turnout(rule, unit.activity)
    is_tired = unit.worked > rule.rest_after_minutes * 60
    added: float = rule.conditional_seconds * unit.is_conditional + rule.lost_seconds * unit.is_lost
    if all_counts:
        added += rule.rest_seconds * is_tired + cover_cost(rule, unit.cover)
    return Weight(
        turnout=start,
        eta=start + unit.travel,
        worked=unit.worked,
        is_tired=is_tired,
        cover=unit.cover,
        is_uncovered=unit.cover is None or unit.cover > rule.cover_target_seconds,
        weighed=float("inf") if unit.is_barred else start + unit.travel + added,
    )


class Scales:
    """Weighs the units near one incident; what it needs to know of all of them is read once."""

    def __init__(self, near: Sequence[NearUnit], *, needed: Sequence[int], severity: int, barred: Collection[int], now: datetime) -> None:
        self.rule = rules()
        self._units = {unit.unit_id: unit for unit in near}
        self._barred = barred
        self._weighs = severity >= self.rule.weighs_from_severity
        self._worked = _worked(self._units, now - timedelta(hours=self.rule.rest_window_hours), now)
        self._behind = _cover(near, needed)

    def cost(self, unit_id: int, beside: Collection[int]) -> float:
        """The seconds that count for a unit beside those chosen already."""
        return self.weight(unit_id, beside).weighed

    def weight(self, unit_id: int, beside: Collection[int]) -> Weight:
        """All that counts for a unit beside those chosen already."""
        unit = self._units[unit_id]
        next_one = next((one for one in self._behind.get(unit_id, ()) if one.unit_id != unit_id and one.unit_id not in beside), None)
        return weigh(
            self.rule,
            Known(
                activity=unit.activity,
                travel=unit.travel_seconds,
                is_conditional=unit.availability != Unit.Availability.AVAILABLE,
                is_lost=unit.lost_at is not None,
                is_barred=unit_id in self._barred,
                worked=self._worked.get(unit_id, 0.0),
                cover=next_one.seconds if next_one else None,
            ),
            all_counts=self._weighs,
        )


def _cover(near: Sequence[NearUnit], needed: Sequence[int]) -> dict[int, list[Behind]]:
    """For each unit who could take its place at its station: another with the first needed capability it has, else with any of its own."""
    stations = resources.station_positions({unit.station_id for unit in near if unit.station_id is not None})
    wanted: dict[int, tuple[Position, int]] = {}
    for unit in near:
        able = next((each for each in needed if each in unit.capability_ids), min(unit.capability_ids, default=None))
        if able is not None:
            wanted[unit.unit_id] = (stations.get(unit.station_id or 0, unit.position), able)
    places = list(dict.fromkeys(wanted.values()))
    found = dict(zip(places, resources.cover_of(places), strict=True))
    return {unit_id: found[place] for unit_id, place in wanted.items()}


def _worked(unit_ids: Mapping[int, object], since: datetime, now: datetime) -> dict[int, float]:
    """How many seconds each unit was on a job since a time."""
    rows = (
        Assignment.objects.filter(unit_id__in=list(unit_ids), dispatched_at__gte=since - LONGEST_JOB)
        .annotate(ended_at=Coalesce("cleared_at", "cancelled_at", "declined_at"))
        .values_list("unit_id", "dispatched_at", "ended_at", "step")
    )
    return _overlap(((unit_id, began, ended if step in ENDED else now) for unit_id, began, ended, step in rows), since, now)


def _overlap(jobs: Iterable[tuple[int, datetime | None, datetime | None]], since: datetime, now: datetime) -> dict[int, float]:
    seconds: dict[int, float] = {}
    for unit_id, began, ended in jobs:
        if began is None:
            continue
        inside = (min(ended or now, now) - max(began, since)).total_seconds()
        seconds[unit_id] = seconds.get(unit_id, 0.0) + max(0.0, inside)
    return seconds
