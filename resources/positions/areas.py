"""Watched areas (geofences): drawn and retired by people; who enters and leaves is found by the fixes."""

from datetime import datetime

from django.contrib.gis.geos import MultiPolygon
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from access import policy
from access.actors import Actor
from access.sharing import verbs as sharing
from journal import services as journal
from kit.errors import Invalid, NotFound
from kit.text import tidy
from resources import facts, permissions
from resources.models import Geofence

MOST_VERTICES = 20_000


@transaction.atomic
def draw_area(actor: Actor, *, name: str, area: MultiPolygon, department_id: int, region_id: int | None, now: datetime) -> Geofence:
    """Watch an area (WGS-84, SRID 4326, longitude first, its ranges already checked). Raises `Invalid` when it is no area."""
    policy.require(actor, permissions.MANAGE, None)
    title = tidy(name)
    if not 0 < len(title) <= 120:
        raise Invalid({"name": _("A name has 1 to 120 characters.")})
    if area.srid != 4326 or area.num_coords > MOST_VERTICES or area.empty or not area.valid:
        raise Invalid({"area": _("The outline is empty, too detailed, or crosses itself.")})
    row = Geofence(name=title, area=area, department_id=department_id, department_ids=[department_id], region_id=region_id, drawn_at=now)
    policy.require(actor, permissions.MANAGE, row)
    row.save()
    fact = facts.AreaDrawn(geofence_id=row.pk)
    journal.record(actor, fact, about=[row], scopes=policy.audience(permissions.VIEW, row), at=now)
    return row


@transaction.atomic
def retire_area(actor: Actor, *, geofence_id: int, now: datetime) -> None:
    """Watch an area no longer. Nobody leaves it by that."""
    row = Geofence.objects.select_for_update(of=("self",), no_key=True).filter(pk=geofence_id, is_active=True).first()
    if row is None:
        raise NotFound
    policy.require(actor, permissions.MANAGE, row)
    row.is_active = False
    row.save(update_fields=["is_active"])
    row.presences.all().delete()
    fact = facts.AreaRetired(geofence_id=row.pk)
    journal.record(actor, fact, about=[row], scopes=policy.audience(permissions.VIEW, row), at=now)
    sharing.tell_of_change(actor, kind="geofence", subject_id=row.pk, now=now)
