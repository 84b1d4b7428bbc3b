"""What calls of another system need to exist here: department, region, types, ways to end, stations and units. Made when absent, never changed."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from statistics import median

from django.contrib.gis.geos import MultiPolygon, Polygon

from access import permissions as access_permissions
from access import policy
from access import selectors as access
from access import services as access_services
from access.actors import Actor
from access.models import Department, Region
from exchange.cad.calls import Call
from exchange.cad.profiles import Profile, RegionOf
from gis import selectors as gis
from incidents import permissions
from incidents import selectors as incidents
from incidents import services as incident_services
from incidents.models import Disposition, IncidentType
from incidents.services.reference import NewType
from kit.geo import Position
from resources import selectors as resources
from resources import services as resource_services
from resources.models import Station, Unit
from resources.services import NewStation, NewUnit


class Reference:
    """Finds or makes what calls speak of, and remembers it. Whoever makes it must be allowed to import.

    Departments and regions are the administrator's; an importer who may not add them does so in the name of the import itself,
    and the journal says that.
    """

    def __init__(self, actor: Actor, profile: Profile, *, now: datetime) -> None:
        policy.require(actor, permissions.IMPORT, None)
        self._actor = actor
        self._profile = profile
        self._now = now
        may_add = policy.can(actor, access_permissions.MANAGE_REFERENCE, None)
        self._founder = actor if may_add else Actor.system("cad-import")
        self.department = self._department()
        self.region = self._region(profile.region)
        self._has_parts = self.region is not None and access.regions_below(self.region).exclude(pk=self.region.pk).exists()
        self._types = {row.code: row for row in incidents.all_incident_types()}
        self._dispositions = {row.code: row for row in incidents.all_dispositions()}
        self._unit_types = {row.code: row.pk for row in resources.unit_types()}
        self._units = self._known_units()
        self._stations = {row.code: row for row in resources.stations_of_department(self.department.pk)}
        self._homes = {row.pk: Position.of(row.point) for row in self._stations.values()}
        self.units_made = 0

    def region_id_at(self, position: Position | None) -> int | None:
        """The region a call belongs to: the part of the profile's region its point lies in, or the profile's region itself."""
        if position is None or (self.region is not None and not self._has_parts):
            return self.region.pk if self.region else None
        found = gis.region_at(position)
        return found.pk if found else (self.region.pk if self.region else None)

    def type_of(self, call: Call) -> IncidentType:
        """Our type for their type and group."""
        code = self._profile.code(call.type or "untyped", call.group)
        if code not in self._types:
            told = self._profile.types.get(call.type)
            known = told or self._profile.default_type
            group = self._profile.groups.get(call.group)
            name, name_en = known.name if told else call.type, known.name_en if told else call.type
            inside, inside_en = (group.name, group.name_en) if group else (call.group, call.group)
            new = NewType(
                code=code,
                name=f"{name or code}（{inside}）" if inside else name or code,
                name_en=f"{name_en or code} ({inside_en})" if inside_en else name_en or code,
                kind=known.kind,
                severity=(group.severity if group else 0) or known.severity,
                department_id=self.department.pk,
                group=call.group,
            )
            self._types[code] = incident_services.add_incident_type(self._actor, type_=new)
        return self._types[code]

    def disposition_of(self, call: Call) -> Disposition:
        """Our way to end for theirs; a call that does not say has one of its own."""
        code = self._profile.code("end", call.disposition or "not stated")
        if code not in self._dispositions:
            told = self._profile.dispositions.get(call.disposition)
            name, name_en = (told.name, told.name_en) if told else (call.disposition, call.disposition)
            self._dispositions[code] = incident_services.add_disposition(
                self._actor, code=code, name=name or "—", name_en=name_en or "Not stated in the file"
            )
        return self._dispositions[code]

    def unit(self, code: str) -> Unit:
        """Our unit for their code. `make_units` must have seen it."""
        return self._units[code]

    def home_of(self, code: str) -> Position | None:
        """Where a unit's station stands, as far as that is known."""
        return self._homes.get(self._units[code].station_id or 0)

    def make_units(self, calls: Sequence[Call]) -> None:
        """Make the stations and units that these calls speak of and the department does not have yet."""
        kinds: dict[str, str] = {}
        areas: dict[str, Counter[str]] = defaultdict(Counter)
        for call in calls:
            for run in call.runs:
                kinds.setdefault(run.unit, run.unit_type)
                areas[run.unit][call.area] += 1
        if self._profile.station_name:
            self._make_stations(calls)
        for code in sorted(set(kinds) - set(self._units)):
            station = self._stations.get(self._station_code(areas[code].most_common(1)[0][0]))
            self._units[code] = self._make_unit(code, kinds[code], station)

    def _make_unit(self, code: str, kind: str, station: Station | None) -> Unit:
        self.units_made += 1
        new = NewUnit(
            code=self._free_code(code),
            name="",
            type_id=self._unit_type(kind),
            department_id=self.department.pk,
            region_id=self.region.pk if self.region else None,
            station_id=station.pk if station else None,
        )
        return resource_services.add_unit(self._actor, unit=new, now=self._now)

    def _free_code(self, code: str) -> str:
        """Unit codes are the whole city's; where another department has this one, ours carries the department's code."""
        return f"{self.department.code}-{code}"[:40] if resources.is_unit_code_taken(code) else code

    def _known_units(self) -> dict[str, Unit]:
        mark = f"{self.department.code}-"
        return {unit.code.removeprefix(mark): unit for unit in resources.units_of_department(self.department.pk)}

    def _unit_type(self, kind: str) -> int:
        code = self._profile.code(kind or "unit")
        if code not in self._unit_types:
            told = self._profile.unit_types.get(kind)
            name, name_en = (told.name, told.name_en) if told else (kind, kind)
            row = resource_services.add_unit_type(self._actor, code=code, name=name or code, name_en=name_en or code, capability_codes=())
            self._unit_types[code] = row.pk
        return self._unit_types[code]

    def _station_code(self, area: str) -> str:
        return f"{self.department.code}-{area}"[:40]

    def _make_stations(self, calls: Iterable[Call]) -> None:
        """A station for each area, in the middle of its calls: the file does not say where it stands."""
        points: dict[str, list[Position]] = defaultdict(list)
        for call in calls:
            if call.area and call.position:
                points[call.area].append(call.position)
        told = self._profile.station_name
        for area in sorted(points):
            code = self._station_code(area)
            if code in self._stations or told is None:
                continue
            middle = Position(median(one.lon for one in points[area]), median(one.lat for one in points[area]))
            new = NewStation(
                code=code,
                name=told.name.replace("{area}", area),
                name_en=told.name_en.replace("{area}", area),
                position=middle,
                department_id=self.department.pk,
                region_id=self.region_id_at(middle),
            )
            self._stations[code] = row = resource_services.add_station(self._actor, station=new)
            self._homes[row.pk] = middle

    def _department(self) -> Department:
        told = self._profile.department
        found = access.department_of_code(told.code)
        return found or access_services.add_department(self._founder, code=told.code, name=told.name[:120], name_en=told.name_en[:120])

    def _region(self, told: RegionOf | None) -> Region | None:
        if told is None:
            return None
        found = access.region_of_code(told.code)
        return found or access_services.add_region(
            self._founder,
            parent_id=None,
            code=told.code,
            name=told.name,
            name_en=told.name_en,
            level=Region.Level(told.level),
            geometry=MultiPolygon(Polygon(told.outline), srid=4326) if told.outline else None,
            is_approximate=True,
            source=told.source[:200],
        )
