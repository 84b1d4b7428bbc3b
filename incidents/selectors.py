"""Questions about incidents, already narrowed to what the actor may see."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from access import policy, regions
from access.actors import Actor
from incidents import listing, permissions
from incidents.aid import neighbour_codes as neighbour_codes
from incidents.cards import cards_in_force as cards_in_force
from incidents.hazards import Warned, hazards_near
from incidents.models import Assignment, Attachment, Disposition, Handout, HelpCall, Incident, IncidentType, Note, Report, ReporterMessage, Task
from incidents.models.incidents import FINISHED
from incidents.models.states import with_state
from incidents.recommending import Recommendation as Recommendation
from incidents.recommending import recommendation as recommendation
from journal import selectors as journal
from journal.selectors import TimelineLine
from kit.errors import NotFound
from kit.geo import Position


def incidents(actor: Actor) -> QuerySet[Incident]:
    """Every incident the actor may see, newest first, with its derived `state`."""
    return policy.visible(actor, permissions.VIEW, with_state(Incident.objects.all())).select_related("type", "department", "region")


def open_incidents(actor: Actor) -> QuerySet[Incident]:
    """What still has to be dealt with: level first, then age."""
    narrowed = policy.visible(actor, permissions.VIEW, with_state(Incident.objects.open()))
    return narrowed.select_related("type", "department", "region").order_by("severity", "-call_received_at", "id")


def incident(actor: Actor, number: str) -> Incident:
    """One incident by its number. Raises `NotFound` when there is none the actor may see."""
    found = incidents(actor).select_related("disposition", "parent", "merged_into").filter(number=number).first()
    if found is None:
        raise NotFound
    return found


def by_id(actor: Actor, incident_id: int) -> Incident:
    """One incident by its id. Raises `NotFound` when there is none the actor may see."""
    found = incidents(actor).filter(pk=incident_id).first()
    if found is None:
        raise NotFound
    return found


def incident_page(actor: Actor, *, wanted: dict[str, Any], cursor: str | None, limit: int | None) -> bytes:
    """A page of the incidents the actor may see, newest first, as JSON; `wanted` are the filters of the REST list, by name."""
    return listing.page(actor, wanted, cursor=cursor, limit=limit)


def id_of(actor: Actor, number: str) -> int:
    """The id of an incident the actor may see. Raises `NotFound`."""
    found = policy.visible(actor, permissions.VIEW, Incident.objects.filter(number=number)).values_list("pk", flat=True).first()
    if found is None:
        raise NotFound
    return found


def first_report(incident_id: int) -> Report:
    """The report that opened an incident."""
    return Report.objects.select_related("incident").filter(first_incident_id=incident_id).order_by("id")[0]


@dataclass(frozen=True, slots=True)
class IncidentPanel:
    """Everything the panel of one incident shows."""

    incident: Incident
    reports: list[Report]
    assignments: list[Assignment]
    tasks: list[Task]
    notes: list[Note]
    attachments: list[Attachment]
    children: list[Incident]
    merged: list[Incident]
    hazards: list[Warned]
    may_see_caller: bool
    may_see_confidential: bool


def incident_panel(actor: Actor, number: str) -> IncidentPanel:
    """One incident with its reports, assignments, tasks, notes, files, children and those merged into it."""
    found = incident(actor, number)
    joined = list(incidents(actor).filter(Q(parent=found) | Q(merged_into=found))[:400])
    return IncidentPanel(
        incident=found,
        reports=_said(found),
        hazards=hazards_near(Position.of(found.point), on=timezone.localdate()) if found.point else [],
        assignments=list(assignments_of(found.pk)),
        tasks=list(found.tasks.select_related("department", "person", "evidence").order_by("issued_at", "id")[:200]),
        notes=list(found.notes.order_by("written_at", "id")[:500]),
        attachments=list(found.attachments.shown()[:200]),
        children=[each for each in joined if each.parent_id == found.pk],
        merged=[each for each in joined if each.merged_into_id == found.pk],
        may_see_caller=policy.can(actor, permissions.SEE_CALLER, found),
        may_see_confidential=policy.can(actor, permissions.SEE_CONFIDENTIAL, found),
    )


def reports_of(actor: Actor, number: str) -> list[Report]:
    """What was reported about an incident, in order of the calls, with what each reporter was told; at most two hundred."""
    return _said(incident(actor, number))


def _said(found: Incident) -> list[Report]:
    """The reports of an incident; what was told in confidence without words and caller, whoever asks: reading those is an act."""
    rows = list(found.reports.prefetch_related("messages").order_by("received_at", "id")[:200])
    for row in rows:
        if row.is_confidential:
            row.words = row.caller_name = row.caller_phone = ""
    return rows


def assignments_of(incident_id: int) -> QuerySet[Assignment]:
    """The assignments of an incident in the order they were made, ended ones too."""
    return Assignment.objects.filter(incident_id=incident_id).select_related("unit", "unit__type").order_by("dispatched_at", "id")


def assignment(actor: Actor, assignment_id: int) -> Assignment:
    """One assignment of an incident the actor may see. Raises `NotFound`."""
    row = Assignment.objects.select_related("incident", "unit", "unit__type").filter(pk=assignment_id).first()
    if row is None or not policy.can(actor, permissions.VIEW, row.incident):
        raise NotFound
    return row


def task(actor: Actor, task_id: int) -> Task:
    """One task of an incident the actor may see. Raises `NotFound`."""
    row = Task.objects.select_related("incident", "incident__type", "department").filter(pk=task_id).first()
    if row is None or not policy.can(actor, permissions.VIEW, row.incident):
        raise NotFound
    return row


def open_assignment_of(actor: Actor, unit_id: int) -> Assignment | None:
    """What a unit is doing now, if the actor may see it."""
    row = Assignment.objects.open().filter(unit_id=unit_id, is_primary=True).select_related("incident", "incident__type").first()
    return row if row is not None and policy.can(actor, permissions.VIEW, row.incident) else None


def timeline(actor: Actor, number: str, *, before: int | None, limit: int) -> list[TimelineLine]:
    """What happened to an incident, newest first; `before` is the id of the last line already shown."""
    return journal.timeline(incident(actor, number), before=before, limit=min(limit, 200))


def help_calls(actor: Actor) -> QuerySet[HelpCall]:
    """Calls for help that nobody has dealt with and the actor may see, the oldest first."""
    return policy.visible(actor, permissions.VIEW, HelpCall.objects.open()).select_related("unit", "incident").order_by("called_at", "id")


def incident_types() -> QuerySet[IncidentType]:
    """The types in use, with what the first unit must be able to do."""
    return IncidentType.objects.filter(is_active=True).select_related("department").prefetch_related("capabilities").order_by("code")


def analysable(actor: Actor) -> QuerySet[Incident]:
    """Every incident whose times the actor may look into, in no order."""
    return policy.visible(actor, permissions.ANALYSE, Incident.objects.order_by())


def within_region(rows: QuerySet[Incident], region_id: int) -> QuerySet[Incident]:
    """Those of the incidents that lie in a region or below it."""
    return rows.filter(region__path__startswith=regions.lineage(region_id).path)


def still_open(rows: QuerySet[Incident]) -> QuerySet[Incident]:
    """Those of the incidents that somebody still has to deal with."""
    return rows.exclude(status__in=FINISHED)


def assignments_among(rows: QuerySet[Incident]) -> QuerySet[Assignment]:
    """Every assignment of these incidents, in no order."""
    return Assignment.objects.filter(incident__in=rows.values("pk")).order_by()


def all_incident_types() -> QuerySet[IncidentType]:
    """Every type there ever was, by code, for histories that speak of it."""
    return IncidentType.objects.order_by("code")


def all_dispositions() -> QuerySet[Disposition]:
    """Every way to end there ever was, by code."""
    return Disposition.objects.order_by("code")


def undelivered_messages(actor: Actor) -> QuerySet[ReporterMessage]:
    """Messages to reporters of incidents the actor looks after that no channel delivered, the newest first, with what each channel said."""
    mine = policy.visible(actor, permissions.RETRY_MESSAGES, Incident.objects.order_by())
    rows = ReporterMessage.objects.filter(state=ReporterMessage.State.FAILED, incident__in=mine)
    return rows.select_related("incident", "incident__type", "report").prefetch_related("tries").order_by("-created_at", "-id")


def sample_assignments() -> list[Assignment]:
    """What runs on sample incidents, with units, their last positions and incidents; at most a thousand."""
    rows = Assignment.objects.open().filter(is_primary=True, incident__is_sample=True)
    return list(rows.select_related("incident", "unit", "unit__last_position").order_by("id")[:1000])


def files_of(incident_id: int) -> QuerySet[Attachment]:
    """The files of an incident that were not struck, oldest first, at most two hundred."""
    return Attachment.objects.shown().filter(incident_id=incident_id)[:200]


def unmailed_handouts(actor: Actor) -> QuerySet[Handout]:
    """Reports for people outside whose mail has failed and whose link still opens, the newest first, of incidents the actor may hand out."""
    mine = policy.visible(actor, permissions.HAND_OUT, Incident.objects.order_by())
    rows = Handout.objects.filter(incident__in=mine, ended_at=None, until__gt=timezone.now()).exclude(fault="")
    return rows.select_related("incident__type", "by").order_by("-made_at", "-id")


def own_handout(actor: Actor, handout_id: int) -> Handout:
    """A report that the actor itself gave to somebody outside. Raises `NotFound` for another's."""
    row = Handout.objects.filter(pk=handout_id, by_id=actor.user_id).select_related("incident").first() if actor.user_id is not None else None
    if row is None:
        raise NotFound
    return row


