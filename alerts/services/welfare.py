"""That a crew on scene is well: asked by radio, or told by the crew itself."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from access import policy
from access.actors import Actor
from alerts import facts, permissions
from alerts.models import WelfareCheck
from incidents import permissions as incident_permissions
from incidents.models import Assignment
from incidents.models.assignments import Step
from journal import services as journal
from kit.errors import NotFound, Refused

THERE = (Step.ON_SCENE, Step.PATIENT_CONTACT)


class NotOnScene(Refused):
    code = "not_on_scene"
    says = _("%(unit)s is not on scene.")


@transaction.atomic
def confirm_welfare(actor: Actor, *, assignment_id: int, now: datetime) -> WelfareCheck:
    """Note that the crew of an assignment on scene is well; its clock for the next check begins anew. Raises `NotOnScene`."""
    found = Assignment.objects.select_related("incident", "unit").filter(pk=assignment_id).first()
    if found is None:
        raise NotFound
    policy.require(actor, permissions.CHECK_WELFARE, found.incident)
    if found.step not in THERE:
        raise NotOnScene(unit=found.unit.code)
    check = WelfareCheck.objects.create(assignment=found, at=now, by=actor.label[:80], by_key=actor.key[:80])
    fact = facts.WelfareConfirmed(incident_id=found.incident_id, unit_id=found.unit_id, assignment_id=found.pk)
    scopes = policy.audience(incident_permissions.VIEW, found.incident)
    journal.record(actor, fact, about=[found.incident, found.unit], scopes=scopes, at=now)
    return check
