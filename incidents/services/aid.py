"""Mutual aid: asking neighbouring departments and regions for units, their answers, and what became of it (EDXL-RM 1.0 states)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from access import policy
from access.actors import Actor
from access.facts import ReferenceChanged
from incidents import facts, permissions
from incidents.models import AidRequest, Incident, Neighbour
from incidents.models.aid import AID_COLUMNS, AidState
from incidents.services.common import IncidentClosed, ReasonMissing, checked, locked
from journal import services as journal
from kit.errors import Forbidden, Invalid, NotFound, Refused
from kit.geo import Position
from kit.naming import called
from resources import selectors as resources

BY_THOSE_WHO_ASKED = (AidState.RELEASED, AidState.WITHDRAWN)
NEEDS_REASON = (AidState.DECLINED, AidState.WITHDRAWN)
LONGEST_ETA = timedelta(days=2)


class AlreadyAsked(Refused):
    code = "already_asked"
    says = _("%(neighbour)s is asked for this already.")


class AidCannot(Refused):
    code = "aid_state"
    says = _("The request is %(state)s; it cannot become %(wanted)s.")


@dataclass(frozen=True, slots=True)
class NewAid:
    """What is asked of a neighbour (its code): so many units with a capability (its code), with words for those who read it."""

    neighbour: str
    capability: str
    asked: int
    words: str = ""


@dataclass(frozen=True, slots=True)
class AidAnswer:
    """What a request becomes: `committed` and `eta_at` with a promise, `words` why it is declined or withdrawn, or what comes."""

    state: str
    committed: int | None = None
    eta_at: datetime | None = None
    words: str = ""


@transaction.atomic
def request_aid(actor: Actor, *, incident_id: int, aid: NewAid, now: datetime) -> AidRequest:
    """Ask a neighbour for units. Its people see the request and its place, not the incident.

    Raises `IncidentClosed`, `AlreadyAsked`, `Invalid` for an unknown neighbour or capability or a number out of range.
    """
    incident = checked(actor, permissions.REQUEST_AID, incident_id)
    if not incident.may_receive_units():
        raise IncidentClosed(incident)
    neighbour = Neighbour.objects.select_related("department", "region").filter(code=aid.neighbour, is_active=True).first()
    capability = resources.capability_of_code(aid.capability)
    if neighbour is None or capability is None:
        raise Invalid({"neighbour" if neighbour is None else "capability": _("There is no such one to ask for.")})
    if not 1 <= aid.asked <= 20:
        raise Invalid({"asked": _("From 1 to 20 units.")})
    row = _new(actor, incident, neighbour, aid, now)
    row.capability = capability
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise AlreadyAsked(neighbour=called(neighbour)) from error
    fact = facts.AidRequested(incident_id=incident.pk, request_id=row.pk, neighbour_id=neighbour.pk, capability=capability.code, asked=row.asked)
    _tell(actor, fact, incident, row, now)
    return row


def _new(actor: Actor, incident: Incident, neighbour: Neighbour, aid: NewAid, now: datetime) -> AidRequest:
    """The request as it belongs: to the neighbour's department and region where they are of this city, seen by those of the incident."""
    department_id = neighbour.department_id or incident.department_id
    return AidRequest(
        incident=incident,
        neighbour=neighbour,
        asked=aid.asked,
        what=incident.type.name[:200],
        address=incident.address,
        point=incident.point,
        words=aid.words.strip()[:300],
        department_id=department_id,
        department_ids=list(dict.fromkeys([department_id, *incident.department_ids])),
        region_id=neighbour.region_id or incident.region_id,
        due_at=now + timedelta(minutes=neighbour.answer_minutes),
        requested_at=now,
        requested_by=actor.label[:80],
    )


