"""Questions about units and stations."""

from collections.abc import Collection
from typing import Any

from django.db.models import Q, QuerySet

from access import policy
from access.actors import Actor
from kit import paging
from kit.errors import NotFound
from kit.paging import Page
from resources import permissions
from resources.duty import Gap as Gap
from resources.duty import PostNow as PostNow
from resources.duty import Roster as Roster
from resources.duty import called_for as called_for
from resources.duty import duties_between as duties_between
from resources.duty import duties_of_person as duties_of_person
from resources.duty import duty as duty
from resources.duty import duty_line as duty_line
from resources.duty import duty_of as duty_of
from resources.duty import gaps as gaps
from resources.duty import holders as holders
from resources.duty import leaves_between as leaves_between
from resources.duty import next_at_post as next_at_post
from resources.duty import on_duty as on_duty
from resources.duty import other_duties as other_duties
from resources.duty import people_of_posts as people_of_posts
from resources.duty import post_call as post_call
from resources.duty import post_of_code as post_of_code
from resources.duty import posts as posts
from resources.duty import posts_called_at as posts_called_at
from resources.duty import roster as roster
from resources.duty import shift_of_code as shift_of_code
from resources.duty import shifts as shifts
from resources.duty import supervisor_posts as supervisor_posts
from resources.duty import watch_at as watch_at
from resources.duty import why_off_duty as why_off_duty
from resources.handles import find_units as find_units
from resources.models import Capability, DispatchableUnit, Geofence, LocalStatus, PositionDevice, Station, TalkGroup, Unit, UnitType
from resources.nearest import Behind as Behind
from resources.nearest import NearUnit as NearUnit
from resources.nearest import by_road as by_road
from resources.nearest import cover_of as cover_of
from resources.nearest import nearest_units as nearest_units
from resources.nearest import station_positions as station_positions
from resources.nearest import stations_of_free_units as stations_of_free_units
from resources.nearest import stations_of_ids as stations_of_ids
from resources.nearest import units_at_work as units_at_work
from resources.nearest import units_in_service_by_capability as units_in_service_by_capability
from resources.nearest import units_of_the_past as units_of_the_past
from resources.positions.latest import MOST_POSITIONS as MOST_POSITIONS
from resources.positions.latest import last_positions as last_positions
from resources.positions.latest import position_page as position_page
from resources.positions.passing import first_fix_beyond as first_fix_beyond
from resources.positions.passing import first_fix_within as first_fix_within
from resources.positions.passing import where_units_were as where_units_were


def units(actor: Actor) -> QuerySet[Unit]:
    """The units in service the actor may see, by code."""
    return policy.visible(actor, permissions.VIEW, Unit.objects.in_service()).select_related("type", "station", "status_label").order_by("code")


def unit(actor: Actor, unit_id: int) -> Unit:
    """One unit. Raises `NotFound` when there is none the actor may see."""
    found = units(actor).filter(pk=unit_id).first()
    if found is None:
        raise NotFound
    return found


def departments_of_units(unit_ids: Collection[int]) -> dict[int, int]:
    """The responsible department's id of each of these units."""
    return dict(Unit.objects.filter(pk__in=unit_ids).values_list("pk", "department_id"))


def capabilities_of_units(unit_ids: Collection[int]) -> dict[int, frozenset[int]]:
    """The ids of what each of these units can do, of its own and by its type."""
    rows = DispatchableUnit.objects.filter(pk__in=unit_ids).values_list("pk", "capability_ids")
    return {pk: frozenset(ids) for pk, ids in rows}


def units_of_department(department_id: int) -> QuerySet[Unit]:
    """Every unit a department has or had, by code; for the rooms above that bring in or export its history."""
    return Unit.objects.filter(department_id=department_id).order_by("code")


def is_unit_code_taken(code: str) -> bool:
    """Whether any department has a unit of this code."""
    return Unit.objects.filter(code=code).exists()


def stations_of_department(department_id: int) -> QuerySet[Station]:
    """Every station of a department, by code."""
    return Station.objects.filter(department_id=department_id).order_by("code")


