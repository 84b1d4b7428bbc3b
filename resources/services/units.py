"""Verbs about units and stations."""

from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from access import policy
from access.actors import Actor
from access.facts import ReferenceChanged
from journal import services as journal
from journal.facts import Fact
from kit.errors import Invalid, NotFound, Refused, Stale
from kit.geo import Position
from kit.sql import Write
from resources import facts, permissions
from resources.keys import CREW_KEYS
from resources.models import Capability, LocalStatus, Station, Unit, UnitType


class UnitBusy(Refused):
    code = "unit_busy"
    says = _("%(unit)s is not available: %(activity)s.")

    def __init__(self, unit: Unit) -> None:
        super().__init__(unit=unit.code, activity=unit.get_activity_display())


@dataclass(frozen=True, slots=True)
class NewStation:
    """A station to add; `position` is WGS-84, longitude first."""

    code: str
    name: str
    position: Position
    department_id: int
    region_id: int | None
    name_en: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class NewUnit:
    """A unit to add; `region_id` None takes the station's."""

    code: str
    type_id: int
    department_id: int
    region_id: int | None
    station_id: int | None = None
    name: str = ""
    crew_size: int = 0
    capability_ids: tuple[int, ...] = field(default=())


@transaction.atomic
def add_station(actor: Actor, *, station: NewStation) -> Station:
    """Add a station. Raises `Invalid` when its code is taken."""
    policy.require(actor, permissions.MANAGE, None)
    if Station.objects.filter(code=station.code).exists():
        raise Invalid({"code": _("This code is taken.")})
    row = Station(
        code=station.code,
        name=station.name,
        name_en=station.name_en,
        address=station.address,
        point=station.position.as_point(),
        department_id=station.department_id,
        department_ids=[station.department_id],
        region_id=station.region_id,
    )
    policy.require(actor, permissions.MANAGE, row)
    row.save()
    journal.record(actor, facts.StationAdded(station_id=row.pk), about=[row], scopes=policy.audience(permissions.VIEW, row), at=None)
    return row


@transaction.atomic
def add_capability(actor: Actor, *, code: str, name: str, name_en: str) -> Capability:
    """Add something that units can do. Raises `Invalid` when its code is taken."""
    policy.require(actor, permissions.MANAGE, None)
    if Capability.objects.filter(code=code).exists():
        raise Invalid({"code": _("This code is taken.")})
    row = Capability.objects.create(code=code, name=name[:80], name_en=name_en[:80])
    fact = ReferenceChanged(subject=f"capability:{row.pk}", before={}, after={"code": row.code})
    journal.record(actor, fact, about=[row], scopes=[f"{permissions.MANAGE}@*:*"], at=None)
    return row


@transaction.atomic
def add_unit_type(actor: Actor, *, code: str, name: str, name_en: str, capability_codes: tuple[str, ...]) -> UnitType:
    """Add a kind of unit. Raises `Invalid` when its code is taken."""
    policy.require(actor, permissions.MANAGE, None)
    if UnitType.objects.filter(code=code).exists():
        raise Invalid({"code": _("This code is taken.")})
    row = UnitType.objects.create(code=code, name=name[:80], name_en=name_en[:80])
    row.capabilities.set(Capability.objects.filter(code__in=capability_codes))
    fact = ReferenceChanged(subject=f"unittype:{row.pk}", before={}, after={"code": row.code})
    journal.record(actor, fact, about=[row], scopes=[f"{permissions.MANAGE}@*:*"], at=None)
    return row


@transaction.atomic
def add_unit(actor: Actor, *, unit: NewUnit, now: datetime) -> Unit:
    """Add a unit, available at its station. Raises `Invalid` when its code is taken."""
    policy.require(actor, permissions.MANAGE, None)
    if Unit.objects.filter(code=unit.code).exists():
        raise Invalid({"code": _("This code is taken.")})
    row = Unit(
        code=unit.code,
        name=unit.name,
        type=UnitType.objects.get(pk=unit.type_id),
        department_id=unit.department_id,
        department_ids=[unit.department_id],
        region_id=unit.region_id,
        station_id=unit.station_id,
        crew_size=unit.crew_size,
        status_at=now,
    )
    policy.require(actor, permissions.MANAGE, row)
    row.save()
    row.capabilities.set(unit.capability_ids)
    journal.record(actor, facts.UnitAdded(unit_id=row.pk), about=[row], scopes=policy.audience(permissions.VIEW, row), at=now)
    return row


@dataclass(frozen=True, slots=True)
class UnitChanges:
    """What to change of a unit; what is None stays."""

    name: str | None = None
    crew_size: int | None = None
    station_id: int | None = None
    is_active: bool | None = None
    capability_ids: tuple[int, ...] | None = None


@transaction.atomic
def edit_unit(actor: Actor, *, unit_id: int, changes: UnitChanges, now: datetime) -> Unit:
    """Change what is known of a unit, or retire it (`is_active` False). Raises `UnitBusy` when a unit at work would be retired."""
    row = Unit.objects.locked(unit_id)
    if row is None:
        raise NotFound
    policy.require(actor, permissions.MANAGE, row)
    before = _described(row)
    if changes.is_active is False and row.is_active and not row.is_available():
        raise UnitBusy(row)
    for name in ("name", "crew_size", "station_id", "is_active"):
        value = getattr(changes, name)
        if value is not None:
            setattr(row, name, value)
    if changes.capability_ids is not None:
        row.capabilities.set(changes.capability_ids)
    after = _described(row)
    differing = [name for name in before if before[name] != after[name]]
    if not differing:
        return row
    row.version += 1
    row.save(update_fields=["name", "crew_size", "station", "is_active", "version"])
    fact = facts.UnitChanged(unit_id=row.pk, before={name: before[name] for name in differing}, after={name: after[name] for name in differing})
    journal.record(actor, fact, about=[row], scopes=policy.audience(permissions.VIEW, row), at=now)
    return row


