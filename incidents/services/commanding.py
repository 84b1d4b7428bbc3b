"""Carry out what a line of the command line says, or what was said of several units at once."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar

from django.utils.translation import gettext as _

from access.actors import Actor
from incidents.command_line.orders import GiveTask, OpenIncident, OpenUnit, Order, Recommend, SayOfUnits, SendUnits
from incidents.models.assignments import Source
from incidents.models.work import TaskState
from incidents.services.common import Moment
from incidents.services.dispatch import cancel_assignment, dispatch_unit
from incidents.services.saying import Before, StepSaid, restore_unit, say_of_unit, take_back_step
from incidents.services.work import NewTask, advance_task, issue_task
from kit.errors import Invalid, Refused
from resources import board

MOST_AT_ONCE = 60
T = TypeVar("T")


class NotUnderstood(Refused):
    code = "not_understood"
    status = 422
    says = "%(why)s"


class NothingTakenBack(Refused):
    code = "nothing_taken_back"
    says = "%(why)s"


@dataclass(frozen=True, slots=True)
class Undo:
    """How to take back what was done: assignments to recall, steps, units' states and tasks."""

    sent: tuple[int, ...] = ()
    steps: tuple[StepSaid, ...] = ()
    units: tuple[Before, ...] = ()
    tasks: tuple[int, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.sent or self.steps or self.units or self.tasks)

    @classmethod
    def of(cls, said: Before | StepSaid | None) -> "Undo":
        """How to take back what was said of one unit."""
        if isinstance(said, StepSaid):
            return cls(steps=(said,))
        return cls(units=(said,)) if said is not None else cls()


@dataclass(slots=True)
class Outcome:
    """What came of an order: what was done and what was refused, in words; how to undo it; which incidents it touched."""

    done: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    undo: Undo = field(default_factory=Undo)
    incident_ids: set[int] = field(default_factory=set)

    @property
    def sentence(self) -> str:
        return " ".join([*([_("; ").join(self.done) + _(".")] if self.done else []), *self.refused])


def carry_out(actor: Actor, order: Order, *, now: datetime) -> Outcome:
    """Do what a line says. One unit that is refused does not keep the others. Raises `NotUnderstood` for an order that only shows something."""
    match order:
        case SayOfUnits():
            return say_of_units(actor, order=order, source=Source.COMMAND, now=now)
        case SendUnits():
            return send_units(actor, order=order, now=now)
        case GiveTask():
            return _give(actor, order, now)
        case Recommend() | OpenIncident() | OpenUnit():
            raise NotUnderstood(why=_("This shows something and changes nothing."))


def say_of_units(actor: Actor, *, order: SayOfUnits, source: str, now: datetime) -> Outcome:
    """Say the same of several units; each is a transaction of its own."""
    outcome, steps, units = Outcome(), [], []
    for unit_id, label in zip(_bounded(order.unit_ids), order.labels or [""] * len(order.unit_ids), strict=False):
        try:
            moment = Moment(at=now, source=source)
            said = say_of_unit(actor, unit_id=unit_id, state=order.state, label=label, reason=order.reason, moment=moment, now=now)
        except Refused as refusal:
            outcome.refused.append(refusal.sentence)
            continue
        outcome.done.append(_("%(unit)s: %(step)s") % {"unit": said.unit.code, "step": _now(said.unit, str(said.state.label))})
        if isinstance(said.taken_back_by, StepSaid):
            steps.append(said.taken_back_by)
        elif said.taken_back_by is not None:
            units.append(said.taken_back_by)
    outcome.undo = Undo(steps=tuple(steps), units=tuple(units))
    return outcome


def send_units(actor: Actor, *, order: SendUnits, now: datetime) -> Outcome:
    """Send several units to one incident; a busy one does not keep the others."""
    checked_ids = _bounded(order.unit_ids)
    outcome, sent, codes = Outcome(incident_ids={order.incident_id}), [], []
    for unit_id in checked_ids:
        try:
            moment = Moment(at=now)
            assignment = dispatch_unit(actor, incident_id=order.incident_id, unit_id=unit_id, moment=moment, now=now)
        except Refused as refusal:
            outcome.refused.append(refusal.sentence)
        else:
            sent.append(assignment.pk)
            codes.append(assignment.unit.code)
    if codes:
        outcome.done.append(_("%(units)s sent to %(number)s") % {"units": _(", ").join(codes), "number": order.number})
    outcome.undo = Undo(sent=tuple(sent))
    return outcome


def undo(actor: Actor, *, what: Undo, now: datetime) -> Outcome:
    """Take back what was just done, each part as far as nothing followed. Raises `NothingTakenBack` with the reasons when all is refused."""
    outcome = Outcome()
    parts: list[tuple[str, int | StepSaid | Before]] = [("sent", each) for each in what.sent]
    parts += [("task", each) for each in what.tasks]
    parts += [("state", each) for each in what.steps]
    parts += [("state", each) for each in what.units]
    for kind, part in _bounded(parts):
        try:
            outcome.done.append(_take_back(actor, kind, part, now))
        except Refused as refusal:
            outcome.refused.append(refusal.sentence)
    if not outcome.done:
        raise NothingTakenBack(why=" ".join(outcome.refused) or _("There is nothing to take back."))
    return outcome


def _bounded(parts: Sequence[T]) -> Sequence[T]:
    if len(parts) > MOST_AT_ONCE:
        raise Invalid({"unit": _("At most %(n)s at once.") % {"n": MOST_AT_ONCE}})
    return parts


def _now(unit: object, said: str) -> str:
    return board.state_label(unit) if getattr(unit, "status_label", None) else said  # type: ignore[arg-type]


def _give(actor: Actor, order: GiveTask, now: datetime) -> Outcome:
    checked_due = now + timedelta(minutes=order.minutes) if order.minutes else None
    new = NewTask(title=order.title, department_id=order.department_id, due_at=checked_due)
    task = issue_task(actor, incident_id=order.incident_id, task=new, now=now)
    done = _("Task given at %(number)s: %(title)s") % {"number": order.number, "title": task.title}
    return Outcome(done=[done], undo=Undo(tasks=(task.pk,)), incident_ids={order.incident_id})


def _take_back(actor: Actor, kind: str, part: int | StepSaid | Before, now: datetime) -> str:
    if isinstance(part, StepSaid):
        return _step_back(actor, part, now)
    if isinstance(part, Before):
        return _set_back(actor, part, now)
    return _recall(actor, part, now) if kind == "sent" else _withdraw(actor, part, now)


def _recall(actor: Actor, assignment_id: int, now: datetime) -> str:
    recalled = cancel_assignment(actor, assignment_id=assignment_id, reason="", now=now)
    return _("%(unit)s recalled") % {"unit": recalled.unit.code}


def _step_back(actor: Actor, said: StepSaid, now: datetime) -> str:
    back = take_back_step(actor, assignment_id=said.assignment_id, version=said.version, now=now)
    return _("%(unit)s is %(step)s again") % {"unit": back.unit.code, "step": back.get_step_display()}


def _set_back(actor: Actor, before: Before, now: datetime) -> str:
    unit = restore_unit(actor, before=before, now=now)
    return _("%(unit)s is %(step)s again") % {"unit": unit.code, "step": board.state_label(unit)}


def _withdraw(actor: Actor, task_id: int, now: datetime) -> str:
    task = advance_task(actor, task_id=task_id, state=TaskState.CANCELLED, reason=_("Taken back at once"), now=now)
    return _("Task withdrawn: %(title)s") % {"title": task.title}
