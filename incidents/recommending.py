"""Which units to send: for each need of the run cards the one that costs least, each with the reasons, and what is short."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _

from access import policy
from access.actors import Actor
from incidents import cards, permissions, shortfalls
from incidents.cards import Needed, Standing
from incidents.choosing import Filled, Server, Slot, fill
from incidents.models import AidRequest, Assignment, Incident
from incidents.models.aid import AID_COMING
from incidents.models.assignments import Step
from incidents.reasons import Candidate as Candidate
from incidents.reasons import Reasons
from incidents.shortfalls import Shortfall
from incidents.weighing import Scales
from kit.geo import Position
from kit.naming import called
from resources import selectors as resources
from resources.models import Capability
from resources.selectors import NearUnit

# How many units are looked at for each capability that is needed, at least, and how many roads are asked for at most.
LOOK = 12
MOST_ROADS = 60


@dataclass(frozen=True, slots=True)
class Need:
    """One unit's worth of what is needed: who of the set has it; `is_sent` when a unit already sent does, or help that comes (`is_aid`)."""

    code: str
    name: str
    unit_id: int | None
    is_sent: bool
    alarm: int = 1
    is_aid: bool = False


@dataclass(frozen=True, slots=True)
class Tally:
    """A capability with how many units of it are sent, come from neighbours, are chosen now, and are short."""

    name: str
    sent: int
    aid: int
    chosen: int
    short: int

    @property
    def marks(self) -> str:
        """One mark a unit: full for sent, half for chosen, empty for short."""
        return "\u25cf" * (self.sent + self.aid) + "\u25d0" * self.chosen + "\u25cb" * self.short


@dataclass(frozen=True, slots=True)
class Recommendation:
    """Units in the order in which to think of them, what is needed in order, and what nobody who may be sent can do."""

    units: tuple[Candidate, ...]
    missing: tuple[Capability, ...]
    needs: tuple[Need, ...] = ()
    shortfalls: tuple[str, ...] = ()
    short: tuple[Shortfall, ...] = ()
    standing: Standing | None = None

    @property
    def first_ids(self) -> tuple[int, ...]:
        """The units chosen already."""
        return tuple(unit.unit_id for unit in self.units if unit.is_first)

    @property
    def first(self) -> tuple[Candidate, ...]:
        """The set, in the order of the needs."""
        return tuple(unit for unit in self.units if unit.is_first)

    @property
    def others(self) -> tuple[Candidate, ...]:
        """Near units beside the set."""
        return tuple(unit for unit in self.units if not unit.is_first)

    @property
    def tallies(self) -> list[Tally]:
        """What is needed, a line for each capability in the order of the cards."""
        told = []
        for name in dict.fromkeys(need.name for need in self.needs):
            mine = [need for need in self.needs if need.name == name]
            aid, sent = sum(need.is_aid for need in mine), sum(need.is_sent for need in mine)
            chosen = sum(need.unit_id is not None for need in mine)
            told.append(Tally(name, sent - aid, aid, chosen, len(mine) - sent - chosen))
        return told

    @property
    def alarm(self) -> int:
        """The alarm that the set is for."""
        return self.standing.alarm if self.standing else 1

    @property
    def is_estimate(self) -> bool:
        """Whether any time follows from a straight line."""
        return any(unit.is_estimate for unit in self.units)

    @property
    def seconds(self) -> float | None:
        """When the last of the set is there."""
        return max((unit.eta_seconds for unit in self.first), default=None)


def recommendation(actor: Actor, incident: Incident, *, limit: int, without: Collection[int] = (), pinned: Collection[int] = ()) -> Recommendation:
    """The set that fills what the run cards up to the incident's alarm ask for (a unit may serve several needs), then other near units.

    Units already sent count, and help from neighbours that is on its way. `without` are units not to choose, `pinned` such as are chosen in
    any case. Without a point on the map nothing can be near: no units, and the shortfall says so.
    """
    policy.require(actor, permissions.VIEW, incident)
    standing = cards.standing(incident)
    if incident.point is None:
        says = _("The place is not on the map yet, so nothing can be said to be near.")
        return Recommendation((), (), shortfalls=(says,), standing=standing)
    here = Position(incident.point.x, incident.point.y)
    needed = cards.needed(incident, standing)
    near = _near(actor, incident, here, needed)
    scales = Scales(
        near,
        needed=list(needed.capabilities),
        severity=incident.severity,
        barred={*without, *_declined(incident)} - set(pinned),
        now=timezone.now(),
    )
    free = [Server(unit.unit_id, unit.capability_ids) for unit in sorted(near, key=lambda unit: unit.code)]
    filled = fill(needed.slots, sent=[*_sent(incident), *_coming(incident)], free=free, cost=scales.cost, pinned=pinned)
    first = [*dict.fromkeys([each.unit_id for each in filled if each.unit_id is not None and not each.is_sent])]
    first += [unit.unit_id for unit in near if unit.unit_id in pinned and unit.unit_id not in first]
    if not needed.slots and not first and not Assignment.objects.open().filter(incident=incident).exists():
        first = _soonest(near, scales)
    open_needs = {each.slot.capability_id for each in filled if not each.is_sent}
    ordered = _ordered(near, first, open_needs, scales)[: max(limit, len(first))]
    shown = Reasons(incident, list(needed.capabilities.values()), scales, first).candidates(ordered)
    return _told(actor, incident, standing, needed, filled, shown)


