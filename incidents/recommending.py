"""Which units to send: the nearest that together can do what the type of incident needs, each with the reasons, and what is short."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from access import policy, regions
from access.actors import Actor
from access.models import Region
from incidents import permissions
from incidents.models import Assignment, Incident
from kit.geo import Position
from resources import selectors as resources
from resources.models import Capability, Station, Unit
from resources.selectors import NearUnit

# How many units are looked at for each capability that is needed.
LOOK = 12
STALE_SECONDS = 120


@dataclass(frozen=True, slots=True)
class Candidate:
    """A unit that could be sent: `metres` in a straight line, `seconds` of travel estimated from it, no road looked at.

    `can` are the needed capabilities it has (codes, in order); `is_first` says that it is of the first set; `is_estimate` speaks of `seconds`.
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


@dataclass(frozen=True, slots=True)
class Need:
    """A capability that the type of incident requires: who of the first set has it; `is_sent` when a unit already sent does."""

    code: str
    name: str
    unit_id: int | None
    is_sent: bool


@dataclass(frozen=True, slots=True)
class Recommendation:
    """Units in the order in which to think of them, what is needed in order, and what nobody who may be sent can do."""

    units: tuple[Candidate, ...]
    missing: tuple[Capability, ...]
    needs: tuple[Need, ...] = ()
    shortfalls: tuple[str, ...] = ()

    @property
    def first_ids(self) -> tuple[int, ...]:
        """The units chosen already."""
        return tuple(unit.unit_id for unit in self.units if unit.is_first)


def recommendation(actor: Actor, incident: Incident, *, limit: int) -> Recommendation:
    """The first set (for each needed capability in order the unit soonest there, one may serve several), then other near units.

    Units already sent count. Without a point on the map nothing can be near: no units, and the shortfall says so.
    """
    policy.require(actor, permissions.VIEW, incident)
    if incident.point is None:
        return Recommendation((), (), shortfalls=(_("The place is not on the map yet, so nothing can be said to be near."),))
    here = Position(incident.point.x, incident.point.y)
    needed = list(incident.type.capabilities.all())
    near = _near_by_need(actor, incident, here, needed)
    needs, first, missing = _choose(needed, near, _capabilities_sent(incident))
    if not needed and not Assignment.objects.open().filter(incident=incident).exists():
        first = {unit.unit_id for unit in sorted(near[0], key=_preference)[:1]}
    found = {unit.unit_id: unit for units in near.values() for unit in units}
    ordered = sorted(found.values(), key=lambda unit: (unit.unit_id not in first, unit.travel_seconds, unit.code))
    shown = _Reasons(incident, needed).candidates(ordered[: max(limit, len(first))])
    return Recommendation(
        units=tuple(replace(unit, is_first=unit.unit_id in first) for unit in shown),
        missing=tuple(missing),
        needs=tuple(needs),
        shortfalls=tuple(_("No unit that may be sent can: %(what)s.") % {"what": _called(capability)} for capability in missing),
    )


def _near_by_need(actor: Actor, incident: Incident, here: Position, needed: Sequence[Capability]) -> dict[int, list[NearUnit]]:
    """The nearest units for each needed capability; where the type needs none, those of the incident's own departments, else any (key 0)."""
    if needed:
        return {each.pk: resources.nearest_units(actor, position=here, capabilities=[each.code], limit=LOOK) for each in needed}
    own = resources.nearest_units(actor, position=here, capabilities=[], limit=LOOK, department_ids=incident.department_ids)
    return {0: own or resources.nearest_units(actor, position=here, capabilities=[], limit=LOOK)}


def _choose(needed: Sequence[Capability], near: dict[int, list[NearUnit]], sent: set[int]) -> tuple[list[Need], set[int], list[Capability]]:
    """Cover the needs in order: by what is sent, by what is chosen already, else by the best near unit."""
    chosen: dict[int, NearUnit] = {}
    needs, missing = [], []
    for capability in needed:
        is_sent = capability.pk in sent
        unit = next((one for one in chosen.values() if capability.pk in one.capability_ids), None)
        if not is_sent and unit is None:
            unit = min(near[capability.pk], key=_preference, default=None)
            if unit is None:
                missing.append(capability)
            else:
                chosen[unit.unit_id] = unit
        needs.append(Need(capability.code, _called(capability), None if is_sent or unit is None else unit.unit_id, is_sent))
    return needs, set(chosen), missing


def _preference(unit: NearUnit) -> tuple[bool, bool, float, str]:
    """Who is heard before who is lost, who is free before who is only conditionally so, then who is there soonest."""
    return unit.lost_at is not None, unit.availability != Unit.Availability.AVAILABLE, unit.travel_seconds, unit.code


def _capabilities_sent(incident: Incident) -> set[int]:
    """What the units already sent can do."""
    rows = Assignment.objects.open().filter(incident=incident).values_list("unit__capabilities__id", "unit__type__capabilities__id")
    return {capability for row in rows for capability in row if capability is not None}


def _called(thing: Capability | Region | Station) -> str:
    english = (get_language() or "").startswith("en")
    return thing.name_en if english and thing.name_en else thing.name


class _Reasons:
    """Says for each unit why, in the reader's language."""

    def __init__(self, incident: Incident, needed: Sequence[Capability]) -> None:
        self._needed = needed
        self._path = regions.lineage(incident.region_id).path
        self._now = timezone.now()

    def candidates(self, near: Sequence[NearUnit]) -> list[Candidate]:
        """The units as they are shown."""
        home = Region.objects.defer("geometry").in_bulk({unit.region_id for unit in near if self._is_beyond(unit)})
        behind = _left_behind(near)
        return [self._candidate(unit, home, behind) for unit in near]

    def _is_beyond(self, unit: NearUnit) -> bool:
        """Whether the incident lies outside the unit's own region."""
        return unit.region_id is not None and not self._path.startswith(regions.lineage(unit.region_id).path)

    def _candidate(self, unit: NearUnit, home: dict[int, Region], behind: dict[int, str]) -> Candidate:
        able = [capability for capability in self._needed if capability.pk in unit.capability_ids]
        english = (get_language() or "").startswith("en")
        label = str(Unit.Activity(unit.activity).label)
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
            reasons=tuple(self._reasons(unit, able, label, home, behind)),
        )

    def _reasons(self, unit: NearUnit, able: Sequence[Capability], label: str, home: dict[int, Region], behind: dict[int, str]) -> Iterable[str]:
        if able:
            yield _("can: %(what)s") % {"what": _(", ").join(map(_called, able))}
        yield label
        if unit.availability == Unit.Availability.CONDITIONAL:
            yield _("conditionally available")
        if unit.region_id in home:
            yield _("from another region: %(region)s") % {"region": _called(home[unit.region_id])}
        if unit.station_id in behind:
            yield _("the last available one of %(station)s") % {"station": behind[unit.station_id]}
        if unit.fix_at is None:
            yield _("from its station")
            return
        age = (self._now - unit.fix_at).total_seconds()
        if unit.lost_at is not None:
            yield _("contact lost")
        if age > STALE_SECONDS:
            yield _("position %(minutes)s min old") % {"minutes": round(age / 60)}


def _left_behind(near: Sequence[NearUnit]) -> dict[int, str]:
    """The stations that would be left with no unit that may be sent if one of these went, by name."""
    stations = {unit.station_id for unit in near if unit.station_id is not None}
    free = Counter(resources.stations_of_free_units(stations))
    return {station.pk: _called(station) for station in resources.stations_of_ids(one for one in stations if free[one] == 1)}
