"""What a unit's position suggests that its crew has not said yet: it has set out, it has arrived.

A suggestion never moves an assignment: somebody accepts it, and then the step has the time at which the unit crossed the line, with the
geofence as its source. Nothing is stored, so a suggestion is true as long as the newest position says so.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.gis.geos import Point
from django.utils.functional import Promise

from gis import selectors as gis
from incidents.models import Assignment, Incident
from incidents.models.assignments import Step
from kit.geo import Position
from resources import selectors as resources

BEFORE_SCENE = (Step.DISPATCHED, Step.ACKNOWLEDGED, Step.EN_ROUTE)

# Whoever is this near has arrived: a house and the street before it.
ARRIVED_METRES = 120.0
# Whoever has come this far from where the order found it is on the way.
SET_OUT_METRES = 150.0
# A position that is older says where a unit was.
FRESH = timedelta(seconds=90)
# A fix that is vaguer than this decides nothing.
VAGUE_METRES = 100.0


@dataclass(frozen=True, slots=True)
class Hint:
    """A step that the position speaks for: how far the unit is from the incident (metres), seen at the time of its fix."""

    step: Step
    metres: float
    at: datetime

    @property
    def label(self) -> str | Promise:
        return self.step.label


def hints(incident: Incident, assignments: Sequence[Assignment], *, now: datetime) -> dict[int, Hint]:
    """By assignment: the step that the newest position of its unit suggests, where it suggests one that is new."""
    if incident.point is None:
        return {}
    waiting = [each for each in assignments if each.is_primary and each.step in BEFORE_SCENE and _is_known(each, now)]
    set_out = [each for each in waiting if each.step != Step.EN_ROUTE]
    began = resources.where_units_were({each.unit_id: each.dispatched_at for each in set_out if each.dispatched_at is not None}) if set_out else {}
    place = _position(incident.point)
    found = {each.pk: _hint(each, place, began.get(each.unit_id)) for each in waiting}
    return {pk: hint for pk, hint in found.items() if hint is not None}


def crossed_at(assignment: Assignment, step: str) -> datetime | None:
    """When the unit crossed the line that this step is suggested by, from its track; None when its track does not know."""
    incident, since = assignment.incident, assignment.dispatched_at
    if since is None:
        return None
    if step == Step.ON_SCENE and incident.point is not None:
        return resources.first_fix_within(assignment.unit_id, _position(incident.point), metres=ARRIVED_METRES, since=since)
    began = resources.where_units_were({assignment.unit_id: since}).get(assignment.unit_id)
    return resources.first_fix_beyond(assignment.unit_id, began, metres=SET_OUT_METRES, since=since) if began is not None else None


def _is_known(assignment: Assignment, now: datetime) -> bool:
    """Whether its unit's newest fix is of this job, fresh, and no vaguer than decides."""
    fix = getattr(assignment.unit, "last_position", None)
    if fix is None or assignment.dispatched_at is None or fix.at <= assignment.dispatched_at:
        return False
    return fix.lost_at is None and now - fix.at <= FRESH and (fix.accuracy or 0.0) <= VAGUE_METRES


def _hint(assignment: Assignment, place: Position, began: Position | None) -> Hint | None:
    fix = assignment.unit.last_position
    here = Position(fix.lon, fix.lat)
    metres = gis.metres_between(here, place)
    if metres <= ARRIVED_METRES:
        return Hint(Step.ON_SCENE, metres, fix.at)
    if began is not None and gis.metres_between(began, here) >= SET_OUT_METRES:
        return Hint(Step.EN_ROUTE, metres, fix.at)
    return None


def _position(point: Point) -> Position:
    return Position(point.x, point.y)
