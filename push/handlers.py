"""What news of the rooms below makes this room do: queue what closed tablets are told. Nothing is sent here; safe to run twice."""

from django.utils import timezone

from access import facts as access
from access.actors import Actor
from chat import facts as chat
from chat.models import Message
from incidents import facts as incidents
from incidents.models.work import TaskState
from journal.models import Entry
from journal.reactions import on
from push import services
from push.audience import ASSIGNMENT, ORDER, PLAN, TASK, News

SUBJECTS = {
    incidents.UnitDispatched.name: (ASSIGNMENT, "assignment_id", False),
    incidents.AssignmentCancelled.name: (ASSIGNMENT, "assignment_id", True),
    incidents.TaskIssued.name: (TASK, "task_id", False),
    incidents.PlanActivated.name: (PLAN, "activation_id", False),
    incidents.PlanStoodDown.name: (PLAN, "activation_id", True),
    chat.OrderGiven.name: (ORDER, "message_id", False),
    chat.OrderWithdrawn.name: (ORDER, "message_id", True),
}


@on(
    incidents.UnitDispatched,
    incidents.AssignmentCancelled,
    incidents.TaskIssued,
    incidents.PlanActivated,
    incidents.PlanStoodDown,
    chat.OrderGiven,
    chat.OrderWithdrawn,
)
def tell_tablets(entry: Entry) -> None:
    """Somebody is sent, gets a task or an order, or it is taken back."""
    kind, column, is_recall = SUBJECTS[entry.name]
    _tell(entry, kind, entry.data[column], is_recall)


@on(incidents.TaskAdvanced)
def tell_of_task(entry: Entry) -> None:
    """A task that is cancelled is taken back, one that is given again is told again; other steps are those of who does it."""
    if entry.data["state"] in (TaskState.CANCELLED, TaskState.ISSUED):
        _tell(entry, TASK, entry.data["task_id"], entry.data["state"] == TaskState.CANCELLED)


@on(access.PersonDeactivated, access.MembershipEnded)
def end_subscriptions(entry: Entry) -> None:
    """Who may not use the tablet any more is told nothing there."""
    services.end_unentitled(Actor.system("push"), user_id=entry.data["user_id"], now=timezone.now())


def _tell(entry: Entry, kind: str, subject_id: int, is_recall: bool) -> None:
    incident_id = entry.data.get("incident_id")
    if kind == ORDER:
        incident_id = Message.objects.filter(pk=subject_id).values_list("room__incident_id", flat=True).first()
    by = int(entry.actor_id) if entry.actor_kind in ("user", "device") and entry.actor_id.isdigit() else None
    news = News(kind, subject_id, incident_id, entry.pk, entry.at, by, is_recall)
    services.tell(Actor.system("push"), news=news, now=timezone.now())