def stations(actor: Actor) -> QuerySet[Station]:
    """The stations in use the actor may see, by code."""
    return policy.visible(actor, permissions.VIEW, Station.objects.filter(is_active=True)).order_by("code")


def talk_groups(actor: Actor) -> QuerySet[TalkGroup]:
    """The radio talk groups in use, by code."""
    policy.require(actor, permissions.VIEW, None)
    return TalkGroup.objects.filter(is_active=True).select_related("department").order_by("code")


def unit_types() -> QuerySet[UnitType]:
    """Every type of unit with its capabilities."""
    return UnitType.objects.prefetch_related("capabilities").order_by("code")


def capabilities() -> QuerySet[Capability]:
    """Every capability."""
    return Capability.objects.order_by("code")


def all_local_statuses() -> QuerySet[LocalStatus]:
    """The words of every department for states, and the city's."""
    return LocalStatus.objects.select_related("department").order_by("department_id", "code")


def local_statuses(department_id: int) -> QuerySet[LocalStatus]:
    """The words a department uses for states, its own and the city's."""
    return (LocalStatus.objects.filter(department_id=department_id) | LocalStatus.objects.filter(department=None)).order_by("code")


def unit_type_of_code(code: str) -> UnitType | None:
    """The type of unit with this code."""
    return UnitType.objects.filter(code=code).first()


def capability_of_code(code: str) -> Capability | None:
    """The capability with this code."""
    return Capability.objects.filter(code=code).first()


def station_of_code(code: str) -> Station | None:
    """The station in use with this code; whether the caller may see it does not matter to name it."""
    return Station.objects.filter(code=code, is_active=True).first()


def unit_page(actor: Actor, *, wanted: dict[str, Any], cursor: str | None, limit: int | None) -> Page[Unit]:
    """The units in service that the actor may see, by code, narrowed by availability, type, station, department or capability."""
    rows = units(actor).select_related("department", "region").prefetch_related("capabilities").defer("region__geometry", "station__point")
    names = {"availability": "availability", "type": "type_id", "station": "station_id", "department": "department_id"}
    rows = rows.filter(**{names[name]: value for name, value in wanted.items() if name in names})
    if "capability" in wanted:
        rows = rows.filter(Q(capabilities=wanted["capability"]) | Q(type__capabilities=wanted["capability"])).distinct()
    if cursor is not None:
        rows = rows.filter(code__gt=paging.decode(cursor, str)[0])
    size = paging.bounded(limit)
    found = list(rows.order_by("code")[: size + 1])
    return Page(found[:size], paging.encode([found[size - 1].code]) if len(found) > size else None)


def station_page(actor: Actor, *, cursor: str | None, limit: int | None) -> Page[Station]:
    """The stations in use that the actor may see, by code."""
    rows = stations(actor).select_related("department", "region").defer("region__geometry")
    if cursor is not None:
        rows = rows.filter(code__gt=paging.decode(cursor, str)[0])
    size = paging.bounded(limit)
    found = list(rows[: size + 1])
    return Page(found[:size], paging.encode([found[size - 1].code]) if len(found) > size else None)


def area_page(actor: Actor, *, cursor: str | None, limit: int | None) -> Page[Geofence]:
    """The areas that are watched and that the actor may see, in the order they were drawn."""
    watched = Geofence.objects.filter(is_active=True)
    rows = policy.visible(actor, permissions.VIEW, watched).select_related("department", "region").defer("region__geometry").order_by("pk")
    if cursor is not None:
        rows = rows.filter(pk__gt=paging.decode(cursor, int)[0])
    size = paging.bounded(limit)
    found = list(rows[: size + 1])
    return Page(found[:size], paging.encode([found[size - 1].pk]) if len(found) > size else None)


def devices_of_unit(actor: Actor, unit_id: int) -> list[PositionDevice]:
    """The devices that report for a unit, newest first, revoked ones too; at most 100. Raises `NotFound`, `Forbidden`."""
    row = unit(actor, unit_id)
    policy.require(actor, permissions.MANAGE, row)
    return list(PositionDevice.objects.filter(unit=row).order_by("-registered_at", "-pk")[:100])
