"""Places with a warning: taken over whole from a file of whoever keeps them, every change with what was before."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from access import policy
from access.actors import Actor
from access.facts import ReferenceChanged
from incidents import facts, permissions
from incidents.models import Hazard
from incidents.models.hazards import HazardKind
from incidents.services.reference import SCOPES
from journal import services as journal
from kit.errors import Invalid
from kit.geo import Position

FIELDS = ("kind", "name", "warning", "warning_en", "radius_m", "valid_from", "valid_until", "source", "is_active")


@dataclass(frozen=True, slots=True)
class NewHazard:
    """A place with a warning, told within `radius_m` metres of the position (WGS-84, longitude first)."""

    code: str
    name: str
    warning: str
    position: Position
    kind: str = HazardKind.OTHER
    warning_en: str = ""
    radius_m: int = 100
    valid_from: date | None = None
    valid_until: date | None = None
    source: str = ""


@dataclass(frozen=True, slots=True)
class LoadedHazards:
    """What a load did, by number."""

    added: int
    changed: int
    retired: int
    same: int


@transaction.atomic
def load_hazards(actor: Actor, *, hazards: Iterable[NewHazard], source: str, digest: str) -> LoadedHazards:
    """Take over what a source says now, all or nothing: what it says no more is out of use, what is the same stays untouched.

    `digest` names the file in the journal. Raises `Invalid` for a row that cannot be one, with its code.
    """
    policy.require(actor, permissions.MANAGE_TYPES, None)
    known = {row.code: row for row in Hazard.objects.select_for_update(no_key=True, of=("self",)).order_by("id")}
    seen: set[str] = set()
    added = changed = 0
    for each in hazards:
        if each.code in seen:
            raise Invalid({"code": _("%(code)s stands twice in the file.") % {"code": each.code}})
        seen.add(each.code)
        row = known.get(each.code) or Hazard(code=each.code)
        before = _described(row) if row.pk else {}
        _take(row, each, source)
        after = _described(row)
        if before == after:
            continue
        row.save()
        added, changed = added + (not before), changed + bool(before)
        _record(actor, row, before, after)
    gone = [row for row in known.values() if row.source == source and row.is_active and row.code not in seen]
    for row in gone:
        row.is_active = False
        row.save(update_fields=["is_active"])
        _record(actor, row, {"is_active": True}, {"is_active": False})
    loaded = LoadedHazards(added, changed, len(gone), len(seen) - added - changed)
    fact = facts.HazardsLoaded(source=source, digest=digest, added=added, changed=changed, retired=len(gone))
    journal.record(actor, fact, about=[], scopes=SCOPES, at=None)
    return loaded


def _take(row: Hazard, new: NewHazard, source: str) -> None:
    row.kind, row.name, row.warning, row.warning_en = new.kind, new.name, new.warning, new.warning_en
    row.radius_m, row.valid_from, row.valid_until = new.radius_m, new.valid_from, new.valid_until
    row.point, row.source, row.is_active = new.position.as_point(), source, True
    try:
        row.clean_fields()
    except ValidationError as error:
        raise Invalid({new.code: "; ".join(f"{name}: {reasons[0]}" for name, reasons in error.message_dict.items())}) from error


def _described(row: Hazard) -> dict[str, Any]:
    values = {name: getattr(row, name) for name in FIELDS} | {"lon": round(row.point.x, 7), "lat": round(row.point.y, 7)}
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in values.items()}


def _record(actor: Actor, row: Hazard, before: dict[str, Any], after: dict[str, Any]) -> None:
    fact = ReferenceChanged(subject=f"hazard:{row.pk}", before=before, after=after)
    journal.record(actor, fact, about=[row], scopes=SCOPES, at=None)
