"""Sending units to incidents, and calling them back."""

from collections.abc import Callable
from contextlib import nullcontext
from datetime import datetime

from django.db import IntegrityError, connection, transaction
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from access import policy
from access import selectors as access
from access.actors import Actor
from access.sharing import verbs as sharing
from incidents import dispatch_sql, facts, permissions
from incidents.models import Assignment, Incident
from incidents.models.assignments import Step
from incidents.models.incidents import Status
from incidents.seeing import KIND
from incidents.services.common import IncidentClosed, Moment, announce, check_moment, checked
from incidents.services.units import let_unit_go
from journal import services as journal
from kit.errors import NotFound, Refused
from kit.sql import Held, Overtaken, Write
from resources import services as resources
from resources.models import Unit

ATTEMPTS = 8


class AlreadySent(Refused):
    code = "already_sent"
    says = _("%(unit)s is already assigned to %(number)s.")


class StillAssigned(resources.UnitBusy):
    says = _("%(unit)s is still assigned to %(number)s. Clear or recall it there first.")

    def __init__(self, running: Assignment) -> None:
        Refused.__init__(self, unit=running.unit.code, number=running.incident.number)


class SentElsewhere(resources.UnitBusy):
    """Somebody else was quicker: who, where and when, for a dispatcher who may know that incident."""

    says = _("%(unit)s has been sent to %(number)s at %(time)s by %(who)s.")

    def __init__(self, running: Assignment) -> None:
        by = str(running.sources.get(str(Step.DISPATCHED), {}).get("actor", ""))
        person = by.removeprefix("user:")
        names = access.names_of([int(person)]) if person.isdecimal() else {}
        at = f"{localtime(running.dispatched_at):%H:%M:%S}"
        who = next(iter(names.values()), by)
        Refused.__init__(self, unit=running.unit.code, number=running.incident.number, time=at, who=who)


class NothingToStackOn(Refused):
    code = "nothing_to_stack_on"
    says = _("%(unit)s has no job to put another behind. Send it instead.")


class AssignmentEnded(Refused):
    code = "assignment_ended"
    says = _("This assignment has ended.")


class TooManyAtOnce(Refused):
    code = "too_many_at_once"
    says = _("Others keep changing this incident or this unit. Try again.")


def dispatch_unit(actor: Actor, *, incident_id: int, unit_id: int, moment: Moment, now: datetime) -> Assignment:
    """Send an available unit to an incident.

    Two dispatchers at once: the second waits on the row lock, finds the unit changed, reads again and is told `UnitBusy`. A unit may have
    been declared free by hand while it still has a job: the partial unique indexes are the last wall, and what they refuse is said in words
    too. Raises `IncidentClosed`, `AlreadySent`, `TooManyAtOnce`, `resources.services.UnitBusy`.
    """

    def send() -> Assignment:
        incident, unit, assignment_id = _read_both(actor, incident_id, unit_id)
        check_moment(actor, moment.at, incident, now=now)
        if not unit.is_available():
            _check_not_sent(incident, unit)
            _check_not_sent_elsewhere(actor, unit)
        held = dispatch_sql.hold(incident, unit)
        commitment = resources.commit_unit(actor, unit, now=moment.at)
        return _assign(actor, incident, unit, assignment_id, moment, now, held, commitment)

    return _until_it_holds(send, incident_id, unit_id)


def stack_unit(actor: Actor, *, incident_id: int, unit_id: int, moment: Moment, now: datetime) -> Assignment:
    """Put a job behind the one a busy unit is doing; its state is not touched. Raises `NothingToStackOn`, `AlreadySent`."""

    def stack() -> Assignment:
        incident, unit, assignment_id = _read_both(actor, incident_id, unit_id)
        check_moment(actor, moment.at, incident, now=now)
        _check_not_sent(incident, unit)
        if not Assignment.objects.open().filter(unit=unit, is_primary=True).exists():
            raise NothingToStackOn(unit=unit.code)
        return _assign(actor, incident, unit, assignment_id, moment, now, dispatch_sql.hold(incident, unit), None)

    return _until_it_holds(stack, incident_id, unit_id)


@transaction.atomic
def cancel_assignment(actor: Actor, *, assignment_id: int, reason: str, now: datetime) -> Assignment:
    """Call a unit back. It becomes available, or takes up the job stacked behind."""
    assignment, incident, unit = lock_assignment(actor, permissions.DISPATCH, assignment_id)
    assignment.reason = reason.strip()[:300]
    column = assignment.reach(Step.CANCELLED, now)
    assignment.save(update_fields=["step", "version", "reason", column])
    let_unit_go(actor, assignment, unit, now=now)
    fact = facts.AssignmentCancelled(incident_id=incident.pk, unit_id=unit.pk, assignment_id=assignment.pk, reason=assignment.reason)
    announce(actor, fact, incident, unit, now=now)
    return assignment


