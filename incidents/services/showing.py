"""How incidents are kept for the verbs of sharing, which live in `access.sharing`."""

from access.models import Scoped
from access.sharing import kinds
from incidents.models import Incident


def _locked(incident_id: int) -> Scoped | None:
    return Incident.objects.locked(incident_id)


def _mark(thing: Scoped, is_shared: bool) -> None:
    Incident.objects.filter(pk=thing.pk).exclude(is_shared=is_shared).update(is_shared=is_shared)


def _called(ids: list[int]) -> dict[int, str]:
    return dict(Incident.objects.filter(pk__in=ids).values_list("pk", "number"))


KEEPER = kinds.Keeper(_locked, _mark, _called)