def handouts(incident: Incident) -> list[Handout]:
    """Who outside was given the situation report of an incident that the actor was found to see, the newest first; at most a hundred."""
    rows = Handout.objects.filter(incident=incident).select_related("by")
    return list(rows.prefetch_related("attachments__file", "enclosures__attachment__file").order_by("-made_at", "-id")[:100])


def dispositions() -> QuerySet[Disposition]:
    """How an incident may end."""
    return Disposition.objects.filter(is_active=True).order_by("code")


def incident_type_of_code(code: str) -> IncidentType | None:
    """The type in use with this code."""
    return IncidentType.objects.filter(code=code, is_active=True).first()


@dataclass(frozen=True, slots=True)
class Counts:
    """The four counters of the queue."""

    new: int
    working: int
    controlled: int
    closed_today: int


def counts(actor: Actor, *, day_began_at: datetime) -> Counts:
    """How many are new, at work, under control, and closed since the day began."""
    rows = (
        policy.visible(actor, permissions.VIEW, Incident.objects.open())
        .order_by()
        .values("status")
        .annotate(n=Count("pk"))
        .values_list("status", "n")
    )
    found = dict(rows)
    closed = policy.visible(actor, permissions.VIEW, Incident.objects.filter(status="CLOSED", closed_at__gte=day_began_at)).count()
    new = found.get("NEW", 0) + found.get("TRIAGE", 0)
    controlled = found.get("CONTROLLED", 0) + found.get("RESOLVED", 0) + found.get("VERIFIED", 0)
    return Counts(new=new, working=sum(found.values()) - new - controlled, controlled=controlled, closed_today=closed)