@transaction.atomic
def advance_aid(actor: Actor, *, request_id: int, answer: AidAnswer, now: datetime) -> AidRequest:
    """Take a request further: the neighbour's people commit, decline, set out; those who asked may note the same from the telephone.

    Only those who asked release and withdraw. A promise may be for fewer than were asked; what is missing stays short.
    Raises `AidCannot`, `ReasonMissing`, `Invalid`.
    """
    found = AidRequest.objects.filter(pk=request_id).values_list("incident_id", flat=True).first()
    if found is None:
        raise NotFound
    incident = locked(found)
    row = AidRequest.objects.locked(request_id)
    if row is None:
        raise NotFound
    _may_answer(actor, incident, row, answer.state)
    if answer.state not in AidState.values or not row.may_become(answer.state):
        wanted = AidState(answer.state).label if answer.state in AidState.values else answer.state
        raise AidCannot(state=row.get_state_display(), wanted=wanted)
    if answer.state in NEEDS_REASON and not answer.words.strip():
        raise ReasonMissing
    changed = _take(row, actor, answer, now)
    row.save(update_fields=changed)
    fact = facts.AidAdvanced(incident_id=incident.pk, request_id=row.pk, neighbour_id=row.neighbour_id, state=row.state, committed=row.committed)
    _tell(actor, fact, incident, row, now)
    return row


def _may_answer(actor: Actor, incident: Incident, row: AidRequest, state: str) -> None:
    """The desk of the incident, or for an answer whoever speaks for the neighbour."""
    if policy.can(actor, permissions.REQUEST_AID, incident):
        return
    if not policy.can(actor, permissions.VIEW_AID, row):
        raise NotFound
    if state in BY_THOSE_WHO_ASKED or not policy.can(actor, permissions.ANSWER_AID, row):
        raise Forbidden


def _take(row: AidRequest, actor: Actor, answer: AidAnswer, now: datetime) -> list[str]:
    """Set what an answer says and name the columns; a unit that comes without a promise before is promised by coming."""
    row.state = answer.state
    row.version += 1
    column = AID_COLUMNS[AidState(answer.state)]
    setattr(row, column, now)
    changed = ["state", "version", column]
    if answer.state == AidState.COMMITTED:
        committed = row.asked if answer.committed is None else answer.committed
        if not 1 <= committed <= row.asked:
            raise Invalid({"committed": _("From 1 to the number asked for.")})
        row.committed = committed
        changed.append("committed")
    if answer.eta_at is not None:
        if not now <= answer.eta_at <= now + LONGEST_ETA:
            raise Invalid({"eta_at": _("Within two days from now.")})
        row.eta_at = answer.eta_at
        changed.append("eta_at")
    if answer.words.strip():
        row.answer = answer.words.strip()[:300]
        changed.append("answer")
    if answer.state not in BY_THOSE_WHO_ASKED:
        row.answered_by = actor.label[:80]
        changed.append("answered_by")
    return changed


def _tell(actor: Actor, fact: facts.AidRequested | facts.AidAdvanced, incident: Incident, row: AidRequest, now: datetime) -> None:
    """For all who may see the incident, and for all who may see the request."""
    scopes = [*policy.audience(permissions.VIEW, incident), *policy.audience(permissions.VIEW_AID, row)]
    journal.record(actor, fact, about=[incident, row], scopes=scopes, at=now)


@dataclass(frozen=True, slots=True)
class NewNeighbour:
    """A neighbour to add: with a department or region of this city its people answer themselves; `lon`, `lat` are WGS-84."""

    code: str
    name: str
    name_en: str
    lon: float
    lat: float
    phone: str = ""
    department_id: int | None = None
    region_id: int | None = None
    capability_codes: tuple[str, ...] = ()


@transaction.atomic
def add_neighbour(actor: Actor, *, neighbour: NewNeighbour) -> Neighbour:
    """Add a neighbour that may be asked for help. Raises `Invalid` when its code is taken."""
    policy.require(actor, permissions.MANAGE_CARDS, None)
    if Neighbour.objects.filter(code=neighbour.code).exists():
        raise Invalid({"code": _("This code is taken.")})
    row = Neighbour.objects.create(
        code=neighbour.code,
        name=neighbour.name[:120],
        name_en=neighbour.name_en[:120],
        phone=neighbour.phone[:40],
        department_id=neighbour.department_id,
        region_id=neighbour.region_id,
        point=Position(neighbour.lon, neighbour.lat).as_point(),
    )
    row.capabilities.set(resources.capabilities().filter(code__in=neighbour.capability_codes))
    fact = ReferenceChanged(subject=f"neighbour:{row.pk}", before={}, after={"code": row.code, "name": row.name})
    journal.record(actor, fact, about=[row], scopes=[f"{permissions.MANAGE_CARDS}@*:*"], at=None)
    return row
