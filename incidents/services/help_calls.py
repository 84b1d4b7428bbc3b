"""Calls for help from the field. A call for help is never refused for its time, its place or its words."""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from access import policy
from access import selectors as access
from access.actors import Actor
from access.models import User
from gis import selectors as gis
from incidents import facts, permissions
from incidents.models import HelpCall, Incident
from incidents.services.common import Moment
from journal import services as journal
from journal.facts import Fact
from kit import text
from kit.errors import Forbidden, NotFound, Refused
from resources import permissions as unit_permissions
from resources import services as resources
from resources.models import Unit

LOCK = 0x6865_6C70  # "help": two presses of one person wait for each other


class NobodyToTell(Refused):
    code = "nobody_to_tell"
    says = _("There is no department that could be told. Use the radio or the telephone.")


@dataclass(frozen=True, slots=True)
class Cry:
    """What is called for; `incident_number` "" when it belongs to none, `unit_id` None when the caller speaks for no unit."""

    kind: str
    words: str = ""
    unit_id: int | None = None
    incident_number: str = ""


@transaction.atomic
def call_for_help(actor: Actor, *, cry: Cry, moment: Moment, now: datetime) -> HelpCall:
    """Call for help: an emergency becomes an alarm of level 1 on every console, support one of level 2.

    Pressed again while it stands, it is the same call with the newer place and words. A crew's emergency call is also that of its unit.
    """
    policy.require(actor, permissions.CALL_FOR_HELP, None)
    person = User.objects.filter(pk=actor.user_id or 0).first()
    if person is None:
        raise Forbidden
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK, person.pk])
    incident = _incident(actor, cry.incident_number)
    call = HelpCall.objects.open().filter(person=person, kind=cry.kind, incident=incident).first()
    if call is None:
        call = _new(actor, person, cry, incident, moment, now)
    call.words = text.tidy_words(cry.words)[:300] or call.words
    if moment.position is not None:
        call.point = moment.position.as_point()
    call.told = moment.told(now)
    unit = _unit(actor, cry.unit_id)
    call.unit = unit or call.unit
    call.save()
    if unit is not None:
        key = "0" if cry.kind == HelpCall.Kind.EMERGENCY else "5"
        resources.press_key(actor, unit_id=unit.pk, key=key, source=str(moment.source), now=min(moment.at, now))
    _tell(actor, call, _fact_of(call), now)
    return call


@transaction.atomic
def end_help_call(actor: Actor, *, call_id: int, now: datetime) -> HelpCall:
    """The room has dealt with a call for help; the emergency call of its unit ends with it. Twice changes nothing."""
    call = HelpCall.objects.select_for_update(of=("self",), no_key=True).filter(pk=call_id).first()
    if call is None:
        raise NotFound
    if call.person_id != actor.user_id:
        policy.require(actor, permissions.END_HELP, call)
    if call.ended_at is not None:
        return call
    call.end(actor.label, now)
    call.save(update_fields=["ended_at", "ended_by"])
    if call.unit_id is not None and call.kind == HelpCall.Kind.EMERGENCY:
        resources.end_distress(Actor.system("help"), unit_id=call.unit_id, now=now)
    _tell(actor, call, facts.HelpCallEnded(call_id=call.pk, incident_id=call.incident_id, unit_id=call.unit_id), now)
    return call


@transaction.atomic
def end_help_calls_of_unit(actor: Actor, *, unit_id: int, until: datetime, now: datetime) -> int:
    """The room ended a unit's emergency call: what its people had called by then is dealt with too; says how many."""
    policy.require(actor, permissions.END_HELP, None)
    mine = HelpCall.objects.open().filter(unit=unit_id, kind=HelpCall.Kind.EMERGENCY, recorded_at__lte=until).order_by("pk")
    calls = list(mine.select_for_update(of=("self",), no_key=True))
    for call in calls:
        call.end(actor.label, now)
        call.save(update_fields=["ended_at", "ended_by"])
        _tell(actor, call, facts.HelpCallEnded(call_id=call.pk, incident_id=call.incident_id, unit_id=call.unit_id), now)
    return len(calls)


def _new(actor: Actor, person: User, cry: Cry, incident: Incident | None, moment: Moment, now: datetime) -> HelpCall:
    """A call that everybody may see who looks after the place: in danger, the department does not matter."""
    region = gis.region_at(moment.position) if moment.position is not None else None
    region_id = region.pk if region is not None else incident.region_id if incident is not None else _region_of(actor)
    all_departments = list(access.departments().values_list("pk", flat=True))
    own = [grant.department_id for grant in actor.grants if grant.department_id is not None]
    department = next((pk for pk in (incident and incident.department_id, person.department_id, *own, *all_departments) if pk), None)
    if department is None:
        raise NobodyToTell
    seen_by = all_departments if cry.kind == HelpCall.Kind.EMERGENCY else [*(incident.department_ids if incident else own)]
    return HelpCall(
        kind=cry.kind, person=person, caller=actor.label[:80], phone=person.phone[:40], incident=incident,
        department_id=department, department_ids=list(dict.fromkeys([department, *seen_by])), region_id=region_id,
        called_at=min(moment.at, now), recorded_at=now,
    )  # fmt: skip


def _region_of(actor: Actor) -> int | None:
    """Where the caller works; who works anywhere is heard in the whole city."""
    own = access.region_of(actor, permissions.CALL_FOR_HELP)
    return own if own is not None else access.regions_below(None).values_list("pk", flat=True).first()


def _incident(actor: Actor, number: str) -> Incident | None:
    """The incident that is meant, if the caller may know of it: a call for help does not fail for a wrong number."""
    found = Incident.objects.filter(number=number).first() if number else None
    return found if found is not None and policy.can(actor, permissions.VIEW, found) else None


def _unit(actor: Actor, unit_id: int | None) -> Unit | None:
    found = Unit.objects.filter(pk=unit_id, is_active=True).first() if unit_id is not None else None
    return found if found is not None and policy.can(actor, unit_permissions.SET_STATUS, found) else None


def _fact_of(call: HelpCall) -> Fact:
    if call.kind == HelpCall.Kind.EMERGENCY:
        return facts.HelpCalled(call_id=call.pk, incident_id=call.incident_id, unit_id=call.unit_id)
    return facts.SupportAsked(call_id=call.pk, incident_id=call.incident_id, unit_id=call.unit_id)


def _tell(actor: Actor, call: HelpCall, fact: Fact, now: datetime) -> None:
    about = [
        f"helpcall:{call.pk}",
        *([f"incident:{call.incident_id}"] if call.incident_id else []),
        *([f"unit:{call.unit_id}"] if call.unit_id else []),
    ]
    scopes = [*policy.audience(permissions.VIEW, call), f"user:{call.person_id}"]
    journal.record(actor, fact, about=about, scopes=scopes, at=now)
