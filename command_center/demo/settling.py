"""Departments, stations, units, types and people of the demo city, added through the services; what is there already stays."""

import hashlib
import math
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from access import selectors as access_selectors
from access import services as access
from access.actors import Actor
from access.roles import Role
from command_center.demo import preparing
from command_center.demo.day import Vehicle
from command_center.demo.sample import Spots, hazards, organisation, station_bases, types, words
from gis.demo.cells import facts as geography
from incidents import selectors as incidents_selectors
from incidents import services as incidents
from incidents.services.hazards import NewHazard
from incidents.services.intake import NewQuestion
from incidents.services.reference import NewType
from kit.geo import METRES_PER_DEGREE, Position
from resources import selectors as resources_selectors
from resources import services as resources
from resources.services import NewStation, NewTalkGroup, NewUnit

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Placed:
    """A unit to be: where it lives and what it is."""

    code: str
    name: str
    kind: dict[str, Any]
    department: str
    station: str


@dataclass(frozen=True, slots=True)
class Home:
    """A station to be."""

    code: str
    name: str
    name_en: str
    department: str
    position: Position
    address: str
    region: str
    units: tuple[Placed, ...]


def homes(spots: Spots) -> list[Home]:
    """Every station with its units, in the order of the data file."""
    bases = station_bases()
    kinds = {kind["code"]: kind for kind in organisation()["unit_types"]}
    made: list[Home] = []
    for service in organisation()["services"]:
        for number, at in enumerate(service["at"], start=1):
            spot = spots.beside(at)
            base, base_en = bases[at]
            code = f"{service['prefix']}{number:02d}"
            units = tuple(_units(code, base, service["units"][(number - 1) % len(service["units"])], kinds, service["department"]))
            name, name_en = service["name"].format(base=base), service["name_en"].format(base=base_en)
            made.append(Home(code, name, name_en, service["department"], spot.position, spot.address, spot.region, units))
    return made


def _units(station: str, base: str, codes: list[str], kinds: dict[str, Any], department: str) -> Iterator[Placed]:
    for number, code in enumerate(codes, start=1):
        yield Placed(f"{station}-{number}", f"{base}{kinds[code]['short']}{number}", kinds[code], department, station)


def vehicles(all_homes: list[Home]) -> list[Vehicle]:
    """The units as the day needs them."""
    return [Vehicle(unit.code, unit.department, frozenset(unit.kind["capabilities"]), home.position) for home in all_homes for unit in home.units]


def settle(actor: Actor, *, all_homes: list[Home], region_ids: dict[str, int], password: str, now: datetime, progress: Progress) -> None:
    """Make what the city is made of. Regions must be there."""
    departments = _departments(actor)
    _reference(actor, departments)
    preparing.prepare(actor, now=now)
    _homes(actor, all_homes, departments, region_ids, now, progress)
    _hazards(actor, all_homes)
    _people(actor, departments, region_ids, password, now)


def _hazards(actor: Actor, all_homes: list[Home]) -> None:
    """Places with a warning, so that calls and incidents near them show it."""
    at = {home.code: home.position for home in all_homes}
    rows = []
    for each in hazards():
        base = at[each["beside"]]
        east = each["east"] / (METRES_PER_DEGREE * math.cos(math.radians(base.lat)))
        position = Position(base.lon + east, base.lat + each["north"] / METRES_PER_DEGREE)
        rows.append(NewHazard(position=position, **{name: value for name, value in each.items() if name not in ("beside", "east", "north")}))
    digest = hashlib.sha256(repr(rows).encode()).hexdigest()
    incidents.load_hazards(actor, hazards=rows, source="demo", digest=digest)


def _departments(actor: Actor) -> dict[str, int]:
    known = {department.code: department.pk for department in access_selectors.departments()}
    wanted = [(one["code"], one["name"], one["name_en"], one["phone"]) for one in organisation()["departments"]]
    office = organisation()["office"]
    for district in geography()["districts"]:
        name = office["name"].format(district=district["name"])
        wanted.append((office["code"].format(code=district["code"]), name, office["name_en"].format(district_en=district["name_en"]), ""))
    for code, name, name_en, phone in wanted:
        if code not in known:
            known[code] = access.add_department(actor, code=code, name=name, name_en=name_en, phone=phone).pk
    return known


