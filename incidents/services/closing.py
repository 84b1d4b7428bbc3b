"""The later life of an incident: control, resolution, verification, closing; and its side exits and ways back."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from access import policy
from access.actors import Actor
from access.models import Department
from incidents import facts, modes, permissions
from incidents.models import Assignment, Disposition, Incident, Task
from incidents.models.incidents import BEFORE_CONTROL, FINISHED, Status
from incidents.models.reference import Kind
from incidents.models.work import TASK_ENDED, TaskState
from incidents.services.common import WrongState, announce, checked, reason_of
from incidents.services.talking import free_talk_groups
from kit.errors import Invalid, Refused

STATUS_COLUMNS = ["status", "status_before", "version"]


class UnitsStillAssigned(Refused):
    code = "units_still_assigned"
    says = _("%(count)s units are still assigned to %(number)s. Clear or recall them first.")


class TasksStillOpen(Refused):
    code = "tasks_still_open"
    says = _("%(count)s tasks of %(number)s are still open. Finish or cancel them first.")


class ClosingIsReserved(Refused):
    code = "closing_is_reserved"
    says = _("While an emergency holds, %(number)s can be closed only by a supervisor or a commander.")


@transaction.atomic
def control_incident(actor: Actor, *, incident_id: int, now: datetime) -> Incident:
    """The danger no longer grows; units may still be at work and more may be sent."""
    incident = checked(actor, permissions.CONTROL, incident_id)
    if incident.status not in BEFORE_CONTROL:
        raise WrongState(incident)
    incident.move(Status.CONTROLLED)
    incident.controlled_at = now
    incident.save(update_fields=[*STATUS_COLUMNS, "controlled_at"])
    announce(actor, facts.IncidentControlled(incident_id=incident.pk, version=incident.version), incident, now=now)
    return incident


@transaction.atomic
def resolve_incident(actor: Actor, *, incident_id: int, now: datetime) -> Incident:
    """The work is done; verification and closing follow. Raises `UnitsStillAssigned`."""
    incident = checked(actor, permissions.RESOLVE, incident_id)
    if incident.status not in (*BEFORE_CONTROL, Status.CONTROLLED):
        raise WrongState(incident)
    _check_units_gone(incident)
    incident.move(Status.RESOLVED)
    incident.resolved_at = now
    incident.save(update_fields=[*STATUS_COLUMNS, "resolved_at"])
    announce(actor, facts.IncidentResolved(incident_id=incident.pk, version=incident.version), incident, now=now)
    return incident


@transaction.atomic
def verify_incident(actor: Actor, *, incident_id: int, now: datetime) -> Incident:
    """An inspector or the caller confirmed that it is resolved."""
    incident = checked(actor, permissions.VERIFY, incident_id)
    if incident.status != Status.RESOLVED:
        raise WrongState(incident)
    incident.move(Status.VERIFIED)
    incident.verified_at = now
    incident.save(update_fields=[*STATUS_COLUMNS, "verified_at"])
    announce(actor, facts.IncidentVerified(incident_id=incident.pk, version=incident.version), incident, now=now)
    return incident


@transaction.atomic
def close_incident(actor: Actor, *, incident_id: int, disposition: str, at: datetime, now: datetime) -> Incident:
    """Close an incident with its disposition; nothing is closed behind anyone's back.

    Raises `UnitsStillAssigned`, `TasksStillOpen`, and while an emergency holds `ClosingIsReserved`.
    """
    incident = checked(actor, permissions.CLOSE, incident_id)
    if incident.is_finished():
        raise WrongState(incident)
    is_reserved = incident.kind != Kind.SERVICE and modes.covering(modes.in_force(), incident.region_id) is not None
    if is_reserved and not policy.can(actor, permissions.SET_LEVEL, incident):
        raise ClosingIsReserved(number=incident.number)
    outcome = Disposition.objects.filter(code=disposition, is_active=True).first()
    if outcome is None:
        raise Invalid({"disposition": _("Choose how it ended.")})
    _check_units_gone(incident)
    open_tasks = Task.objects.filter(incident=incident).exclude(state__in=[*TASK_ENDED, TaskState.DONE]).count()
    if open_tasks:
        raise TasksStillOpen(count=open_tasks, number=incident.number)
    incident.move(Status.CLOSED)
    incident.disposition = outcome
    incident.closed_at = at
    incident.save(update_fields=[*STATUS_COLUMNS, "disposition", "closed_at"])
    free_talk_groups(actor, incident, now=now)
    announce(actor, facts.IncidentClosed(incident_id=incident.pk, disposition=outcome.code, version=incident.version), incident, now=now)
    return incident


@transaction.atomic
def reopen_incident(actor: Actor, *, incident_id: int, reason: str, now: datetime) -> Incident:
    """Take up a finished incident again: it returns to triage and counts up."""
    incident = checked(actor, permissions.CLOSE, incident_id)
    if incident.status not in (Status.RESOLVED, Status.VERIFIED, *FINISHED) or incident.status == Status.MERGED:
        raise WrongState(incident)
    why = reason_of(reason)
    incident.move(Status.TRIAGE)
    incident.reopened_count += 1
    incident.disposition = None
    incident.closed_at = incident.resolved_at = incident.verified_at = None
    incident.save(update_fields=[*STATUS_COLUMNS, "reopened_count", "disposition", "closed_at", "resolved_at", "verified_at"])
    announce(actor, facts.IncidentReopened(incident_id=incident.pk, reason=why, version=incident.version), incident, now=now)
    return incident


@transaction.atomic
def hold_incident(actor: Actor, *, incident_id: int, reason: str, review_on: date, now: datetime) -> Incident:
    """Put it on hold with a reason and the day on which it is looked at again."""
    incident = checked(actor, permissions.HOLD, incident_id)
    if incident.is_finished() or incident.status == Status.HELD:
        raise WrongState(incident)
    _check_units_gone(incident)
    incident.reason = reason_of(reason)
    if review_on < now.date():
        raise Invalid({"review_on": _("The day of review lies in the past.")})
    incident.review_on = review_on
    incident.move(Status.HELD)
    incident.save(update_fields=[*STATUS_COLUMNS, "reason", "review_on"])
    fact = facts.IncidentHeld(incident_id=incident.pk, reason=incident.reason, review_on=review_on.isoformat(), version=incident.version)
    announce(actor, fact, incident, now=now)
    return incident


@transaction.atomic
def resume_incident(actor: Actor, *, incident_id: int, now: datetime) -> Incident:
    """Take a held or transferred incident up where it was left."""
    incident = checked(actor, permissions.HOLD, incident_id)
    if incident.status not in (Status.HELD, Status.TRANSFERRED):
        raise WrongState(incident)
    incident.move(incident.status_before or Status.PENDING)
    incident.review_on = None
    incident.save(update_fields=[*STATUS_COLUMNS, "review_on"])
    announce(actor, facts.IncidentResumed(incident_id=incident.pk, version=incident.version), incident, now=now)
    return incident


@transaction.atomic
def return_incident(actor: Actor, *, incident_id: int, reason: str, now: datetime) -> Incident:
    """Send it back to where it came from, with a reason."""
    return _leave(actor, incident_id, Status.RETURNED, reason, facts.IncidentReturned, now)


@transaction.atomic
def cancel_incident(actor: Actor, *, incident_id: int, reason: str, now: datetime) -> Incident:
    """It was none: false alarm, test call; the reports stay."""
    return _leave(actor, incident_id, Status.CANCELLED, reason, facts.IncidentCancelled, now)


@transaction.atomic
def transfer_incident(actor: Actor, *, incident_id: int, department_id: int, reason: str, now: datetime) -> Incident:
    """Make another department responsible; the one that gives it away can still see it."""
    incident = checked(actor, permissions.HOLD, incident_id)
    if incident.is_finished():
        raise WrongState(incident)
    target = Department.objects.filter(pk=department_id, is_active=True).first()
    if target is None or target.pk == incident.department_id:
        raise Invalid({"department": _("Choose another department.")})
    origin = incident.department_id
    incident.reason = reason_of(reason)
    incident.department_id = target.pk
    incident.department_ids = [*dict.fromkeys([*incident.department_ids, target.pk])]
    incident.move(Status.TRANSFERRED)
    incident.save(update_fields=[*STATUS_COLUMNS, "reason", "department", "department_ids"])
    fact = facts.IncidentTransferred(
        incident_id=incident.pk, from_department_id=origin, to_department_id=target.pk, reason=incident.reason, version=incident.version
    )
    announce(actor, fact, incident, now=now)
    return incident


def _leave(
    actor: Actor,
    incident_id: int,
    status: Status,
    reason: str,
    fact: type[facts.IncidentReturned] | type[facts.IncidentCancelled],
    now: datetime,
) -> Incident:
    incident = checked(actor, permissions.HOLD, incident_id)
    if incident.is_finished():
        raise WrongState(incident)
    _check_units_gone(incident)
    incident.reason = reason_of(reason)
    incident.move(status)
    incident.save(update_fields=[*STATUS_COLUMNS, "reason"])
    free_talk_groups(actor, incident, now=now)
    announce(actor, fact(incident_id=incident.pk, reason=incident.reason, version=incident.version), incident, now=now)
    return incident


def _check_units_gone(incident: Incident) -> None:
    count = Assignment.objects.open().filter(incident=incident).count()
    if count:
        raise UnitsStillAssigned(count=count, number=incident.number)
