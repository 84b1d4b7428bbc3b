"""One change to many incidents: each goes through its own verb and its own transaction, and each is told of by itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from access import policy
from access.actors import Actor
from incidents import permissions, services, status
from incidents.models import Incident
from incidents.models.incidents import FINISHED
from kit.errors import Refused

MOST = 200


@dataclass(frozen=True, slots=True)
class Offer:
    """A change that can be made to `count` of the chosen incidents, with what must be said along with it."""

    name: str
    label: str | Promise
    needs: tuple[str, ...]
    count: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of the change to one incident; `refusal` is empty where it was made."""

    incident: Incident
    refusal: str


@dataclass(frozen=True, slots=True)
class Report:
    """What came of one change to many incidents."""

    label: str
    outcomes: tuple[Outcome, ...]

    @property
    def done(self) -> int:
        return sum(not each.refusal for each in self.outcomes)

    @property
    def refused(self) -> tuple[Outcome, ...]:
        return tuple(each for each in self.outcomes if each.refusal)


def offers(actor: Actor, incidents: Sequence[Incident]) -> list[Offer]:
    """The changes that make sense for at least one of the incidents and that the actor may make there; the services decide again."""
    found = []
    for step in status.STEPS:
        count = sum(each.status in step.statuses and policy.can(actor, step.action, each) for each in incidents)
        found.append(Offer(step.name, step.label, step.needs, count))
    for name, label, action, need in OTHERS:
        count = sum((name == "note" or each.status not in FINISHED) and policy.can(actor, action, each) for each in incidents)
        found.append(Offer(name, label, (need,), count))
    return [offer for offer in found if offer.count]


def change(actor: Actor, incidents: Sequence[Incident], *, verb: str, values: dict[str, Any], now: datetime) -> Report:
    """Make one change to each of the incidents, in turn; one that is refused does not keep the others. At most two hundred."""
    step = status.BY_NAME.get(verb)
    outcomes = []
    for incident in incidents[:MOST]:
        try:
            if step is not None:
                step.call(actor, incident.pk, values, now)
            elif verb == "close":
                services.close_incident(actor, incident_id=incident.pk, disposition=values["disposition"], at=now, now=now)
            else:
                services.write_note(actor, incident_id=incident.pk, words=values["words"], now=now)
        except Refused as refusal:
            outcomes.append(Outcome(incident, refusal.in_full))
        else:
            outcomes.append(Outcome(incident, ""))
    label = step.label if step else next(label for name, label, _action, _need in OTHERS if name == verb)
    return Report(str(label), tuple(outcomes))


OTHERS: tuple[tuple[str, str | Promise, str, str], ...] = (
    ("note", _("Write a note"), permissions.NOTE, "words"),
    ("close", _("Close with a disposition"), permissions.CLOSE, "disposition"),
)
