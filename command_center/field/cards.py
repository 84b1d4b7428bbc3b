"""The card of an incident that a tablet keeps: everything one needs on the spot.

Many are read with a few queries, and one for the hazards of each.
"""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

from access import policy
from access.actors import Actor
from access.models import Department
from incidents import selectors as incidents
from incidents.hazards import Warned, hazards_near
from incidents.models import Assignment, Incident, Note, PlanActivation, Report, Task
from kit.geo import Position
from resources import permissions as resource_permissions
from resources import selectors as resources

MOST = 60
MOST_NOTES = 30


@dataclass(frozen=True, slots=True)
class Contact:
    """Whom to ring: a department's number, or who is on duty at one of its posts now."""

    name: str
    role: Any
    phone: str


@dataclass(slots=True)
class Card:
    """An incident with what was said, who is there, what is to be done, by which plan, what is dangerous and whom to ring."""

    incident: Incident
    words: list[str] = field(default_factory=list)
    hazards: list[Warned] = field(default_factory=list)
    assignments: list[Assignment] = field(default_factory=list)
    tasks: list[Task] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    plans: list[PlanActivation] = field(default_factory=list)
    contacts: list[Contact] = field(default_factory=list)


def cards(actor: Actor, incident_ids: Collection[int]) -> list[Card]:
    """The cards of these incidents, as far as the actor may see them, in the order asked; what was told in confidence is left out."""
    wanted = list(dict.fromkeys(incident_ids))[:MOST]
    rows = incidents.incidents(actor).in_bulk(wanted) if wanted else {}
    found = {pk: Card(rows[pk]) for pk in wanted if pk in rows}
    if found:
        _add_work(found)
        _add_contacts(actor, found)
    for card in found.values():
        if card.incident.point:
            card.hazards = hazards_near(Position.of(card.incident.point), on=timezone.localdate())
    return list(found.values())


def _add_work(found: dict[int, Card]) -> None:
    for report in Report.objects.filter(incident__in=found, is_confidential=False).exclude(words="").order_by("received_at", "id"):
        found[report.incident_id].words.append(report.words)
    for sent in Assignment.objects.open().filter(incident__in=found).select_related("unit", "unit__type").order_by("dispatched_at", "id"):
        found[sent.incident_id].assignments.append(sent)
    for task in Task.objects.filter(incident__in=found).select_related("department", "person").order_by("due_at", "issued_at", "id"):
        found[task.incident_id].tasks.append(task)
    for note in Note.objects.filter(incident__in=found, struck_at=None).order_by("-written_at", "-id"):
        if len(found[note.incident_id].notes) < MOST_NOTES:
            found[note.incident_id].notes.append(note)
    plans = PlanActivation.objects.filter(incident__in=found, ended_at=None).select_related("plan").prefetch_related("plan__items__department")
    for plan in plans.order_by("activated_at", "id"):
        found[plan.incident_id].plans.append(plan)


def _add_contacts(actor: Actor, found: dict[int, Card]) -> None:
    """Numbers of the departments that see an incident, and who is on duty there, for those who may see the roster."""
    ids = {pk for card in found.values() for pk in card.incident.department_ids}
    departments = Department.objects.in_bulk(ids)
    on_duty = _on_duty(actor, ids)
    for card in found.values():
        for pk in card.incident.department_ids:
            department = departments.get(pk)
            if department is not None and department.phone:
                card.contacts.append(Contact(str(department), department, department.phone))
            card.contacts += on_duty.get(pk, [])


def _on_duty(actor: Actor, department_ids: Collection[int]) -> dict[int, list[Contact]]:
    if not policy.can(actor, resource_permissions.VIEW_ROSTER, None):
        return {}
    posts = [post for post in resources.posts(actor) if post.department_id in department_ids]
    held = resources.holders([post.pk for post in posts], timezone.now())
    found: dict[int, list[Contact]] = defaultdict(list)
    for post in posts:
        found[post.department_id] += [Contact(str(duty.person), post, duty.person.phone) for duty in held[post.pk] if duty.person.phone]
    return found
