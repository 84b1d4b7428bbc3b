"""The steps of an incident's life as a person chooses them: which are open now, what each needs, and the verb it calls."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from access import policy
from access.actors import Actor
from incidents import permissions, services
from incidents.models import Incident
from incidents.models.incidents import BEFORE_CONTROL, FINISHED, Status

UNFINISHED = tuple(status for status in Status if status not in FINISHED)
ACTIVE = (*BEFORE_CONTROL, Status.CONTROLLED)

Call = Callable[[Actor, int, dict[str, Any], datetime], Incident]


@dataclass(frozen=True, slots=True)
class Step:
    """A status a person may choose, with what must be said along with it."""

    name: str
    label: str | Promise
    action: str
    statuses: tuple[Status, ...]
    call: Call
    needs: tuple[str, ...] = ()


STEPS: tuple[Step, ...] = (
    Step("triage", _("Take on and assess"), permissions.TRIAGE, (Status.NEW,),
         lambda actor, pk, _values, now: services.start_triage(actor, incident_id=pk, now=now)),
    Step("validate", _("Valid: to assign"), permissions.TRIAGE, (Status.NEW, Status.TRIAGE),
         lambda actor, pk, _values, now: services.validate_incident(actor, incident_id=pk, now=now)),
    Step("control", _("Under control"), permissions.CONTROL, BEFORE_CONTROL,
         lambda actor, pk, _values, now: services.control_incident(actor, incident_id=pk, now=now)),
    Step("resolve", _("Resolved"), permissions.RESOLVE, ACTIVE,
         lambda actor, pk, _values, now: services.resolve_incident(actor, incident_id=pk, now=now)),
    Step("verify", _("Verified"), permissions.VERIFY, (Status.RESOLVED,),
         lambda actor, pk, _values, now: services.verify_incident(actor, incident_id=pk, now=now)),
    Step("hold", _("Put on hold"), permissions.HOLD, tuple(status for status in UNFINISHED if status != Status.HELD),
         lambda actor, pk, values, now: services.hold_incident(
             actor, incident_id=pk, reason=values["reason"], review_on=values["review_on"] or now.date(), now=now),
         needs=("reason", "review_on")),
    Step("resume", _("Take up again"), permissions.HOLD, (Status.HELD, Status.TRANSFERRED),
         lambda actor, pk, _values, now: services.resume_incident(actor, incident_id=pk, now=now)),
    Step("transfer", _("Transfer"), permissions.HOLD, UNFINISHED,
         lambda actor, pk, values, now: services.transfer_incident(
             actor, incident_id=pk, department_id=values["department_id"] or 0, reason=values["reason"], now=now),
         needs=("department_id", "reason")),
    Step("return", _("Return"), permissions.HOLD, UNFINISHED,
         lambda actor, pk, values, now: services.return_incident(actor, incident_id=pk, reason=values["reason"], now=now),
         needs=("reason",)),
    Step("cancel", _("Cancel: it was none"), permissions.HOLD, UNFINISHED,
         lambda actor, pk, values, now: services.cancel_incident(actor, incident_id=pk, reason=values["reason"], now=now),
         needs=("reason",)),
    Step("reopen", _("Reopen"), permissions.CLOSE, (Status.RESOLVED, Status.VERIFIED, Status.CLOSED, Status.RETURNED, Status.CANCELLED),
         lambda actor, pk, values, now: services.reopen_incident(actor, incident_id=pk, reason=values["reason"], now=now),
         needs=("reason",)),
    Step("level", _("Response level"), permissions.SET_LEVEL, UNFINISHED,
         lambda actor, pk, values, now: services.set_response_level(
             actor, incident_id=pk, level=values["level"], reason=values["reason"], now=now),
         needs=("level", "reason")),
)  # fmt: skip

BY_NAME = {step.name: step for step in STEPS}
# Which step takes another back; what was set in motion by the others goes on.
BACK = {"hold": "resume", "resolve": "reopen", "return": "reopen", "cancel": "reopen"}


def open_steps(actor: Actor, incident: Incident) -> list[Step]:
    """The steps that make sense now and that the actor may take; the services decide again."""
    return [step for step in STEPS if incident.status in step.statuses and policy.can(actor, step.action, incident)]
