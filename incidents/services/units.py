"""How a unit's state follows its assignments."""

from datetime import datetime

from access.actors import Actor
from incidents.models import Assignment
from incidents.models.assignments import Step
from resources import services as resources
from resources.models import Unit

Availability, Activity = Unit.Availability, Unit.Activity

ACTIVITY_OF = {
    Step.DISPATCHED: Activity.ASSIGNED,
    Step.ACKNOWLEDGED: Activity.ASSIGNED,
    Step.EN_ROUTE: Activity.EN_ROUTE,
    Step.STAGED: Activity.STAGED,
    Step.ON_SCENE: Activity.ON_SCENE,
    Step.PATIENT_CONTACT: Activity.ON_SCENE,
    Step.TRANSPORTING: Activity.TRANSPORTING,
    Step.AT_DESTINATION: Activity.AT_DESTINATION,
}


def follow(actor: Actor, assignment: Assignment, unit: Unit, *, now: datetime) -> None:
    """The unit does what its primary assignment says; a stacked one never touches it."""
    if assignment.is_primary:
        resources.follow_assignment(actor, unit, availability=Availability.NOT_AVAILABLE, activity=ACTIVITY_OF[Step(assignment.step)], now=now)


def let_unit_go(actor: Actor, assignment: Assignment, unit: Unit, *, now: datetime) -> None:
    """After a primary assignment ended, the unit takes up the oldest stacked one, or is available by radio."""
    if not assignment.is_primary:
        return
    following = Assignment.objects.open().filter(unit=unit).select_for_update(of=("self",), no_key=True).order_by("dispatched_at", "id").first()
    if following is None:
        resources.follow_assignment(actor, unit, availability=Availability.AVAILABLE, activity=Activity.ON_RADIO, now=now)
        return
    following.is_primary = True
    following.save(update_fields=["is_primary"])
    follow(actor, following, unit, now=now)
