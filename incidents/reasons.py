"""Why a unit: in the reader's language, for each unit of a recommendation."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from access import regions
from access.models import Region
from incidents.models import Incident
from incidents.weighing import Scales, Weight
from kit.geo import Position
from kit.naming import called
from resources import selectors as resources
from resources.models import Capability, Unit
from resources.selectors import NearUnit

STALE_SECONDS = 120


@dataclass(frozen=True, slots=True)
class Candidate:
    """A unit that could be sent: `metres` in a straight line, `seconds` of travel, `eta_seconds` with the turnout before it.

    `can` are the needed capabilities it has (codes, in order); `is_first` says that it is of the first set; `is_estimate` speaks of
    `seconds`: no road was looked at. `weighed_seconds` is what decided: the time with what was added for rest, cover and doubt (None: kept out).
    """

    unit_id: int
    code: str
    type_name: str
    availability: str
    activity: str
    activity_label: str
    position: Position
    metres: float
    seconds: float
    fix_at: datetime | None
    is_lost: bool
    is_beyond_region: bool
    can: tuple[str, ...]
    reasons: tuple[str, ...]
    is_first: bool = False
    is_estimate: bool = True
    turnout_seconds: float = 0.0
    eta_seconds: float = 0.0
    weighed_seconds: float | None = None
    cover_seconds: float | None = None
    worked_seconds: float = 0.0
    warnings: tuple[str, ...] = field(default=())


class Reasons:
    """Says for each unit why, in the reader's language."""

    def __init__(self, incident: Incident, needed: Sequence[Capability], scales: Scales, first: Sequence[int]) -> None:
        self._needed = needed
        self._scales = scales
        self._first = first
        self._path = regions.lineage(incident.region_id).path
        self._now = timezone.now()
        self._home: dict[int, Region] = {}
        self._behind: dict[int, str] = {}

    def candidates(self, near: Sequence[NearUnit]) -> list[Candidate]:
        """The units as they are shown."""
        self._home = Region.objects.defer("geometry").in_bulk({unit.region_id for unit in near if self._is_beyond(unit)})
        self._behind = _last_ones(near)
        return [self._candidate(unit) for unit in near]

    def _is_beyond(self, unit: NearUnit) -> bool:
        """Whether the incident lies outside the unit's own region."""
        return unit.region_id is not None and not self._path.startswith(regions.lineage(unit.region_id).path)

    def _candidate(self, unit: NearUnit) -> Candidate:
        able = [capability for capability in self._needed if capability.pk in unit.capability_ids]
        english = (get_language() or "").startswith("en")
        label = str(Unit.Activity(unit.activity).label)
        weight = self._scales.weight(unit.unit_id, [one for one in self._first if one != unit.unit_id])
        warnings = tuple(self._warnings(unit, weight))
        return Candidate(
            unit_id=unit.unit_id,
            code=unit.code,
            type_name=unit.type_name_en if english and unit.type_name_en else unit.type_name,
            availability=unit.availability,
            activity=unit.activity,
            activity_label=label,
            position=unit.position,
            metres=unit.metres,
            seconds=unit.travel_seconds,
            fix_at=unit.fix_at,
            is_lost=unit.lost_at is not None,
            is_beyond_region=self._is_beyond(unit),
            can=tuple(capability.code for capability in able),
            reasons=(*self._reasons(unit, able, label, weight), *warnings),
            is_first=unit.unit_id in self._first,
            is_estimate=unit.is_estimate,
            turnout_seconds=weight.turnout,
            eta_seconds=weight.eta,
            weighed_seconds=None if weight.weighed == float("inf") else weight.weighed,
            cover_seconds=weight.cover,
            worked_seconds=weight.worked,
            warnings=warnings,
        )

    def _reasons(self, unit: NearUnit, able: Sequence[Capability], label: str, weight: Weight) -> Iterable[str]:
        """What speaks for it and where it is."""
        if able:
            yield _("can: %(what)s") % {"what": _(", ").join(map(called, able))}
        yield _("%(activity)s, turnout %(seconds)s s") % {"activity": label, "seconds": round(weight.turnout)} if weight.turnout else label
        if unit.fix_at is None and unit.activity != Unit.Activity.AT_STATION:
            yield _("from its station")
        if unit.region_id in self._home:
            yield _("from another region: %(region)s") % {"region": called(self._home[unit.region_id])}
        if weight.cover is not None and not weight.is_uncovered:
            yield _("next cover there in %(minutes)s min") % {"minutes": max(1, round(weight.cover / 60))}

    def _warnings(self, unit: NearUnit, weight: Weight) -> Iterable[str]:
        """What to think of before sending it."""
        if weight.weighed == float("inf"):
            yield _("declined, or put aside")
        if unit.availability == Unit.Availability.CONDITIONAL:
            yield _("conditionally available")
        if unit.station_id in self._behind:
            yield _("the last available one of %(station)s") % {"station": self._behind[unit.station_id]}
        if weight.cover is None and unit.capability_ids:
            yield _("leaves nobody within 15 km of its station who can do the same")
        elif weight.cover is not None and weight.is_uncovered:
            yield _("leaves a hole: next cover there in %(minutes)s min") % {"minutes": round(weight.cover / 60)}
        if weight.is_tired:
            yield _("worked %(span)s of the last %(hours)s h") % {"span": _hours(weight.worked), "hours": self._scales.rule.rest_window_hours}
        if unit.lost_at is not None:
            yield _("contact lost")
        age = (self._now - unit.fix_at).total_seconds() if unit.fix_at else 0
        if age > STALE_SECONDS:
            yield _("position %(minutes)s min old") % {"minutes": round(age / 60)}


def _hours(seconds: float) -> str:
    minutes = round(seconds / 60)
    return _("%(hours)s h %(minutes)s min") % {"hours": minutes // 60, "minutes": minutes % 60}


def _last_ones(near: Sequence[NearUnit]) -> dict[int, str]:
    """The stations that would be left with no unit that may be sent if one of these went, by name."""
    stations = {unit.station_id for unit in near if unit.station_id is not None}
    free = Counter(resources.stations_of_free_units(stations))
    return {station.pk: called(station) for station in resources.stations_of_ids(one for one in stations if free[one] == 1)}
