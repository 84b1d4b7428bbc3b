"""Questions about units and stations."""

from django.db.models import QuerySet

from access import policy
from access.actors import Actor
from kit.errors import NotFound
from resources import permissions
from resources.models import Capability, LocalStatus, Station, Unit, UnitType


def units(actor: Actor) -> QuerySet[Unit]:
    """The units in service the actor may see, by code."""
    return policy.visible(actor, permissions.VIEW, Unit.objects.in_service()).select_related("type", "station", "status_label").order_by("code")


def unit(actor: Actor, unit_id: int) -> Unit:
    """One unit. Raises `NotFound` when there is none the actor may see."""
    found = units(actor).filter(pk=unit_id).first()
    if found is None:
        raise NotFound
    return found


def stations(actor: Actor) -> QuerySet[Station]:
    """The stations in use the actor may see, by code."""
    return policy.visible(actor, permissions.VIEW, Station.objects.filter(is_active=True)).order_by("code")


def unit_types() -> QuerySet[UnitType]:
    """Every type of unit with its capabilities."""
    return UnitType.objects.prefetch_related("capabilities").order_by("code")


def capabilities() -> QuerySet[Capability]:
    """Every capability."""
    return Capability.objects.order_by("code")


def local_statuses(department_id: int) -> QuerySet[LocalStatus]:
    """The words a department uses for states, its own and the city's."""
    return (LocalStatus.objects.filter(department_id=department_id) | LocalStatus.objects.filter(department=None)).order_by("code")
