"""What the verbs share: values they take, and how an incident is locked, checked and announced."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from access import policy
from access.actors import Actor
from access.sharing import verbs as sharing
from incidents import permissions
from incidents.models import Incident
from incidents.models.assignments import Source
from incidents.models.incidents import Status
from incidents.seeing import KIND
from journal import services as journal
from journal.facts import Fact
from kit.errors import Invalid, NotFound, Refused, Stale
from kit.geo import Position

FUTURE_SECONDS = 120
PAST = timedelta(hours=24)


class WrongState(Refused):
    code = "wrong_state"
    says = _("%(number)s is %(state)s; this cannot be done now.")

    def __init__(self, incident: Incident) -> None:
        super().__init__(number=incident.number, state=Status(incident.status).label)


class IncidentClosed(WrongState):
    code = "incident_closed"
    says = _("%(number)s is %(state)s; nothing can be sent to it.")


class ReasonMissing(Refused):
    code = "reason_missing"
    status = 422
    says = _("Say why.")


@dataclass(frozen=True, slots=True)
class Moment:
    """When something happened, where, and how that is known: `at` counts, `device_at` is what the device's own clock said.

    `position` (WGS-84) is where the device was, give or take `accuracy` metres; both None when it did not know.
    """

    at: datetime
    source: str = Source.COMMAND
    device_at: datetime | None = None
    position: Position | None = None
    accuracy: float | None = None

    def told(self, now: datetime) -> dict[str, Any]:
        """What is kept of how it is known: our clock when it was told, the device's own, and where it was."""
        return {
            "server_at": now.isoformat(),
            **({"device_at": self.device_at.isoformat()} if self.device_at else {}),
            **({"point": [self.position.lon, self.position.lat]} if self.position else {}),
            **({"accuracy": round(self.accuracy, 1)} if self.accuracy is not None else {}),
        }


def check_moment(actor: Actor, moment: datetime, thing: Incident, *, now: datetime) -> None:
    """A reported time is not in the future, and longer ago than a day only for those who may say so."""
    if moment > now + timedelta(seconds=FUTURE_SECONDS):
        raise Invalid({"at": _("This time lies in the future.")})
    if moment < now - PAST and not policy.can(actor, permissions.BACKDATE, thing):
        raise Invalid({"at": _("This time lies more than a day back.")})


def locked(incident_id: int) -> Incident:
    """The incident, locked. Raises `NotFound`."""
    incident = Incident.objects.locked(incident_id)
    if incident is None:
        raise NotFound
    return incident


def checked(actor: Actor, action: str, incident_id: int) -> Incident:
    """The incident, locked, once the actor may do the action to it."""
    incident = locked(incident_id)
    policy.require(actor, action, incident)
    return incident


def check_version(incident: Incident, version: int) -> None:
    """Refuse to build on a state that somebody changed meanwhile. Raises `Stale` that says what changed."""
    if incident.version != version:
        raise Stale(incident.changed_since(version), incident.version)


def expect_version(actor: Actor, *, incident_id: int, version: int) -> None:
    """As `check_version`, for a verb that follows in the same transaction: the incident stays locked until then."""
    check_version(checked(actor, permissions.VIEW, incident_id), version)


def announce(actor: Actor, fact: Fact, incident: Incident, *others: Model | str, now: datetime) -> None:
    """Record a fact about an incident (and others) for all who may see the incident."""
    about: Sequence[Model | str] = [incident, *others]
    journal.record(actor, fact, about=about, scopes=policy.audience(permissions.VIEW, incident), at=now)
    if incident.is_shared:
        sharing.tell_of_change(actor, kind=KIND.name, subject_id=incident.pk, now=now)


def reason_of(text: str) -> str:
    """A reason that says something. Raises `ReasonMissing`."""
    reason = text.strip()
    if not reason:
        raise ReasonMissing
    return reason[:300]
