"""What somebody in the field has to do: the jobs of their unit, the tasks of their departments, what is near."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib.gis.db.models.functions import Distance
from django.db.models import Q, QuerySet
from django.utils import timezone

from access import policy
from access.actors import Actor
from chat import ordered
from chat.models import Addressee
from incidents import crew, permissions, tasking
from incidents import selectors as incidents
from incidents.box import box_round
from incidents.models import Assignment, HelpCall, Incident, Task
from incidents.models.work import TASK_ENDED, TaskState
from kit.geo import Position
from resources import selectors as resources
from resources.models import Unit

MOST_TASKS = 100
MOST_NEAR = 20
NEAR_METRES = 5_000


@dataclass(frozen=True, slots=True)
class Mine:
    """What one tablet shows; `unit` None when its person speaks for none, `near` empty without a position."""

    unit: Unit | None
    assignments: list[Assignment]
    tasks: list[Task]
    near: list[Incident]
    calls: list[HelpCall]
    orders: list[Addressee]

    def incident_ids(self) -> list[int]:
        """The incidents whose cards the tablet keeps, the person's own first."""
        ids = [*(each.incident_id for each in self.assignments), *(each.incident_id for each in self.tasks)]
        ids += [pk for each in self.orders if (pk := each.order.message.room.incident_id) is not None]
        return list(dict.fromkeys([*ids, *(call.incident_id for call in self.calls if call.incident_id is not None)]))


def mine(actor: Actor, *, unit_id: int | None, position: Position | None) -> Mine:
    """What the actor has to do, as a crew member of a unit and for their departments, and what is open near a position."""
    unit = _unit(actor, unit_id)
    return Mine(
        unit=unit,
        assignments=_assignments(actor, unit),
        tasks=_tasks(actor),
        near=_near(actor, position),
        orders=ordered.waiting_for(actor, unit_id=unit.pk if unit is not None else None, now=timezone.now()),
        calls=list(HelpCall.objects.open().filter(person=actor.user_id).select_related("unit", "incident").order_by("called_at", "id")),
    )


def units_to_speak_for(actor: Actor, words: str) -> list[Unit]:
    """The units whose state the actor may say, by code; those that `words` mean where there are any."""
    return crew.units_to_speak_for(actor, words=words) if policy.can(actor, permissions.ADVANCE, None) else []


def _unit(actor: Actor, unit_id: int | None) -> Unit | None:
    """The unit a tablet speaks for; one that its person may no longer speak for is none."""
    if unit_id is None or not crew.may_speak_for(actor, unit_id):
        return None
    return resources.unit(actor, unit_id)


def _assignments(actor: Actor, unit: Unit | None) -> list[Assignment]:
    if unit is None:
        return []
    rows = Assignment.objects.open().filter(unit=unit).select_related("incident", "unit").order_by("-is_primary", "dispatched_at", "id")
    return [each for each in rows if policy.can(actor, permissions.VIEW, each.incident)]


def _tasks(actor: Actor) -> list[Task]:
    """Tasks for the person, and those for nobody in particular of a department in whose name the person answers."""
    departments = tasking.departments_answered_for(actor)
    known = policy.visible(actor, permissions.VIEW, Incident.objects.open()).order_by().values("pk")
    rows = Task.objects.filter(Q(person=actor.user_id) | Q(person=None, department__in=departments), incident__in=known)
    rows = rows.exclude(state__in=[*TASK_ENDED, TaskState.DONE, TaskState.RETURNED]).select_related("incident", "department", "person")
    return sorted(rows.order_by("due_at", "issued_at", "id")[:MOST_TASKS], key=lambda task: (task.due_at is None, task.due_at or task.issued_at))


def _near(actor: Actor, position: Position | None) -> list[Incident]:
    if position is None:
        return []
    rows: QuerySet[Any] = incidents.open_incidents(actor).filter(point__bboverlaps=box_round(position, NEAR_METRES))
    found: Iterable[Any] = rows.annotate(away=Distance("point", position.as_point())).order_by("away", "id")[:MOST_NEAR]
    return [row for row in found if row.away.m <= NEAR_METRES]
