"""What crews report of their assignments: by button, by console, by radio, by key."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from access.actors import Actor
from incidents import facts, permissions
from incidents.models import Assignment, Incident
from incidents.models.assignments import Step
from incidents.services.common import Moment, announce, check_moment, reason_of
from incidents.services.dispatch import lock_assignment
from incidents.services.units import follow, let_unit_go
from kit.errors import Refused
from resources import services as resources
from resources.keys import CREW_KEYS
from resources.models import Unit

MILESTONES = {
    Step.ACKNOWLEDGED: "first_acknowledged",
    Step.EN_ROUTE: "first_en_route",
    Step.ON_SCENE: "first_on_scene",
}


class StepBehind(Refused):
    code = "step_behind"
    says = _("This assignment is already %(step)s.")


@transaction.atomic
def advance_assignment(actor: Actor, *, assignment_id: int, step: str, moment: Moment, now: datetime) -> Assignment:
    """Take an assignment one or more steps on; each time keeps the server's clock, the device's, who and by what means.

    The same step again changes nothing. Raises `StepBehind`, `dispatch.AssignmentEnded`.
    """
    assignment, incident, unit = lock_assignment(actor, permissions.ADVANCE, assignment_id)
    if assignment.step == step:
        return assignment
    if not assignment.may_reach(step):
        raise StepBehind(step=Step(assignment.step).label)
    check_moment(actor, moment.at, incident, now=now)
    column = assignment.reach(step, moment.at)
    assignment.note_source(step, source=moment.source, actor=actor.key, told=moment.told(now))
    assignment.save(update_fields=["step", "version", "sources", column])
    if step == Step.CLEARED:
        let_unit_go(actor, assignment, unit, now=moment.at)
    else:
        follow(actor, assignment, unit, now=moment.at)
    _reach_milestone(incident, step, moment.at)
    fact = facts.AssignmentAdvanced(
        incident_id=incident.pk,
        unit_id=unit.pk,
        assignment_id=assignment.pk,
        step=step,
        source=moment.source,
        occurred_at=moment.at.isoformat(),
    )
    announce(actor, fact, incident, unit, now=now)
    return assignment


@transaction.atomic
def decline_assignment(actor: Actor, *, assignment_id: int, reason: str, now: datetime) -> Assignment:
    """A crew cannot take the job, and says why; the unit is available again or takes up its next one."""
    assignment, incident, unit = lock_assignment(actor, permissions.ADVANCE, assignment_id)
    if assignment.step not in (Step.DISPATCHED, Step.ACKNOWLEDGED):
        raise StepBehind(step=Step(assignment.step).label)
    assignment.reason = reason_of(reason)
    column = assignment.reach(Step.DECLINED, now)
    assignment.save(update_fields=["step", "version", "reason", column])
    let_unit_go(actor, assignment, unit, now=now)
    fact = facts.AssignmentDeclined(incident_id=incident.pk, unit_id=unit.pk, assignment_id=assignment.pk, reason=assignment.reason)
    announce(actor, fact, incident, unit, now=now)
    return assignment


def press_crew_key(actor: Actor, *, unit_id: int, key: str, moment: Moment, now: datetime) -> Unit:
    """A crew pressed one of its keys (FMS 1-8, 0): it moves the assignment on if there is one, else sets the unit's state."""
    crew_key = CREW_KEYS.get(key)
    running = Assignment.objects.open().filter(unit_id=unit_id, is_primary=True).first()
    if crew_key is None or crew_key.assignment_step is None or running is None:
        return resources.press_key(actor, unit_id=unit_id, key=key, source=moment.source, now=moment.at)
    advance_assignment(actor, assignment_id=running.pk, step=crew_key.assignment_step, moment=moment, now=now)
    return Unit.objects.get(pk=unit_id)


def _reach_milestone(incident: Incident, step: str, at: datetime) -> None:
    columns = []
    milestone = MILESTONES.get(Step(step))
    if milestone is not None:
        incident.reach(milestone, at)
        columns.append(f"{milestone}_at")
    if step == Step.CLEARED and not Assignment.objects.open().filter(incident=incident).exists():
        incident.last_cleared_at = max(at, incident.last_cleared_at or at)
        columns.append("last_cleared_at")
    if columns:
        incident.save(update_fields=columns)