def _reference(actor: Actor, departments: dict[str, int]) -> None:
    known = {capability.code for capability in resources_selectors.capabilities()}
    for code, name, name_en in organisation()["capabilities"]:
        if code not in known:
            resources.add_capability(actor, code=code, name=name, name_en=name_en)
    known = {kind.code for kind in resources_selectors.unit_types()}
    for kind in organisation()["unit_types"]:
        if kind["code"] not in known:
            resources.add_unit_type(
                actor, code=kind["code"], name=kind["name"], name_en=kind["name_en"], capability_codes=tuple(kind["capabilities"])
            )
    known = {group.code for group in resources_selectors.talk_groups(actor)}
    for group in organisation()["talk_groups"]:
        if group["code"] not in known:
            resources.add_talk_group(actor, group=NewTalkGroup(**(group | {"department": departments.get(group["department"] or "")})))
    known = {disposition.code for disposition in incidents_selectors.dispositions()}
    for code, name, name_en in organisation()["dispositions"]:
        if code not in known:
            incidents.add_disposition(actor, code=code, name=name, name_en=name_en)
    known = {type_.code for type_ in incidents_selectors.incident_types()}
    for kind in types()["types"]:
        if kind["code"] not in known:
            incidents.add_incident_type(actor, type_=_type(kind, departments))
            _words(actor, kind["code"])


def _words(actor: Actor, code: str) -> None:
    """The words that speak for a type and the questions about it."""
    own = words().get(code, {"rules": [], "questions": []})
    for rule in own["rules"]:
        parts = {name: tuple(rule[name]) for name in ("words", "words_en", "excludes")}
        incidents.add_type_rule(actor, type_code=code, weight=rule["weight"], **parts)
    for order, question in enumerate(own["questions"], start=1):
        incidents.add_key_question(actor, type_code=code, question=NewQuestion(order=order, **question))


def _type(kind: dict[str, Any], departments: dict[str, int]) -> NewType:
    return NewType(
        code=kind["code"],
        name=kind["name"],
        name_en=kind["name_en"],
        group=kind["group"],
        kind=kind["kind"],
        severity=kind["severity"],
        department_id=departments[kind["department"]],
        dispatch_seconds=kind["dispatch"],
        arrival_seconds=kind["arrival"],
        capability_codes=tuple(kind["needs"][:1]),
    )


def _homes(actor: Actor, all_homes: list[Home], departments: dict[str, int], region_ids: dict[str, int], now: datetime, progress: Progress) -> None:
    stations = {station.code: station.pk for station in resources_selectors.stations(actor)}
    units = {unit.code for unit in resources_selectors.units(actor)}
    kinds = {kind.code: kind.pk for kind in resources_selectors.unit_types()}
    for number, home in enumerate(all_homes, start=1):
        if home.code not in stations:
            stations[home.code] = resources.add_station(actor, station=_station(home, departments, region_ids)).pk
        for unit in home.units:
            if unit.code not in units:
                new = NewUnit(
                    code=unit.code,
                    name=unit.name,
                    type_id=kinds[unit.kind["code"]],
                    department_id=departments[unit.department],
                    region_id=region_ids.get(home.region),
                    station_id=stations[home.code],
                    crew_size=unit.kind["crew"],
                )
                resources.add_unit(actor, unit=new, now=now)
        progress("stations", number, len(all_homes))


def _station(home: Home, departments: dict[str, int], region_ids: dict[str, int]) -> NewStation:
    return NewStation(
        code=home.code,
        name=home.name,
        name_en=home.name_en,
        position=home.position,
        department_id=departments[home.department],
        region_id=region_ids.get(home.region),
        address=home.address,
    )


def _people(actor: Actor, departments: dict[str, int], region_ids: dict[str, int], password: str, now: datetime) -> None:
    known = {person.username for person in access_selectors.people()}
    city = region_ids[geography()["city"]["code"]]
    for one in organisation()["people"]:
        if one["username"] in known:
            continue
        user = access.add_person(
            actor,
            username=one["username"],
            name=one["name"],
            password=password,
            department_id=departments[one["department"]],
            language="zh-hans",
        )
        is_everywhere = one["role"] in ("auditor", "admin")
        access.grant_membership(
            actor,
            user_id=user.pk,
            role=Role(one["role"]),
            department_id=departments[one["within"]] if one["within"] else None,
            region_id=None if is_everywhere else city,
            until=None,
            now=now,
        )


def out_of_service(idle: list[str], seed: int) -> list[tuple[str, str, str]]:
    """Some units that cannot be sent just now: (code, availability, activity)."""
    rng = random.Random(seed)
    ways = [
        ("NOT_AVAILABLE", "OUT_OF_SERVICE"),
        ("CONDITIONAL", "MEAL"),
        ("CONDITIONAL", "TRAINING"),
        ("NOT_AVAILABLE", "OFF_DUTY"),
        ("AVAILABLE", "ON_RADIO"),
    ]
    return [(code, *ways[place % len(ways)]) for place, code in enumerate(rng.sample(idle, k=min(25, len(idle))))]
