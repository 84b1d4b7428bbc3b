"""How far a task may go next: what a person may choose now, what must be said along with it, and the step that usually follows."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from access import policy, roles
from access.actors import Actor
from access.models import User
from incidents import permissions
from incidents.models import Incident, Task
from incidents.models.work import TaskState
from incidents.services.work import NEXT, OF_THE_GIVER, WITH_REASON

USUAL = {
    TaskState.ISSUED: TaskState.ACKNOWLEDGED,
    TaskState.ACKNOWLEDGED: TaskState.IN_PROGRESS,
    TaskState.IN_PROGRESS: TaskState.DONE,
    TaskState.BLOCKED: TaskState.IN_PROGRESS,
    TaskState.EXTENSION_REQUESTED: TaskState.IN_PROGRESS,
    TaskState.DONE: TaskState.VERIFIED,
    TaskState.RETURNED: TaskState.ISSUED,
}
# What a state is called on the button that leads to it, where its own name would mislead.
CALLED: dict[TaskState, str | Promise] = {TaskState.ISSUED: _("Give it again")}


@dataclass(frozen=True, slots=True)
class Way:
    """A state a task can be taken to now."""

    state: TaskState
    label: str | Promise
    needs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TaskLine:
    """A task as a page shows it: the usual next step, and whether there are others."""

    task: Task
    usual: Way | None
    has_more: bool

    @property
    def is_over(self) -> bool:
        """Nobody has anything to do about it any more."""
        return self.task.state in (TaskState.VERIFIED, TaskState.CANCELLED)


def departments_answered_for(actor: Actor) -> set[int]:
    """The departments in whose name the actor answers tasks: those of their roles, and their own."""
    holders = roles.having(permissions.ANSWER_TASK)
    found = {grant.department_id for grant in actor.grants if grant.role in holders and grant.department_id is not None}
    own = User.objects.filter(pk=actor.user_id or 0).values_list("department_id", flat=True).first()
    return found | ({own} if own is not None else set())


def is_for(actor: Actor, task: Task) -> bool:
    """Whether a task is for the actor by name, or for nobody in particular of a department of theirs."""
    if task.person_id is not None:
        return task.person_id == actor.user_id
    return task.department_id in departments_answered_for(actor)


def ways(actor: Actor, incident: Incident, task: Task) -> list[Way]:
    """The states this actor may take a task of the incident to now, the usual one first; the service decides again."""
    now = TaskState(task.state)
    may = {action: policy.can(actor, action, incident) for action in (permissions.TASK, permissions.ANSWER_TASK)}
    open_now = [state for state in NEXT[now] if may[permissions.TASK if state in OF_THE_GIVER else permissions.ANSWER_TASK]]
    found = [Way(state, CALLED.get(state, state.label), ("reason",) if state in WITH_REASON else ()) for state in open_now]
    return sorted(found, key=lambda way: way.state != USUAL.get(now))


def lines(actor: Actor, incident: Incident, tasks: Sequence[Task]) -> list[TaskLine]:
    """The tasks of an incident with what may be done to each now: those that are over come last."""
    return sorted((line(actor, incident, each) for each in tasks), key=lambda each: each.is_over)


def line(actor: Actor, incident: Incident, task: Task) -> TaskLine:
    """A task with what may be done to it now."""
    found = ways(actor, incident, task)
    usual = next((way for way in found if way.state == USUAL.get(TaskState(task.state))), None)
    return TaskLine(task=task, usual=usual, has_more=len(found) > (1 if usual else 0))
