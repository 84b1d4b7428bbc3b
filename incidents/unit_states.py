"""What can be said of a unit, by any way: a crew's key, the phone, the console, the command line, a geofence.

Each state says what it means for the assignment that is running and what for the unit without one. The digits are the crew's keys
(German FMS, as in the domain's words).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from incidents.models.assignments import Step
from resources.models import Unit

Availability, Activity = Unit.Availability, Unit.Activity


@dataclass(frozen=True, slots=True)
class UnitState:
    """A state with its name: the step it is of a running assignment, what the unit does without one, and what it needs."""

    code: str
    label: str | Promise
    key: str = ""
    step: str | None = None
    availability: str | None = None
    activity: str | None = None
    needs_job: bool = False
    needs_reason: bool = False
    is_rest: bool = False


STATES: tuple[UnitState, ...] = (
    UnitState("ON_RADIO", _("Available by radio"), "1", Step.CLEARED, Availability.AVAILABLE, Activity.ON_RADIO),
    UnitState("AT_STATION", _("At station"), "2", Step.CLEARED, Availability.AVAILABLE, Activity.AT_STATION),
    UnitState("EN_ROUTE", _("En route"), "3", Step.EN_ROUTE, Availability.NOT_AVAILABLE, Activity.EN_ROUTE),
    UnitState("ON_SCENE", _("On scene"), "4", Step.ON_SCENE, Availability.NOT_AVAILABLE, Activity.ON_SCENE),
    UnitState("SPEAK", _("Asks to speak"), "5"),
    UnitState("OUT_OF_SERVICE", _("Out of service"), "6", None, Availability.NOT_AVAILABLE, Activity.OUT_OF_SERVICE),
    UnitState("TRANSPORTING", _("Transporting"), "7", Step.TRANSPORTING, Availability.NOT_AVAILABLE, Activity.TRANSPORTING),
    UnitState("AT_DESTINATION", _("At destination"), "8", Step.AT_DESTINATION, Availability.NOT_AVAILABLE, Activity.AT_DESTINATION),
    UnitState("DISTRESS", _("Emergency call"), "0"),
    UnitState("ACKNOWLEDGED", _("Acknowledged"), "", Step.ACKNOWLEDGED, needs_job=True),
    UnitState("STAGED", _("Staged"), "", Step.STAGED, Availability.NOT_AVAILABLE, Activity.STAGED),
    UnitState("PATIENT_CONTACT", _("With patient"), "", Step.PATIENT_CONTACT, needs_job=True),
    UnitState("CLEARED", _("Cleared"), "", Step.CLEARED, needs_job=True),
    UnitState("DECLINED", _("Declined"), "", None, needs_job=True, needs_reason=True),
    UnitState("RECALLED", _("Recalled"), "", None, needs_job=True),
    UnitState("RETURNING", _("Returning"), "", Step.CLEARED, Availability.AVAILABLE, Activity.RETURNING),
    UnitState("MEAL", _("Meal"), "", None, Availability.CONDITIONAL, Activity.MEAL, is_rest=True),
    UnitState("TRAINING", _("Training"), "", None, Availability.CONDITIONAL, Activity.TRAINING, is_rest=True),
    UnitState("OFF_DUTY", _("Off duty"), "", None, Availability.NOT_AVAILABLE, Activity.OFF_DUTY, is_rest=True),
)

BY_CODE = {state.code: state for state in STATES}
BY_KEY = {state.key: state for state in STATES if state.key}


def offered(codes: Sequence[str]) -> list[UnitState]:
    """These states, in this order."""
    return [BY_CODE[code] for code in codes]
