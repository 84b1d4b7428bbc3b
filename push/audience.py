"""Whose closed tablets a piece of news may concern; whether it still does, and whether they may know, is asked again when it is sent."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from access import roles
from access.models import Membership
from chat import addressing
from chat import permissions as chat
from chat.models import Addressee
from incidents import permissions as incidents
from incidents.models import Assignment, Task
from push.models import Message, Subscription

MOST = 500
ASSIGNMENT, TASK, PLAN, ORDER = "assignment", "task", "plan", "order"


@dataclass(frozen=True, slots=True)
class News:
    """What happened: about what ("assignment", 17), by which entry of the journal and whose hand, and whether it takes back what was told."""

    kind: str
    subject_id: int
    incident_id: int | None
    entry_id: int
    at: datetime
    by_user_id: int | None
    is_recall: bool

    @property
    def subject(self) -> str:
        return f"{self.kind}:{self.subject_id}"


def of(news: News, now: datetime) -> list[Subscription]:
    """The tablets to be told, never those of who did it; of what is taken back, those that may have been told of it."""
    found = _told(news) if news.is_recall else Subscription.objects.filter(ASKED[news.kind](news.subject_id, now))
    rows = found.filter(ended_at=None, person__is_active=True).exclude(person=news.by_user_id or 0)
    return list(rows.order_by("-confirmed_at", "-pk")[:MOST])


def _told(news: News) -> "QuerySet[Subscription]":
    arrived = Q(state=Message.State.SENT) | Q(state=Message.State.QUEUED, begun_at__isnull=False)
    told = Message.objects.filter(arrived, subject=news.subject, is_recall=False)
    return Subscription.objects.filter(pk__in=told.values("subscription_id"))


def _of_job(pk: int, _now: datetime) -> Q:
    return Q(unit__in=Assignment.objects.filter(pk=pk).values("unit_id"))


def _of_task(pk: int, now: datetime) -> Q:
    return _of_tasks(Task.objects.filter(pk=pk), now)


def _of_plan(pk: int, now: datetime) -> Q:
    return _of_tasks(Task.objects.filter(activation=pk), now)


def _of_tasks(tasks: "QuerySet[Task]", now: datetime) -> Q:
    for_all = set(tasks.filter(person=None).values_list("department_id", flat=True))
    people = [pk for pk in tasks.values_list("person_id", flat=True) if pk is not None]
    return Q(person__in=people) | Q(person__department__in=for_all) | _members(for_all, incidents.ANSWER_TASK, now)


def _of_order(message_id: int, now: datetime) -> Q:
    to = list(Addressee.objects.filter(order__message=message_id))
    units = [each.unit_id for each in to if each.unit_id is not None]
    departments = {each.department_id for each in to if each.department_id is not None}
    return Q(person__in=addressing.people_meant(to, now)) | Q(unit__in=units) | _members(departments, chat.POST, now)


def _members(department_ids: set[int], action: str, now: datetime) -> Q:
    held = Membership.objects.in_force(now).filter(department__in=department_ids, role__in=roles.having(action))
    return Q(person__in=held.values("user_id"))


ASKED = {ASSIGNMENT: _of_job, TASK: _of_task, PLAN: _of_plan, ORDER: _of_order}
