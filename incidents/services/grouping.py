"""Merging duplicates and taking them apart again; major incidents with children."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from access import policy
from access.actors import Actor
from incidents import facts, permissions
from incidents.models import Assignment, Incident, Report
from incidents.models.incidents import Status
from incidents.services.closing import STATUS_COLUMNS, UnitsStillAssigned
from incidents.services.common import WrongState, announce, checked, locked
from incidents.services.talking import free_talk_groups
from kit.errors import Invalid, Refused


class CannotGroup(Refused):
    code = "cannot_group"
    says = _("These two cannot be put together: %(why)s")


def _lock_two(actor: Actor, action: str, first_id: int, second_id: int) -> tuple[Incident, Incident]:
    """Both incidents, locked in the order of their ids so that two merges never wait for each other."""
    if first_id == second_id:
        raise Invalid({"target": _("Choose another incident.")})
    rows = {one: locked(one) for one in sorted((first_id, second_id))}
    policy.require(actor, action, rows[first_id])
    policy.require(actor, action, rows[second_id])
    return rows[first_id], rows[second_id]


@transaction.atomic
def merge_incident(actor: Actor, *, incident_id: int, target_id: int, now: datetime) -> Incident:
    """Make an incident part of another: its reports count there, every reporter is kept, nothing is lost."""
    incident, target = _lock_two(actor, permissions.MERGE, incident_id, target_id)
    if incident.is_finished():
        raise WrongState(incident)
    if target.is_finished():
        raise WrongState(target)
    if Assignment.objects.open().filter(incident=incident).exists():
        raise UnitsStillAssigned(count=Assignment.objects.open().filter(incident=incident).count(), number=incident.number)
    report_ids = tuple(Report.objects.filter(incident=incident).values_list("pk", flat=True))
    Report.objects.filter(pk__in=report_ids).update(incident=target)
    incident.merged_into = target
    incident.move(Status.MERGED)
    incident.save(update_fields=[*STATUS_COLUMNS, "merged_into"])
    free_talk_groups(actor, incident, now=now)
    target.reach("call_received", incident.call_received_at)
    target.version += 1
    target.save(update_fields=["call_received_at", "version"])
    fact = facts.IncidentMerged(incident_id=incident.pk, target_id=target.pk, report_ids=report_ids, version=incident.version)
    announce(actor, fact, incident, target, now=now)
    return incident


@transaction.atomic
def unmerge_incident(actor: Actor, *, incident_id: int, now: datetime) -> Incident:
    """Undo a merge: the reports that arrived here come back, and the incident is what it was."""
    target_id = Incident.objects.filter(pk=incident_id).values_list("merged_into_id", flat=True).first()
    if target_id is None:
        raise WrongState(checked(actor, permissions.MERGE, incident_id))
    incident, target = _lock_two(actor, permissions.MERGE, incident_id, target_id)
    if incident.status != Status.MERGED:
        raise WrongState(incident)
    mine = Report.objects.filter(incident=target, first_incident=incident)
    report_ids = tuple(mine.values_list("pk", flat=True))
    mine.update(incident=incident)
    before = incident.status_before
    incident.merged_into = None
    incident.move(before or Status.TRIAGE)
    incident.save(update_fields=[*STATUS_COLUMNS, "merged_into"])
    earliest = target.reports.order_by("received_at").values_list("received_at", flat=True).first()
    target.call_received_at = earliest or target.call_received_at
    target.version += 1
    target.save(update_fields=["call_received_at", "version"])
    fact = facts.IncidentUnmerged(incident_id=incident.pk, target_id=target.pk, report_ids=report_ids, version=incident.version)
    announce(actor, fact, incident, target, now=now)
    return incident


@transaction.atomic
def link_child(actor: Actor, *, incident_id: int, parent_id: int, now: datetime) -> Incident:
    """Put an incident under another (a major incident groups others). One level only."""
    incident, parent = _lock_two(actor, permissions.MERGE, incident_id, parent_id)
    if incident.is_finished() or parent.is_finished():
        raise WrongState(incident if incident.is_finished() else parent)
    if parent.parent_id is not None or incident.children.exists():
        raise CannotGroup(why=_("a child has no children of its own."))
    incident.parent = parent
    incident.version += 1
    incident.save(update_fields=["parent", "version"])
    announce(actor, facts.ChildLinked(incident_id=incident.pk, target_id=parent.pk, version=incident.version), incident, parent, now=now)
    return incident


@transaction.atomic
def unlink_child(actor: Actor, *, incident_id: int, now: datetime) -> Incident:
    """Let an incident stand by itself again."""
    incident = checked(actor, permissions.MERGE, incident_id)
    if incident.parent_id is None:
        raise WrongState(incident)
    parent_id = incident.parent_id
    incident.parent = None
    incident.version += 1
    incident.save(update_fields=["parent", "version"])
    fact = facts.ChildUnlinked(incident_id=incident.pk, target_id=parent_id, version=incident.version)
    announce(actor, fact, incident, f"incident:{parent_id}", now=now)
    return incident