def _described(unit: Unit) -> dict[str, object]:
    capabilities = sorted(unit.capabilities.values_list("code", flat=True))
    return {
        **{"name": unit.name, "crew_size": unit.crew_size, "is_active": unit.is_active},
        **{"station_id": unit.station_id, "capabilities": capabilities},
    }


def expect_version(actor: Actor, *, unit_id: int, version: int) -> None:
    """Refuse to build on a state that somebody changed meanwhile: the unit stays locked for the verb that follows in this transaction.

    Raises `NotFound`, `Stale` that says what changed.
    """
    unit = lock_unit(actor, unit_id=unit_id)
    if unit.version != version:
        raise Stale(unit.changed_since(version), unit.version)


@transaction.atomic
def set_unit_status(actor: Actor, *, unit_id: int, availability: str, activity: str, label_code: str, source: str, now: datetime) -> Unit:
    """Set what a unit is doing; `label_code` is the department's own word for it ("" for none)."""
    unit = _locked(unit_id)
    policy.require(actor, permissions.SET_STATUS, unit)
    if availability not in Unit.Availability.values or activity not in Unit.Activity.values:
        raise Invalid({"activity": _("There is no such state.")})
    label = _label(unit, label_code) if label_code else None
    return _take_state(actor, unit, availability, activity, label, source, now)


@transaction.atomic
def press_key(actor: Actor, *, unit_id: int, key: str, source: str, now: datetime) -> Unit:
    """What a crew says with one of its keys (1-8, 0) when the unit has no assignment to move on."""
    unit = _locked(unit_id)
    policy.require(actor, permissions.SET_STATUS, unit)
    crew_key = CREW_KEYS.get(key)
    if crew_key is None:
        raise Invalid({"key": _("Crews have the keys 1 to 8 and 0.")})
    if crew_key.availability is not None and crew_key.activity is not None:
        return _take_state(actor, unit, crew_key.availability, crew_key.activity, None, source, now)
    fact: Fact
    if key == "5":
        unit.wants_to_speak_at = now
        fact = facts.UnitWantsToSpeak(unit_id=unit.pk)
    else:
        unit.distress_at = now
        fact = facts.UnitInDistress(unit_id=unit.pk)
    unit.version += 1
    unit.save(update_fields=["wants_to_speak_at", "distress_at", "version"])
    journal.record(actor, fact, about=[unit], scopes=policy.audience(permissions.VIEW, unit), at=now)
    return unit


@transaction.atomic
def end_distress(actor: Actor, *, unit_id: int, now: datetime) -> Unit:
    """The room has dealt with a unit's emergency call."""
    unit = _locked(unit_id)
    policy.require(actor, permissions.SET_STATUS, unit)
    unit.distress_at = None
    unit.version += 1
    unit.save(update_fields=["distress_at", "version"])
    journal.record(actor, facts.DistressEnded(unit_id=unit.pk), about=[unit], scopes=policy.audience(permissions.VIEW, unit), at=now)
    return unit


def lock_unit(actor: Actor, *, unit_id: int) -> Unit:
    """The unit, locked until the caller's transaction ends; the caller is a verb above that locked its incident first.

    Raises `NotFound` when the actor may not know of it.
    """
    unit = _locked(unit_id)
    if not may_know(actor, unit):
        raise NotFound
    return unit


def may_know(actor: Actor, unit: Unit) -> bool:
    """Whether the actor may know of a unit that a verb above has locked."""
    return policy.can(actor, permissions.VIEW, unit)


COMMIT = """
UPDATE resources_unit SET availability = %s, activity = %s, status_label_id = NULL, status_at = %s, version = %s
WHERE id = %s AND EXISTS (SELECT FROM held)
"""


def commit_unit(actor: Actor, unit: Unit, *, now: datetime) -> Write:
    """Bind a unit to a job: it is no longer available. Gives the write, which the verb above carries out with its own and while it holds
    the unit as it was read. Raises `UnitBusy`.
    """
    if not unit.is_available():
        raise UnitBusy(unit)
    unit.set_state(Unit.Availability.NOT_AVAILABLE, Unit.Activity.ASSIGNED, None, at=now)
    return Write("committed", COMMIT, (str(unit.availability), str(unit.activity), unit.status_at, unit.version, unit.pk))


def follow_assignment(actor: Actor, unit: Unit, *, availability: str, activity: str, now: datetime) -> None:
    """Let a locked unit's state follow its assignment; the assignment's own fact tells the news."""
    unit.save(update_fields=unit.set_state(availability, activity, None, at=now))


def _take_state(actor: Actor, unit: Unit, availability: str, activity: str, label: LocalStatus | None, source: str, now: datetime) -> Unit:
    changed = unit.set_state(availability, activity, label.pk if label else None, at=now)
    unit.wants_to_speak_at = None
    unit.save(update_fields=[*changed, "wants_to_speak_at"])
    fact = facts.UnitStatusChanged(unit_id=unit.pk, availability=availability, activity=activity, source=source, version=unit.version)
    journal.record(actor, fact, about=[unit], scopes=policy.audience(permissions.VIEW, unit), at=now)
    return unit


def _label(unit: Unit, code: str) -> LocalStatus:
    labels = LocalStatus.objects.filter(code=code, department_id__in=[unit.department_id]) | LocalStatus.objects.filter(code=code, department=None)
    label = labels.order_by("department_id").first()
    if label is None:
        raise Invalid({"label": _("This department has no such state.")})
    return label


def _locked(unit_id: int) -> Unit:
    unit = Unit.objects.locked(unit_id)
    if unit is None:
        raise NotFound
    return unit
