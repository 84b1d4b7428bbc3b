"""Plans in force, what setting one in motion would do, and how far a running one has come."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from incidents.models import Incident, Plan, PlanActivation, PlanItem, Task
from incidents.models.incidents import ResponseLevel
from incidents.models.plans import LEVELS
from incidents.models.work import TaskState

TAKEN_BACK = (TaskState.CANCELLED, TaskState.RETURNED)


@dataclass(frozen=True, slots=True)
class Effect:
    """A task that a plan would give; `is_given` when the incident has it already, then it is not given twice."""

    item: PlanItem
    department_id: int
    is_given: bool


@dataclass(frozen=True, slots=True)
class Choice:
    """A response level that may be decided: the plan that goes with it, None where there is none, and what it would do."""

    level: ResponseLevel
    plan: Plan | None
    effects: tuple[Effect, ...]

    @property
    def new(self) -> int:
        return sum(not effect.is_given for effect in self.effects)


@dataclass(frozen=True, slots=True)
class Running:
    """A plan in motion: of `all` tasks `done` are done."""

    activation: PlanActivation
    done: int
    all: int


def plans_in_force() -> QuerySet[Plan]:
    """Every plan in force with its items, by type and level."""
    found = Plan.objects.filter(is_current=True).select_related("type").prefetch_related("items__department")
    return found.order_by("type__code", "level", "id")


def versions_of(type_id: int | None, level: str) -> QuerySet[Plan]:
    """Every version of a plan, newest first, with its items."""
    return Plan.objects.filter(type_id=type_id, level=level).prefetch_related("items__department").order_by("-version")


def plan_for(incident: Incident, level: str) -> Plan | None:
    """The plan of an incident's type for a response level, else the one for every type."""
    found = plans_in_force().filter(Q(type_id=incident.type_id) | Q(type=None), level=level)
    return min(found, key=lambda plan: plan.type_id is None, default=None)


def choices(incident: Incident) -> list[Choice]:
    """The response levels from the gravest, each with its plan and what it would do to this incident now."""
    known = _given(incident)
    found = []
    for level in reversed(LEVELS):
        plan = plan_for(incident, level)
        found.append(Choice(level, plan, tuple(effects(incident, plan, known)) if plan else ()))
    return found


def effects(incident: Incident, plan: Plan, known: set[tuple[str, int]] | None = None) -> list[Effect]:
    """The tasks that a plan would give for an incident, in order."""
    given = _given(incident) if known is None else known
    wanted = [(item, item.department_id or incident.department_id) for item in plan.items.all()]
    return [Effect(item, department_id, (item.title, department_id) in given) for item, department_id in wanted]


def running(incident: Incident) -> list[Running]:
    """The plans in motion for an incident, with how far each has come."""
    found = PlanActivation.objects.filter(incident=incident, ended_at=None).select_related("plan").order_by("activated_at", "id")
    tasks: Sequence[Task] = list(Task.objects.filter(incident=incident, activation__isnull=False).exclude(state=TaskState.CANCELLED))
    return [
        Running(
            activation,
            done=sum(task.state in (TaskState.DONE, TaskState.VERIFIED) for task in tasks if task.activation_id == activation.pk),
            all=sum(task.activation_id == activation.pk for task in tasks),
        )
        for activation in found
    ]


def _given(incident: Incident) -> set[tuple[str, int]]:
    """What the incident's tasks say and to whom, but for those taken back."""
    return set(Task.objects.filter(incident=incident).exclude(state__in=TAKEN_BACK).values_list("title", "department_id"))