def _told(
    actor: Actor, incident: Incident, standing: Standing, needed: Needed, filled: Sequence[Filled], shown: Sequence[Candidate]
) -> Recommendation:
    """The recommendation with its needs in words and what it is short of."""
    empty = [each.slot.capability_id for each in filled if each.unit_id is None]
    missing = [needed.capabilities[pk] for pk in dict.fromkeys(empty)]
    short = shortfalls.told(actor, incident, [(each, empty.count(each.pk)) for each in missing])
    return Recommendation(
        units=tuple(shown),
        missing=tuple(missing),
        needs=tuple(_need(each, needed) for each in filled),
        shortfalls=tuple(each.words for each in short),
        short=tuple(short),
        standing=standing,
    )


def _need(each: Filled, needed: Needed) -> Need:
    capability = needed.capabilities[each.slot.capability_id]
    is_aid = each.is_sent and each.unit_id is not None and each.unit_id < 0
    return Need(capability.code, called(capability), None if each.is_sent else each.unit_id, each.is_sent, each.slot.alarm, is_aid)


def _near(actor: Actor, incident: Incident, here: Position, needed: Needed) -> list[NearUnit]:
    """The nearest units for each needed capability; where nothing is needed, those of the incident's own departments, else any. By road."""
    found: dict[int, NearUnit] = {}
    for pk, capability in needed.capabilities.items():
        look = max(LOOK, 8 + sum(slot.capability_id == pk for slot in needed.slots))
        near = resources.nearest_units(actor, position=here, capabilities=[capability.code], limit=look)
        found |= {unit.unit_id: unit for unit in near}
    if not needed.slots:
        own = resources.nearest_units(actor, position=here, capabilities=[], limit=LOOK, department_ids=incident.department_ids)
        found = {unit.unit_id: unit for unit in own or resources.nearest_units(actor, position=here, capabilities=[], limit=LOOK)}
    return resources.by_road(_for_roads(list(found.values()), needed.slots), destination=here)


def _for_roads(near: list[NearUnit], slots: Sequence[Slot]) -> list[NearUnit]:
    """As many as roads are asked for: in turns the next nearest of each capability, so that no need is crowded out by another."""
    if len(near) <= MOST_ROADS:
        return near
    rank: dict[int, int] = {}
    for pk in dict.fromkeys(slot.capability_id for slot in slots):
        able = sorted((unit for unit in near if pk in unit.capability_ids), key=lambda unit: unit.metres)
        for place, unit in enumerate(able):
            rank[unit.unit_id] = min(place, rank.get(unit.unit_id, place))
    return sorted(near, key=lambda unit: (rank.get(unit.unit_id, len(near)), unit.metres))[:MOST_ROADS]


def _soonest(near: Sequence[NearUnit], scales: Scales) -> list[int]:
    best = min(near, key=lambda unit: (scales.cost(unit.unit_id, ()), unit.code), default=None)
    return [] if best is None or scales.cost(best.unit_id, ()) == float("inf") else [best.unit_id]


def _ordered(near: Sequence[NearUnit], first: Sequence[int], open_needs: Collection[int], scales: Scales) -> list[NearUnit]:
    """The set in the order of its needs, then those that could take a place in it, then the others, by when they would be there."""
    place = {unit_id: number for number, unit_id in enumerate(first)}

    def key(unit: NearUnit) -> tuple[int, bool, float, str]:
        eta = scales.weight(unit.unit_id, ()).eta
        return place.get(unit.unit_id, len(place)), unit.capability_ids.isdisjoint(open_needs), eta, unit.code

    return sorted(near, key=key)


def _sent(incident: Incident) -> list[Server]:
    """The units at it, and those that were on scene and have done their part: what they can do is not sent again."""
    rows = Assignment.objects.open().filter(incident=incident) | Assignment.objects.filter(
        incident=incident, step=Step.CLEARED, on_scene_at__isnull=False
    )
    able: dict[int, set[int]] = {}
    for unit_id, own, of_type in rows.values_list("unit_id", "unit__capabilities__id", "unit__type__capabilities__id"):
        able.setdefault(unit_id, set()).update(each for each in (own, of_type) if each is not None)
    return [Server(unit_id, frozenset(ids)) for unit_id, ids in able.items()]


def _coming(incident: Incident) -> list[Server]:
    """Help that neighbours have promised, as servers with numbers below zero: no unit of ours has one."""
    rows = AidRequest.objects.filter(incident=incident, state__in=AID_COMING).values_list("capability_id", "committed")
    promised = [capability_id for capability_id, count in rows for _each in range(count)]
    return [Server(-1 - number, frozenset({capability_id})) for number, capability_id in enumerate(promised)]


def _declined(incident: Incident) -> set[int]:
    """Units that have said of this incident that they cannot go."""
    return set(Assignment.objects.filter(incident=incident, step=Step.DECLINED).values_list("unit_id", flat=True))
