"""Plans are saved in versions, set in motion with a reason, and stood down."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from access import policy
from access import selectors as access
from access.actors import Actor
from incidents import facts, permissions, plans
from incidents.models import Attachment, IncidentType, Plan, PlanActivation, PlanItem, Task
from incidents.models.plans import LEVELS, MOST_MINUTES
from incidents.models.work import TaskState
from incidents.services.common import WrongState, announce, checked, reason_of
from journal import services as journal
from kit import text
from kit.errors import Invalid, NotFound, Refused

PLAN_SCOPES = [f"{permissions.MANAGE_PLANS}@*:*"]
MOST_ITEMS = 30
NOT_BEGUN = (TaskState.ISSUED, TaskState.ACKNOWLEDGED)


class PlanRuns(Refused):
    code = "plan_runs"
    says = _("“%(plan)s” is in motion already for %(number)s.")


@dataclass(frozen=True, slots=True)
class NewItem:
    """A task of a plan: what, whose (a department's id, None: the responsible one), within how many minutes, and whether it needs evidence."""

    title: str
    title_en: str = ""
    department_id: int | None = None
    due_minutes: int | None = None
    needs_evidence: bool = False


@transaction.atomic
def activate_plan(actor: Actor, *, incident_id: int, plan_id: int, reason: str, now: datetime) -> PlanActivation:
    """Decide a response level and set its plan in motion: every task that the incident has not been given yet is given, with its deadline.

    Raises `PlanRuns`, `WrongState`, `Invalid` for a plan that is no longer in force.
    """
    incident = checked(actor, permissions.SET_LEVEL, incident_id)
    if incident.is_finished():
        raise WrongState(incident)
    plan = plans.plans_in_force().filter(pk=plan_id).first()
    if plan is None or plan.type_id not in (None, incident.type_id):
        raise Invalid({"plan": _("This plan is not in force for this incident. Look at it again.")})
    if PlanActivation.objects.filter(incident=incident, plan=plan, ended_at=None).exists():
        raise PlanRuns(plan=plan.name, number=incident.number)
    why = reason_of(reason)
    activation = PlanActivation.objects.create(
        incident=incident, plan=plan, reason=why, level_before=incident.response_level, activated_at=now, activated_by=actor.label[:80]
    )
    tasks = Task.objects.bulk_create(
        Task(
            incident=incident, activation=activation, title=effect.item.title, department_id=effect.department_id, issued_at=now,
            due_at=now + timedelta(minutes=effect.item.due_minutes) if effect.item.due_minutes else None, needs_evidence=effect.item.needs_evidence,
        )
        for effect in plans.effects(incident, plan)
        if not effect.is_given
    )  # fmt: skip
    incident.response_level = plan.level
    incident.department_ids = list(dict.fromkeys([*incident.department_ids, *(task.department_id for task in tasks)]))
    incident.version += 1
    incident.save(update_fields=["response_level", "department_ids", "version"])
    ids = tuple(task.pk for task in tasks)
    fact = facts.PlanActivated(
        incident_id=incident.pk, activation_id=activation.pk, plan_id=plan.pk, level=plan.level, task_ids=ids, reason=why, version=incident.version
    )
    announce(actor, fact, incident, plan, now=now)
    return activation


@transaction.atomic
def stand_down_plan(actor: Actor, *, activation_id: int, now: datetime) -> PlanActivation:
    """End a plan in motion: tasks not begun are cancelled, those begun go on, and the response level is again what it was before.

    Standing down twice changes nothing.
    """
    incident_id = PlanActivation.objects.filter(pk=activation_id).values_list("incident_id", flat=True).first()
    if incident_id is None:
        raise NotFound
    incident = checked(actor, permissions.SET_LEVEL, incident_id)
    activation = PlanActivation.objects.select_related("plan").get(pk=activation_id)
    if activation.ended_at is not None:
        return activation
    activation.ended_at, activation.ended_by = now, actor.label[:80]
    activation.save(update_fields=["ended_at", "ended_by"])
    waiting = Task.objects.select_for_update(of=("self",), no_key=True).filter(activation=activation, state__in=NOT_BEGUN)
    cancelled = tuple(waiting.order_by("id").values_list("pk", flat=True))
    for task in Task.objects.filter(pk__in=cancelled):
        task.state, task.version = TaskState.CANCELLED, task.version + 1
        task.save(update_fields=["state", "version"])
    if incident.response_level == activation.plan.level:
        incident.response_level = activation.level_before
    incident.version += 1
    incident.save(update_fields=["response_level", "version"])
    fact = facts.PlanStoodDown(
        incident_id=incident.pk, activation_id=activation.pk, plan_id=activation.plan_id, task_ids=cancelled, level=incident.response_level,
        version=incident.version,
    )  # fmt: skip
    announce(actor, fact, incident, activation.plan, now=now)
    return activation


@transaction.atomic
def show_evidence(actor: Actor, *, task_id: int, attachment_id: int, now: datetime) -> Task:
    """Say which file of the incident shows that a task is done. Raises `Invalid` for a file of another incident or one struck."""
    incident_id = Task.objects.filter(pk=task_id).values_list("incident_id", flat=True).first()
    if incident_id is None:
        raise NotFound
    incident = checked(actor, permissions.ANSWER_TASK, incident_id)
    if not Attachment.objects.filter(pk=attachment_id, incident=incident, struck_at=None).exists():
        raise Invalid({"evidence": _("Choose a file of this incident.")})
    task = Task.objects.select_for_update(of=("self",), no_key=True).get(pk=task_id)
    if task.evidence_id != attachment_id:
        task.evidence_id = attachment_id
        task.version += 1
        task.save(update_fields=["evidence", "version"])
        announce(actor, facts.EvidenceShown(incident_id=incident.pk, task_id=task.pk, attachment_id=attachment_id), incident, now=now)
    return task


@transaction.atomic
def save_plan(
    actor: Actor, *, type_id: int | None, level: str, name: str, name_en: str, items: Sequence[NewItem], note: str, based_on: int, now: datetime
) -> Plan:
    """Save the plan of a type (None: of every type) for a response level as its next version; without any item it is taken out of force.

    `based_on` is the version that was edited, 0 for a new plan. Raises `Invalid` for a wrong item or for a version that is not the last one.
    """
    policy.require(actor, permissions.MANAGE_PLANS, None)
    if level not in LEVELS or (type_id is not None and not IncidentType.objects.select_for_update(no_key=True).filter(pk=type_id).exists()):
        raise Invalid({"level": _("There is no such type or response level.")})
    if not name.strip():
        raise Invalid({"name": _("Give the plan a name.")})
    known = Plan.objects.select_for_update(of=("self",), no_key=True).filter(type_id=type_id, level=level)
    last = known.order_by("-version").first()
    if (last.version if last else 0) != based_on:
        raise Invalid({"based_on": _("Somebody saved this plan meanwhile. Look at it again.")})
    rows = _items(items)
    known.filter(is_current=True).update(is_current=False)
    plan = Plan.objects.create(
        type_id=type_id, level=level, name=name.strip()[:80], name_en=name_en.strip()[:120], version=based_on + 1, is_current=bool(rows),
        note=note.strip()[:200], saved_at=now, saved_by=actor.label[:80],
    )  # fmt: skip
    for row in rows:
        row.plan = plan
    PlanItem.objects.bulk_create(rows)
    journal.record(
        actor, facts.PlanSaved(plan_id=plan.pk, level=level, version=plan.version, items=len(rows)), about=[plan], scopes=PLAN_SCOPES, at=now
    )
    return plan


def _items(items: Sequence[NewItem]) -> list[PlanItem]:
    if len(items) > MOST_ITEMS:
        raise Invalid({"items": _("At most 30 tasks.")})
    departments = {department.pk for department in access.departments()}
    rows = []
    for number, item in enumerate(items, start=1):
        if item.department_id is not None and item.department_id not in departments:
            raise Invalid({"items": _("There is no such department.")})
        if item.due_minutes is not None and not 1 <= item.due_minutes <= MOST_MINUTES:
            raise Invalid({"items": _("From one minute to a week.")})
        title, title_en = (text.tidy_words(each)[:200] for each in (item.title, item.title_en))
        rows.append(
            PlanItem(
                order=number, title=title, title_en=title_en, department_id=item.department_id, due_minutes=item.due_minutes,
                needs_evidence=item.needs_evidence,
            )
        )  # fmt: skip
    if not all(row.title for row in rows):
        raise Invalid({"items": _("Say what is to be done.")})
    return rows
