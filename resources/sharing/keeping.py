"""How watched areas are kept for the verbs of sharing."""

from collections.abc import Collection

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from access import policy
from access.actors import Actor
from access.models import Share
from access.sharing.kinds import Depth, Keeper, Kind
from resources import permissions
from resources.models import Geofence

Level = Share.Level
KIND = Kind("geofence", permissions.VIEW, permissions.SHARE_AREA)


class _Areas(Keeper):
    name = _("Watched area")
    levels = {
        Level.OUTLINE: Depth(Level.OUTLINE.label, _("Its name, whose it is, and the rectangle around it.")),
        Level.SITUATION: Depth(_("Its border"), _("Also the border itself, and since when it is watched.")),
        Level.FULL: Depth(_("With units"), _("Also which units of its own departments are in it now, and since when.")),
    }

    def locked(self, thing_id: int) -> Geofence | None:
        return Geofence.objects.select_for_update(of=("self",), no_key=True).filter(pk=thing_id, is_active=True).first()

    def found(self, ids: Collection[int]) -> dict[int, Geofence]:
        return Geofence.objects.filter(is_active=True).in_bulk(ids)

    def among(self, actor: Actor, action: str) -> QuerySet[Geofence, int]:
        return policy.visible(actor, action, Geofence.objects.filter(is_active=True)).order_by().values_list("pk", flat=True)

    def called(self, ids: Collection[int]) -> dict[int, str]:
        return dict(Geofence.objects.filter(pk__in=ids).values_list("pk", "name"))

    def address(self, thing_id: int, called: str) -> str:
        return reverse("area", args=[thing_id])


KEEPER = _Areas()
