"""The one verb of the settings pages: keep a row of reference data, with what it was before in the journal."""

from datetime import date, time
from typing import Any

from django.db import transaction
from django.db.models import ManyToManyField, Model
from django.utils import timezone

from access import policy
from access.actors import Actor
from access.facts import ReferenceChanged
from access.models import Scoped
from command_center.catalogues import Catalogue
from journal import services as journal
from kit.errors import Forbidden


@transaction.atomic
def keep_reference(actor: Actor, *, catalogue: Catalogue, row: Model, links: dict[str, list[Any]]) -> Model:
    """Save a row of reference data that a form has checked; `links` are its many-to-many values."""
    policy.require(actor, catalogue.action, row if isinstance(row, Scoped) and row.pk else None)
    if row.pk is None and not catalogue.may_add:
        raise Forbidden
    before = _described(catalogue, type(row)._default_manager.get(pk=row.pk)) if row.pk else {}
    _complete(row)
    row.save()
    for name, values in links.items():
        getattr(row, name).set(values)
    after = _described(catalogue, row)
    if before != after:
        differing = {name for name in after if before.get(name) != after[name]}
        fact = ReferenceChanged(
            subject=f"{row._meta.model_name}:{row.pk}",
            before={name: before[name] for name in before if name in differing},
            after={name: after[name] for name in differing},
        )
        journal.record(actor, fact, about=[row], scopes=[f"{catalogue.action}@*:*"], at=None)
    return row


def _complete(row: Model) -> None:
    """What a form does not ask: the responsible department sees its own, a new unit's state begins now."""
    if isinstance(row, Scoped):
        row.department_ids = list(dict.fromkeys([row.department_id, *(row.department_ids or [])]))
    if row.pk is None and hasattr(row, "status_at"):
        row.status_at = timezone.now()
    elif hasattr(row, "version"):
        row.version += 1


def _described(catalogue: Catalogue, row: Any) -> dict[str, object]:
    values: dict[str, object] = {}
    for name in catalogue.fields:
        field = row._meta.get_field(name)
        if isinstance(field, ManyToManyField):
            values[name] = sorted(getattr(row, name).values_list("pk", flat=True)) if row.pk else []
        else:
            value = getattr(row, field.attname)
            values[name] = value.isoformat() if isinstance(value, date | time) else value
    if catalogue.has_point:
        values["point"] = [row.point.x, row.point.y] if row.point else None
    return values
