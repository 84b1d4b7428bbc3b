"""What is said of a unit, by whatever way it is said, and how it is taken back at once when it was a slip."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from access import policy
from access.actors import Actor
from incidents import arriving, facts, permissions, unit_states
from incidents.models import Assignment, Incident
from incidents.models.assignments import COLUMNS, ORDER, Source, Step
from incidents.services.common import Moment, WrongState, announce, reason_of
from incidents.services.dispatch import AssignmentEnded, StillAssigned, cancel_assignment
from incidents.services.progress import MILESTONES, advance_assignment, decline_assignment
from incidents.services.units import follow
from incidents.unit_states import UnitState
from kit.errors import Invalid, NotFound, Refused
from resources import services as resources
from resources.models import Unit

TAKE_BACK_SECONDS = 60
HINTED = (Step.EN_ROUTE, Step.ON_SCENE)


class NoJob(Refused):
    code = "no_job"
    says = _("%(unit)s has no assignment that could be %(state)s.")


class TooLateToTakeBack(Refused):
    code = "too_late_to_take_back"
    says = _("%(unit)s has gone on since, or the minute is over: nothing was taken back.")


@dataclass(frozen=True, slots=True)
class Before:
    """What a unit was before something was said of it; `label` is the department's own word, "" for none."""

    unit_id: int
    version: int
    availability: str
    activity: str
    label: str


@dataclass(frozen=True, slots=True)
class StepSaid:
    """A step that was reported, as it can be taken back: the assignment and the version it then had."""

    assignment_id: int
    version: int


@dataclass(frozen=True, slots=True)
class Said:
    """A unit as it is now, what was said of it, and how to take it back (None: it cannot be, or nothing changed)."""

    unit: Unit
    state: UnitState
    taken_back_by: Before | StepSaid | None


@transaction.atomic
def say_of_unit(actor: Actor, *, unit_id: int, state: str, label: str, reason: str, moment: Moment, now: datetime) -> Said:
    """Say of a unit what it does (a code of `unit_states`): its assignment moves on if it has one, else its own state is set.

    `label` is the code of its department's own word for it ("" for none). Raises `NoJob`, `StillAssigned`, `StepBehind`, `UnitBusy`.
    """
    said = unit_states.BY_CODE.get(state)
    if said is None:
        raise Invalid({"state": _("There is no such state.")})
    unit = _known(actor, unit_id)
    running = Assignment.objects.open().filter(unit_id=unit_id, is_primary=True).select_related("incident", "unit").first()
    if running is None:
        if said.needs_job:
            raise NoJob(unit=unit.code, state=said.label)
        return _of_itself(actor, unit, said, label, moment)
    if said.is_rest:
        raise StillAssigned(running)
    if said.code == "DECLINED":
        decline_assignment(actor, assignment_id=running.pk, reason=reason_of(reason), now=now)
        return Said(_known(actor, unit_id), said, None)
    if said.code == "RECALLED":
        cancel_assignment(actor, assignment_id=running.pk, reason=reason, now=now)
        return Said(_known(actor, unit_id), said, None)
    if said.step is None:
        return _of_itself(actor, unit, said, label, moment)
    return _of_its_job(actor, running, said, label, moment, now)


def accept_hint(actor: Actor, *, assignment_id: int, step: str, now: datetime) -> Said:
    """Agree that a unit did what its position suggests: the step has the time at which it crossed the line, with the geofence as source."""
    assignment = Assignment.objects.open().select_related("incident", "unit").filter(pk=assignment_id).first()
    if assignment is None:
        raise AssignmentEnded
    policy.require(actor, permissions.ADVANCE, assignment.incident)
    if step not in HINTED:
        raise Invalid({"step": _("There is no such state.")})
    at = arriving.crossed_at(assignment, step) or now
    moment = Moment(at=min(at, now), source=Source.GEOFENCE, device_at=at)
    return say_of_unit(actor, unit_id=assignment.unit_id, state=step, label="", reason="", moment=moment, now=now)


