"""Which units to send: the nearest that together can do what the type of incident needs, each with the reasons, and what is short."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import get_language

from access.actors import Actor
from incidents.models import Assignment, Incident
from kit.geo import Position
from resources import selectors as resources
from resources.models import Capability

# How many units are looked at for each capability that is needed.
LOOK = 12


@dataclass(frozen=True, slots=True)
class Candidate:
    """A unit that could be sent: `metres` in a straight line, `seconds` an estimate; `is_first` when it is of the first set."""

    unit_id: int
    code: str
    type_name: str
    availability: str
    activity: str
    metres: float
    seconds: float
    fix_at: datetime | None
    is_lost: bool
    reasons: tuple[str, ...]
    is_first: bool = False


@dataclass(frozen=True, slots=True)
class Recommendation:
    """Units in the order in which to think of them, and the needed capabilities nobody near has."""

    units: tuple[Candidate, ...]
    missing: tuple[Capability, ...]


def recommendation(actor: Actor, incident: Incident, *, limit: int) -> Recommendation:
    """The first set (nearest unit for each needed capability, one unit may serve several), then other near units.

    Without a point on the map nothing can be near: no units, nothing missing.
    """
    if incident.point is None:
        return Recommendation((), ())
    here = Position(incident.point.x, incident.point.y)
    needed = list(incident.type.capabilities.all())
    covered = _capabilities_sent(incident)
    found: dict[int, Candidate] = {}
    missing = []
    for capability in needed:
        near = resources.nearest_units(actor, position=here, capabilities=[capability.code], limit=LOOK)
        for each in near:
            found.setdefault(each.unit_id, _candidate(each, needed))
        if capability.pk in covered:
            continue
        if not near:
            missing.append(capability)
            continue
        first = next((each for each in near if each.lost_at is None), near[0])
        found[first.unit_id] = replace(found[first.unit_id], is_first=True)
        covered |= first.capability_ids
    if not needed:
        found = {each.unit_id: _candidate(each, needed) for each in resources.nearest_units(actor, position=here, capabilities=[], limit=LOOK)}
        nearest = min(found.values(), key=lambda each: each.metres, default=None)
        if nearest is not None and not covered:
            found[nearest.unit_id] = replace(nearest, is_first=True)
    ordered = sorted(found.values(), key=lambda each: (not each.is_first, each.seconds, each.code))
    return Recommendation(tuple(ordered[:limit]), tuple(missing))


def _capabilities_sent(incident: Incident) -> set[int]:
    """What the units already sent can do."""
    rows = Assignment.objects.open().filter(incident=incident).values_list("unit__capabilities__id", "unit__type__capabilities__id")
    return {capability for row in rows for capability in row if capability is not None} | ({0} if rows else set())


def _candidate(near: Any, needed: Sequence[Capability]) -> Candidate:
    english = (get_language() or "").startswith("en")
    return Candidate(
        unit_id=near.unit_id,
        code=near.code,
        type_name=near.type_name_en if english and near.type_name_en else near.type_name,
        availability=near.availability,
        activity=near.activity,
        metres=near.metres,
        seconds=near.travel_seconds,
        fix_at=near.fix_at,
        is_lost=near.lost_at is not None,
        reasons=_reasons(near, needed, english),
    )


def _reasons(near: Any, needed: Sequence[Capability], english: bool) -> tuple[str, ...]:
    able = [each.name_en if english and each.name_en else each.name for each in needed if each.pk in near.capability_ids]
    reasons = [_("can: %(what)s") % {"what": _(", ").join(able)}] if able else []
    if near.availability == "CONDITIONAL":
        reasons.append(_("conditionally available"))
    if near.fix_at is None:
        reasons.append(_("from its station"))
    elif near.lost_at is not None:
        reasons.append(_("contact lost"))
    return tuple(reasons)
