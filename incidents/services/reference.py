"""Types and dispositions of incidents: added by administrators, and by an import that brings its own."""

from dataclasses import dataclass, field

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from access import policy
from access.actors import Actor
from access.facts import ReferenceChanged
from incidents import permissions
from incidents.models import Disposition, IncidentType
from incidents.models.reference import Kind, Severity
from journal import services as journal
from kit.errors import Forbidden, Invalid
from resources.models import Capability

SCOPES = [f"{permissions.MANAGE_TYPES}@*:*"]


@dataclass(frozen=True, slots=True)
class NewType:
    """A type of incident to add. `group` is the call group of statistics; clocks are in seconds from the call, None for none."""

    code: str
    name: str
    kind: str
    severity: int
    department_id: int | None
    name_en: str = ""
    group: str = ""
    dispatch_seconds: int | None = None
    arrival_seconds: int | None = None
    capability_codes: tuple[str, ...] = field(default=())


@transaction.atomic
def add_incident_type(actor: Actor, *, type_: NewType) -> IncidentType:
    """Add a type of incident. Raises `Invalid` when its code is taken or its kind or severity does not exist."""
    _may_add(actor)
    if IncidentType.objects.filter(code=type_.code).exists():
        raise Invalid({"code": _("This code is taken.")})
    if type_.kind not in Kind.values or type_.severity not in Severity.values:
        raise Invalid({"kind": _("There is no such kind or severity.")})
    row = IncidentType.objects.create(
        code=type_.code,
        name=type_.name[:80],
        name_en=type_.name_en[:80],
        group=type_.group[:40],
        kind=type_.kind,
        severity=type_.severity,
        department_id=type_.department_id,
        dispatch_seconds=type_.dispatch_seconds,
        arrival_seconds=type_.arrival_seconds,
    )
    row.capabilities.set(Capability.objects.filter(code__in=type_.capability_codes))
    fact = ReferenceChanged(subject=f"incidenttype:{row.pk}", before={}, after={"code": row.code, "group": row.group, "kind": row.kind})
    journal.record(actor, fact, about=[row], scopes=SCOPES, at=None)
    return row


@transaction.atomic
def add_disposition(actor: Actor, *, code: str, name: str, name_en: str) -> Disposition:
    """Add a way in which an incident may end. Raises `Invalid` when its code is taken."""
    _may_add(actor)
    if Disposition.objects.filter(code=code).exists():
        raise Invalid({"code": _("This code is taken.")})
    row = Disposition.objects.create(code=code, name=name[:80], name_en=name_en[:80])
    fact = ReferenceChanged(subject=f"disposition:{row.pk}", before={}, after={"code": row.code})
    journal.record(actor, fact, about=[row], scopes=SCOPES, at=None)
    return row


def _may_add(actor: Actor) -> None:
    """Administrators edit reference data; whoever imports a history may add what it speaks of."""
    if not (policy.can(actor, permissions.MANAGE_TYPES, None) or policy.can(actor, permissions.IMPORT, None)):
        raise Forbidden
