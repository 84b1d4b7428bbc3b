"""What a recommendation is short of, by name: who has the capability and why it cannot come, and whom help was asked of."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from access import policy
from access.actors import Actor
from incidents import permissions
from incidents.models import AidRequest, Assignment, Incident
from incidents.models.aid import AidState
from kit.naming import called
from resources import selectors as resources
from resources.models import Capability, Unit

MOST_NAMED = 3
MOST_COUNTED = 200
OFF = (Unit.Activity.OUT_OF_SERVICE, Unit.Activity.OFF_DUTY)


@dataclass(frozen=True, slots=True)
class Shortfall:
    """A capability of which `count` units are missing, in words; `asked` is how many were asked of neighbours and not answered yet."""

    capability: Capability
    count: int
    words: str
    asked: int

    @property
    def code(self) -> str:
        """The capability's code."""
        return self.capability.code


def told(actor: Actor, incident: Incident, short: Sequence[tuple[Capability, int]]) -> list[Shortfall]:
    """Each capability that is short with its count, in words."""
    if not short:
        return []
    asked: dict[int, int] = {}
    for capability_id, count in AidRequest.objects.filter(incident=incident, state=AidState.REQUESTED).values_list("capability_id", "asked"):
        asked[capability_id] = asked.get(capability_id, 0) + count
    return [_told(actor, capability, count, asked.get(capability.pk, 0)) for capability, count in short]


def _told(actor: Actor, capability: Capability, count: int, asked: int) -> Shortfall:
    said = [_("Short of %(count)s × %(what)s.") % {"count": count, "what": called(capability)}, *_why(actor, capability)]
    if asked:
        said.append(_("%(count)s asked of neighbours, not answered yet.") % {"count": asked})
    return Shortfall(capability, count, " ".join(said), asked)


def _why(actor: Actor, capability: Capability) -> list[str]:
    """Where those are that could do it."""
    busy = resources.units_at_work(actor, capability_id=capability.pk, limit=MOST_COUNTED)
    if not busy:
        return [_("No unit that may be sent can, and none is at work that could.")]
    off = [unit for unit in busy if unit.activity in OFF]
    working = [unit for unit in busy if unit.activity not in OFF]
    said = []
    if working:
        named = _(", ").join(_at_work(actor, working))
        said.append(_("%(count)s at work: %(units)s.") % {"count": len(working), "units": named})
    if off:
        named = _(", ").join(unit.code for unit in off[:MOST_NAMED]) + ("…" if len(off) > MOST_NAMED else "")
        said.append(_("%(count)s out of service: %(units)s.") % {"count": len(off), "units": named})
    return said


def _at_work(actor: Actor, working: Sequence[Unit]) -> list[str]:
    """The first few with what they do and, where the actor may know it, for which incident."""
    first = working[:MOST_NAMED]
    jobs = Assignment.objects.open().filter(unit__in=first, is_primary=True).select_related("incident")
    number = {job.unit_id: job.incident.number for job in jobs if policy.can(actor, permissions.VIEW, job.incident)}
    named = [
        _("%(unit)s %(activity)s (%(number)s)") % {"unit": unit.code, "activity": Unit.Activity(unit.activity).label, "number": number[unit.pk]}
        if unit.pk in number
        else _("%(unit)s %(activity)s") % {"unit": unit.code, "activity": Unit.Activity(unit.activity).label}
        for unit in first
    ]
    return named + (["…"] if len(working) > MOST_NAMED else [])
