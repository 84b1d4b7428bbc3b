"""What a crew sees on its phone: its unit, the job it has with who else is on it, and what it would say next."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from access import policy
from access.actors import Actor
from incidents import arriving, permissions, selectors, unit_states
from incidents.arriving import Hint
from incidents.board import USUAL_NEXT
from incidents.models import Assignment
from incidents.models.assignments import COLUMNS, Step
from incidents.unit_states import UnitState
from kit.errors import NotFound
from resources import board
from resources import permissions as unit_permissions
from resources import selectors as resources
from resources.models import Unit

MOST_UNITS = 200
AT_REST = ("ON_RADIO", "AT_STATION", "RETURNING", "MEAL", "OUT_OF_SERVICE", "OFF_DUTY")
OF_STEP = {Step.CLEARED: "ON_RADIO"}


@dataclass(frozen=True, slots=True)
class CrewView:
    """The page of one unit: `next` is what a crew usually says next, `others` what else may be said, `behind` the jobs stacked."""

    unit: Unit
    state: str
    shape: str
    job: Assignment | None
    since: datetime
    next: UnitState | None
    others: Sequence[UnitState]
    hint: Hint | None
    beside: Sequence[Assignment]
    behind: Sequence[Assignment]
    may_decline: bool


def units_to_speak_for(actor: Actor, *, words: str) -> list[Unit]:
    """The units in service whose state the actor may say, by code; those that `words` mean where there are any. At most 200."""
    own = policy.visible(actor, unit_permissions.SET_STATUS, resources.units(actor))
    if not words.strip():
        return list(own[:MOST_UNITS])
    ids = [unit.pk for unit in resources.find_units(actor, words, limit=MOST_UNITS)]
    return list(own.filter(pk__in=ids))


def may_speak_for(actor: Actor, unit_id: int) -> bool:
    """Whether the actor may say what a unit does."""
    return policy.visible(actor, unit_permissions.SET_STATUS, resources.units(actor)).filter(pk=unit_id).exists()


def crew_view(actor: Actor, *, unit_id: int, now: datetime) -> CrewView:
    """One unit as its crew sees it. Raises `NotFound` when the actor may not speak for it."""
    unit = resources.unit(actor, unit_id)
    if not policy.can(actor, unit_permissions.SET_STATUS, unit):
        raise NotFound
    jobs = [each for each in _jobs(unit) if policy.can(actor, permissions.VIEW, each.incident)]
    job = next((each for each in jobs if each.is_primary), None)
    usual = _usual(job)
    beside = selectors.assignments_of(job.incident_id).open().exclude(unit=unit)[:20] if job else []  # type: ignore[attr-defined]
    return CrewView(
        unit=unit,
        state=str(Step(job.step).label) if job else board.state_label(unit),
        shape=board.shape(unit),
        job=job,
        since=(getattr(job, COLUMNS[Step(job.step)]) or unit.status_at) if job else unit.status_at,
        next=usual,
        others=[each for each in _others(job) if each != usual],
        hint=arriving.hints(job.incident, [job], now=now).get(job.pk) if job else None,
        beside=list(beside),
        behind=[each for each in jobs if not each.is_primary],
        may_decline=job is not None and job.step in (Step.DISPATCHED, Step.ACKNOWLEDGED),
    )


def _jobs(unit: Unit) -> list[Assignment]:
    rows = Assignment.objects.open().filter(unit=unit).order_by("dispatched_at", "id")
    return list(rows.select_related("incident", "incident__type", "unit", "unit__type", "unit__last_position", "unit__station"))


def _usual(job: Assignment | None) -> UnitState | None:
    if job is None:
        return None
    if job.step == Step.DISPATCHED:
        return unit_states.BY_CODE["ACKNOWLEDGED"]
    step = USUAL_NEXT.get(Step(job.step))
    return unit_states.BY_CODE[OF_STEP.get(step, step.value)] if step else None


def _others(job: Assignment | None) -> list[UnitState]:
    """What else may be said now: the steps that lie ahead, or the states of a unit without a job."""
    if job is None:
        return unit_states.offered(AT_REST)
    ahead = [state for state in unit_states.STATES if state.step and state.step != Step.CLEARED and job.may_reach(state.step)]
    return [*ahead, *unit_states.offered(("ON_RADIO", "AT_STATION"))]
