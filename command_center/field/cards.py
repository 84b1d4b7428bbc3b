"""The card of an incident that a tablet keeps: everything one needs on the spot.

Many are read with a few queries, and one for the hazards of each.
"""

from collections.abc import Collection
from dataclasses import dataclass, field

from django.utils import timezone

from access.actors import Actor
from incidents import selectors as incidents
from incidents.contacts import Contact, contacts
from incidents.hazards import Warned, hazards_near
from incidents.models import Assignment, Incident, Note, PlanActivation, Report, Task
from kit.geo import Position

MOST = 60
MOST_NOTES = 30


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
        for pk, rows_of in contacts(actor, [card.incident for card in found.values()], at=timezone.now()).items():
            found[pk].contacts = rows_of
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
