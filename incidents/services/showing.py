"""How incidents are kept for the verbs of sharing, which live in `access.sharing`."""

from collections.abc import Collection

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from access import policy
from access.actors import Actor
from access.models import Share
from access.sharing.kinds import Depth, Keeper, Thing
from incidents.models import Incident

Level = Share.Level


class _Incidents(Keeper):
    name = _("Incident")
    levels = {
        Level.OUTLINE: Depth(
            Level.OUTLINE.label,
            _("Type, level, state, times, department and the place to about a kilometre. No address, no words, no units by name."),
        ),
        Level.SITUATION: Depth(Level.SITUATION.label, _("Also the address, the units with their steps, and what was done.")),
        Level.FULL: Depth(
            Level.FULL.label,
            _("Also what it is about, what reporters said, notes, tasks and files. Never who called, nor what was told in confidence."),
        ),
    }

    def locked(self, thing_id: int) -> Thing | None:
        return Incident.objects.locked(thing_id)

    def found(self, ids: Collection[int]) -> dict[int, Incident]:
        return Incident.objects.in_bulk(ids)

    def among(self, actor: Actor, action: str) -> QuerySet[Incident, int]:
        return policy.visible(actor, action, Incident.objects.all()).order_by().values_list("pk", flat=True)

    def called(self, ids: Collection[int]) -> dict[int, str]:
        return dict(Incident.objects.filter(pk__in=ids).values_list("pk", "number"))

    def address(self, thing_id: int, called: str) -> str:
        return reverse("incident", args=[called])

    def mark(self, thing: Incident, is_shared: bool) -> None:
        Incident.objects.filter(pk=thing.pk).exclude(is_shared=is_shared).update(is_shared=is_shared)


KEEPER = _Incidents()
