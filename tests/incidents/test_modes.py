"""Routine and emergency: a state of the city or of a district, with its effects, reversible, written down."""

from datetime import datetime

import pytest

from access.actors import Actor
from access.models import Region
from access.roles import Role
from incidents import board, modes, selectors, services
from incidents.models import CityMode, Incident
from incidents.services.closing import ClosingIsReserved
from incidents.services.common import ReasonMissing
from incidents.services.modes import EmergencyHolds
from journal.models import Entry
from kit.errors import Forbidden


def switch(actor: Actor, now: datetime, *, region: Region | None = None, level: str = "II") -> CityMode:
    return services.switch_mode(actor, region_id=region.pk if region else None, level=level, reason="暴雨", incident_id=None, now=now)


def all_of(actor: Actor, mode: CityMode) -> dict[str, int]:
    return {each.code: each.count for each in modes.hand_back(actor, mode)}


def ranks(actor: Actor) -> list[str]:
    rows = [board.row(actor, each, modes.in_force()) for each in selectors.open_incidents(actor)]
    return [row.incident.number for row in sorted(rows, key=lambda row: row.rank)]


def test_a_new_service_request_goes_behind_an_emergency_and_its_clock_stands_still(
    supervisor: Actor, dispatcher: Actor, northern_fire: Incident, southern_pipe: Incident, now: datetime
) -> None:
    services.validate_incident(dispatcher, incident_id=northern_fire.pk, now=now)
    assert ranks(dispatcher) == [southern_pipe.number, northern_fire.number]  # new ones first, in routine

    mode = switch(supervisor, now)

    pipe = selectors.by_id(dispatcher, southern_pipe.pk)
    assert ranks(dispatcher) == [northern_fire.number, southern_pipe.number]
    assert board.row(dispatcher, pipe, modes.in_force()).due_at is None
    services.end_mode(supervisor, mode_id=mode.pk, reason="雨停", looked=all_of(supervisor, mode), now=now)
    assert ranks(dispatcher) == [southern_pipe.number, northern_fire.number]


def test_while_an_emergency_holds_a_dispatcher_closes_service_requests_only(
    supervisor: Actor, dispatcher: Actor, northern_fire: Incident, southern_pipe: Incident, done, now: datetime
) -> None:
    switch(supervisor, now)

    with pytest.raises(ClosingIsReserved):
        services.close_incident(dispatcher, incident_id=northern_fire.pk, disposition="done", at=now, now=now)
    services.close_incident(dispatcher, incident_id=southern_pipe.pk, disposition="done", at=now, now=now)
    services.close_incident(supervisor, incident_id=northern_fire.pk, disposition="done", at=now, now=now)


def test_an_emergency_of_the_south_changes_nothing_in_the_north(
    supervisor: Actor, dispatcher: Actor, south: Region, northern_fire: Incident, southern_pipe: Incident, done, now: datetime
) -> None:
    switch(supervisor, now, region=south)

    found = modes.in_force()
    assert modes.covering(found, southern_pipe.region_id) is not None and modes.covering(found, northern_fire.region_id) is None
    services.close_incident(dispatcher, incident_id=northern_fire.pk, disposition="done", at=now, now=now)


def test_the_same_switch_twice_is_refused_and_another_level_takes_its_place(supervisor: Actor, commander: Actor, now: datetime) -> None:
    switch(supervisor, now)

    with pytest.raises(EmergencyHolds):
        switch(commander, now)
    switch(commander, now, level="I")

    assert [mode.level for mode in modes.in_force()] == ["I"]
    assert CityMode.objects.count() == 2


def test_who_has_authority_over_a_district_only_does_not_switch_the_city(person, north: Region, south: Region, now: datetime) -> None:
    chief = person("district_supervisor", (Role.SUPERVISOR, None, north))

    switch(chief, now, region=north)
    for region in (None, south):
        with pytest.raises(Forbidden):
            switch(chief, now, region=region)


def test_a_dispatcher_does_not_switch_and_nobody_does_without_a_reason(dispatcher: Actor, supervisor: Actor, now: datetime) -> None:
    with pytest.raises(Forbidden):
        switch(dispatcher, now)
    with pytest.raises(ReasonMissing):
        services.switch_mode(supervisor, region_id=None, level="II", reason=" ", incident_id=None, now=now)
    assert modes.in_force() == []


def test_everybody_who_watches_hears_of_the_city_s_switch_and_only_those_concerned_of_a_district_s(
    supervisor: Actor, dispatcher: Actor, fire_chief_north: Actor, fire_chief_south: Actor, south: Region, now: datetime
) -> None:
    from access.selectors import scopes_of

    def hear(name: str) -> list[bool]:
        entry = Entry.objects.filter(name=name).latest("id")
        return [bool(scopes_of(actor) & set(entry.scopes)) for actor in (dispatcher, fire_chief_north, fire_chief_south)]

    mode = switch(supervisor, now)
    assert hear("incidents.mode_switched") == [True, True, True]
    services.end_mode(supervisor, mode_id=mode.pk, reason="雨停", looked=all_of(supervisor, mode), now=now)
    assert hear("incidents.mode_ended") == [True, True, True]
    switch(supervisor, now, region=south)
    assert hear("incidents.mode_switched") == [True, False, True]


def test_what_a_switch_would_change_is_told_with_its_numbers(
    supervisor: Actor, northern_fire: Incident, southern_pipe: Incident, south: Region, now: datetime
) -> None:
    everywhere, in_the_south = modes.effects(supervisor, None, level="", now=now), modes.effects(supervisor, south, level="II", now=now)

    assert [sentence.split()[0] for sentence in everywhere.will[:1]] == ["1"]
    assert everywhere.will[2].startswith("1 ") and in_the_south.will[2].startswith("0 ")
    assert everywhere.will_not