@transaction.atomic
def take_back_step(actor: Actor, *, assignment_id: int, version: int, now: datetime) -> Assignment:
    """Take a step back that one has reported by mistake a moment ago: the assignment and its unit are where they were.

    Only who said it, within a minute, while nothing followed. Raises `TooLateToTakeBack`.
    """
    assignment, incident, unit = _locked(actor, assignment_id)
    step = Step(assignment.step)
    told = assignment.sources.get(step.value)
    if assignment.version != version or told is None or step not in ORDER[1:] or told["actor"] != actor.key:
        raise TooLateToTakeBack(unit=unit.code)
    if now - datetime.fromisoformat(told["server_at"]) > timedelta(seconds=TAKE_BACK_SECONDS):
        raise TooLateToTakeBack(unit=unit.code)
    if step == Step.CLEARED and (not unit.is_available() or Assignment.objects.open().filter(unit=unit).exists()):
        raise TooLateToTakeBack(unit=unit.code)
    was_at = getattr(assignment, COLUMNS[step])
    back_to = assignment.take_back()
    assignment.save(update_fields=["step", "version", "sources", COLUMNS[step]])
    follow(actor, assignment, unit, now=now)
    _take_back_milestone(incident, step, was_at)
    fact = facts.StepTakenBack(incident_id=incident.pk, unit_id=unit.pk, assignment_id=assignment.pk, step=step, back_to=back_to)
    announce(actor, fact, incident, unit, now=now)
    return assignment


@transaction.atomic
def restore_unit(actor: Actor, *, before: Before, now: datetime) -> Unit:
    """Set a unit back to what it was before somebody's slip, if nothing followed. Raises `Stale`."""
    resources.expect_version(actor, unit_id=before.unit_id, version=before.version)
    return resources.set_unit_status(
        actor,
        unit_id=before.unit_id,
        availability=before.availability,
        activity=before.activity,
        label_code=before.label,
        source="COMMAND",
        now=now,
    )


def _known(actor: Actor, unit_id: int) -> Unit:
    unit = Unit.objects.select_related("status_label").filter(pk=unit_id).first()
    if unit is None or not resources.may_know(actor, unit):
        raise NotFound
    return unit


def _of_itself(actor: Actor, unit: Unit, said: UnitState, label: str, moment: Moment) -> Said:
    if said.availability is None or said.activity is None:
        return Said(resources.press_key(actor, unit_id=unit.pk, key=said.key, source=moment.source, now=moment.at), said, None)
    was = unit.status_label.code if unit.status_label else ""
    after = resources.set_unit_status(
        actor,
        unit_id=unit.pk,
        availability=said.availability,
        activity=said.activity,
        label_code=label,
        source=moment.source,
        now=moment.at,
    )
    return Said(after, said, Before(unit.pk, after.version, unit.availability, unit.activity, was))


def _of_its_job(actor: Actor, running: Assignment, said: UnitState, label: str, moment: Moment, now: datetime) -> Said:
    """The step of its assignment; then, where the unit is free by that or its department has a word for it, its own state."""
    after = advance_assignment(actor, assignment_id=running.pk, step=said.step or "", moment=moment, now=now)
    unit = _known(actor, running.unit_id)
    is_free = said.step == Step.CLEARED and unit.activity == unit_states.Activity.ON_RADIO
    if (is_free and said.activity not in (None, unit.activity)) or (label and unit.activity == said.activity):
        _of_itself(actor, unit, said, label, moment)
    taken_back_by = StepSaid(after.pk, after.version) if after.version != running.version else None
    return Said(_known(actor, unit.pk), said, taken_back_by)


def _locked(actor: Actor, assignment_id: int) -> tuple[Assignment, Incident, Unit]:
    """As `dispatch.lock_assignment`, for one that may have been cleared a moment ago."""
    found = Assignment.objects.filter(pk=assignment_id).values_list("incident_id", "unit_id").first()
    if found is None:
        raise NotFound
    incident = Incident.objects.locked(found[0])
    if incident is None:
        raise NotFound
    policy.require(actor, permissions.ADVANCE, incident)
    if incident.is_finished():
        raise WrongState(incident)
    unit = resources.lock_unit(Actor.system("dispatch"), unit_id=found[1])
    assignment = Assignment.objects.locked(assignment_id)
    if assignment is None or assignment.step in (Step.DECLINED, Step.CANCELLED):
        raise AssignmentEnded
    return assignment, incident, unit


def _take_back_milestone(incident: Incident, step: Step, was_at: datetime) -> None:
    """An incident's milestone that this step had set is what the other units made of it."""
    milestone = "last_cleared" if step == Step.CLEARED else MILESTONES.get(step)
    if milestone is None or getattr(incident, f"{milestone}_at") != was_at:
        return
    times = [] if step == Step.CLEARED else incident.assignments.values_list(COLUMNS[step], flat=True)
    setattr(incident, f"{milestone}_at", min((at for at in times if at is not None), default=None))
    incident.save(update_fields=[f"{milestone}_at"])
