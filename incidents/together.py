"""One change to many incidents: each goes through its own verb and its own transaction, and each is told of by itself."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from access import policy
from access.actors import Actor
from incidents import permissions, services, status
from incidents.models import Incident, Note
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
    """What came of the change to one incident; `refusal` is empty where it was made, `made` is what was written."""

    incident: Incident
    refusal: str
    made: int | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """What came of one change to many incidents; `verb` made it."""

    label: str
    outcomes: tuple[Outcome, ...]
    verb: str = ""

    @property
    def done(self) -> int:
        return sum(not each.refusal for each in self.outcomes)

    @property
    def refused(self) -> tuple[Outcome, ...]:
        return tuple(each for each in self.outcomes if each.refusal)

    @property
    def taken_back_by(self) -> list[int]:
        """What an undo names: the incidents that were changed, or the notes that were written; empty where the change leads on."""
        return [each.made or each.incident.pk for each in self.outcomes if not each.refusal] if self.verb in BACK else []


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
        made = None
        try:
            if step is not None:
                step.call(actor, incident.pk, values, now)
            elif verb == "close":
                services.close_incident(actor, incident_id=incident.pk, disposition=values["disposition"], at=now, now=now)
            else:
                made = services.write_note(actor, incident_id=incident.pk, words=values["words"], now=now).pk
        except Refused as refusal:
            outcomes.append(Outcome(incident, refusal.in_full))
        else:
            outcomes.append(Outcome(incident, "", made))
    label = step.label if step else next(label for name, label, _action, _need in OTHERS if name == verb)
    return Report(str(label), tuple(outcomes), verb)


def take_back(actor: Actor, *, verb: str, ids: Sequence[int], now: datetime) -> Report:
    """Take a change to many back, one by one (`ids` as `Report.taken_back_by` names them); one that went on meanwhile is told of."""
    seen = policy.visible(actor, permissions.VIEW, Incident.objects.all())
    if verb == "note":
        notes = Note.objects.select_related("incident").filter(pk__in=ids[:MOST], author_key=actor.key, incident__in=seen).order_by("pk")
        return Report(str(_("Strike the notes")), tuple(_tried(each.incident, _striking(actor, each, now)) for each in notes))
    step = status.BY_NAME[BACK[verb]]
    found = seen.filter(pk__in=ids[:MOST]).order_by("pk")
    return Report(str(step.label), tuple(_tried(each, _stepping(actor, step, each, now)) for each in found))


def _tried(incident: Incident, call: Callable[[], object]) -> Outcome:
    try:
        call()
    except Refused as refusal:
        return Outcome(incident, refusal.in_full)
    return Outcome(incident, "")


def _striking(actor: Actor, note: Note, now: datetime) -> Callable[[], object]:
    return lambda: services.strike_note(actor, note_id=note.pk, now=now)


def _stepping(actor: Actor, step: status.Step, incident: Incident, now: datetime) -> Callable[[], object]:
    return lambda: step.call(actor, incident.pk, {"reason": str(_("By mistake"))}, now)


OTHERS: tuple[tuple[str, str | Promise, str, str], ...] = (
    ("note", _("Write a note"), permissions.NOTE, "words"),
    ("close", _("Close with a disposition"), permissions.CLOSE, "disposition"),
)
# What takes a change back; the others lead on.
BACK = {**status.BACK, "close": "reopen", "note": "strike"}