@transaction.atomic
def note_recommendation(actor: Actor, *, incident_id: int, unit_ids: list[int], now: datetime) -> None:
    """A dispatcher was shown these units; the first time is a milestone."""
    incident = checked(actor, permissions.DISPATCH, incident_id)
    if incident.recommendation_shown_at is not None or not incident.may_receive_units():
        return
    incident.recommendation_shown_at = now
    incident.save(update_fields=["recommendation_shown_at"])
    announce(actor, facts.RecommendationShown(incident_id=incident.pk, unit_ids=tuple(unit_ids)), incident, now=now)


def lock_assignment(actor: Actor, action: str, assignment_id: int) -> tuple[Assignment, Incident, Unit]:
    """The open assignment with its incident and unit, locked in this order: incident, unit, assignment."""
    found = Assignment.objects.filter(pk=assignment_id).values_list("incident_id", "unit_id").first()
    if found is None:
        raise NotFound
    incident = checked(actor, action, found[0])
    unit = resources.lock_unit(Actor.system("dispatch"), unit_id=found[1])
    assignment = Assignment.objects.locked(assignment_id)
    if assignment is None or not assignment.is_open():
        raise AssignmentEnded
    return assignment, incident, unit


def _until_it_holds(verb: Callable[[], Assignment], incident_id: int, unit_id: int) -> Assignment:
    """Carry out a verb whose one statement writes only if what it has read still holds; whoever was overtaken reads again.

    Within somebody's transaction it has a savepoint, so that a refusal of the database is a refusal of this verb alone.
    """
    for _attempt in range(ATTEMPTS):
        try:
            with transaction.atomic() if connection.in_atomic_block else nullcontext():
                return verb()
        except Overtaken:
            continue
        except IntegrityError as error:
            raise _in_words(error, incident_id, unit_id) from error
    raise TooManyAtOnce


def _in_words(error: IntegrityError, incident_id: int, unit_id: int) -> Exception:
    """What the partial unique indexes, the last wall, have refused; another refusal of the database stays as it is."""
    open_ones = Assignment.objects.open().filter(unit_id=unit_id).select_related("incident", "unit")
    here = open_ones.filter(incident_id=incident_id).first()
    if here is not None:
        return AlreadySent(unit=here.unit.code, number=here.incident.number)
    elsewhere = open_ones.order_by("-is_primary").first()
    return StillAssigned(elsewhere) if elsewhere is not None else error


def _read_both(actor: Actor, incident_id: int, unit_id: int) -> tuple[Incident, Unit, int]:
    """The incident and the unit, once the actor may send the one to the other; and the id of the assignment to be."""
    incident, unit, assignment_id = dispatch_sql.read_both(incident_id, unit_id)
    if incident is None:
        raise NotFound
    policy.require(actor, permissions.DISPATCH, incident)
    if not incident.may_receive_units():
        raise IncidentClosed(incident)
    if unit is None or not resources.may_know(actor, unit):
        raise NotFound
    return incident, unit, assignment_id


def _check_not_sent(incident: Incident, unit: Unit) -> None:
    if Assignment.objects.open().filter(incident=incident, unit=unit).exists():
        raise AlreadySent(unit=unit.code, number=incident.number)


def _check_not_sent_elsewhere(actor: Actor, unit: Unit) -> None:
    running = Assignment.objects.open().filter(unit=unit, is_primary=True).select_related("incident", "unit").first()
    if running is not None and policy.can(actor, permissions.VIEW, running.incident):
        raise SentElsewhere(running)


def _assign(
    actor: Actor, incident: Incident, unit: Unit, assignment_id: int, moment: Moment, now: datetime, held: Held, commitment: Write | None
) -> Assignment:
    """Assignment, unit, incident and entry in one statement; without a commitment the job is stacked."""
    assignment = Assignment(pk=assignment_id, incident=incident, unit=unit, is_primary=commitment is not None, dispatched_at=moment.at)
    assignment.note_source(Step.DISPATCHED, source=moment.source, actor=actor.key, told=moment.told(now))
    before = dispatch_sql.read(incident)
    if incident.status in (Status.NEW, Status.TRIAGE):
        incident.move(Status.PENDING)
    if unit.department_id not in incident.department_ids:
        incident.department_ids = [*incident.department_ids, unit.department_id]
    incident.reach("first_assigned", moment.at)
    writes = [dispatch_sql.assign(assignment), commitment, dispatch_sql.change(incident, before)]
    fact = facts.UnitDispatched(
        incident_id=incident.pk, unit_id=unit.pk, assignment_id=assignment.pk, is_primary=assignment.is_primary, occurred_at=moment.at.isoformat()
    )
    scopes = policy.audience(permissions.VIEW, incident)
    with transaction.atomic() if incident.is_shared else nullcontext():
        journal.record(actor, fact, about=[incident, unit], scopes=scopes, at=now, held=held, writes=[write for write in writes if write is not None])
        if incident.is_shared:
            sharing.tell_of_change(actor, kind=KIND.name, subject_id=incident.pk, now=now)
    assignment._state.adding, assignment._state.db = False, incident._state.db
    return assignment
