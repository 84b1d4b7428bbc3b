"""What stands on the lock screen: the kind of thing, the number of the incident, its type and level, and when. Nobody's name and no place.

Asked when a message is sent, as the person it is for: what no longer concerns them, or what they may not see by now, has no words.
"""

from dataclasses import dataclass

from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from access import policy
from access.actors import Actor
from chat import addressing, membership, ordered
from chat import permissions as chat
from chat.models import Addressee, Room
from incidents import crew, permissions, tasking
from incidents.models import Assignment, Incident, Task
from incidents.models.assignments import Step
from incidents.models.reference import Severity
from incidents.models.work import TaskState
from kit import naming
from push.audience import ASSIGNMENT, ORDER, PLAN, TASK
from push.models import Message, Subscription

SAYS: dict[tuple[str, bool], str | Promise] = {
    (ASSIGNMENT, False): gettext_lazy("%(unit)s is sent"),
    (ASSIGNMENT, True): gettext_lazy("%(unit)s is recalled"),
    (TASK, False): gettext_lazy("A task for you"),
    (TASK, True): gettext_lazy("A task was taken back"),
    (PLAN, False): gettext_lazy("Tasks of a plan for you"),
    (PLAN, True): gettext_lazy("The tasks of a plan were taken back"),
    (ORDER, False): gettext_lazy("An order for you"),
    (ORDER, True): gettext_lazy("An order was withdrawn"),
}


@dataclass(frozen=True, slots=True)
class Words:
    """A message in words: the line on top, the one below, what is said before it when it comes late, and where a press leads."""

    title: str
    body: str
    late: str
    go: str


def of(message: Message, actor: Actor) -> Words | None:
    """What a tablet is told, in its person's language; None for what does not concern them any more or what they may not see."""
    kind, _colon, number = message.subject.partition(":")
    subscription, incident = message.subscription, message.incident
    if not ASKED[kind](int(number), actor, subscription, message.is_recall):
        return None
    if incident is not None and kind != ORDER and not policy.can(actor, permissions.VIEW, incident):
        return None
    may_name = incident is not None and policy.can(actor, permissions.VIEW, incident)
    with translation.override(subscription.person.language):
        unit = subscription.unit.code if subscription.unit is not None else ""
        parts = [str(SAYS[kind, message.is_recall]) % {"unit": unit}, *([incident.number] if incident is not None and may_name else [])]
        at = f"{timezone.localtime(message.happened_at):%H:%M}"
        body = [at, *(_described(incident) if incident is not None and may_name else [])]
        go = f"#incident/{incident.number}" if incident is not None and may_name and not message.is_recall else "#mine"
        return Words(" · ".join(parts), " · ".join(body), _("Late"), go)


def _described(incident: Incident) -> list[str]:
    level = f"{incident.severity} {Severity(incident.severity).label}"
    return [naming.called(incident.type), level, *([_("Sample")] if incident.is_sample else [])]


def _of_job(pk: int, actor: Actor, subscription: Subscription, is_recall: bool) -> bool:
    job = Assignment.objects.filter(pk=pk, unit=subscription.unit_id or 0).first()
    if job is None or not crew.may_speak_for(actor, job.unit_id):
        return False
    return is_recall or job.step == Step.DISPATCHED


def _of_task(pk: int, actor: Actor, _subscription: Subscription, is_recall: bool) -> bool:
    task = Task.objects.filter(pk=pk).first()
    return task is not None and tasking.is_for(actor, task) and (is_recall or task.state == TaskState.ISSUED)


def _of_plan(pk: int, actor: Actor, _subscription: Subscription, is_recall: bool) -> bool:
    tasks = Task.objects.filter(activation=pk)
    return any(tasking.is_for(actor, each) for each in (tasks if is_recall else tasks.filter(state=TaskState.ISSUED)))


def _of_order(message_id: int, actor: Actor, subscription: Subscription, is_recall: bool) -> bool:
    room = Room.objects.select_related("incident").filter(messages__pk=message_id).first()
    if room is None or not membership.may(actor, chat.VIEW, room):
        return False
    to = Addressee.objects.filter(order__message=message_id)
    if not is_recall:
        to = to.filter(order__withdrawn_at=None).exclude(step__in=(*ordered.OVER, Addressee.Step.ACCEPTED))
    return to.filter(addressing.own(actor, unit_id=subscription.unit_id, now=timezone.now())).exists()


ASKED = {ASSIGNMENT: _of_job, TASK: _of_task, PLAN: _of_plan, ORDER: _of_order}
