"""Taking a call."""

from datetime import datetime, timedelta

import pytest

from access.actors import Actor
from access.models import Region
from incidents import selectors, services
from incidents.models import Incident, IncidentType, Report
from incidents.services.reporting import NewReport
from journal.models import Entry
from kit.errors import Forbidden, Invalid, NotFound
from kit.geo import Position
from tests.conftest import SOUTH_POINT, a_report


def test_a_call_becomes_an_incident_of_the_region_and_department_it_concerns(
    call_taker: Actor, building_fire: IncidentType, north: Region, south: Region, now: datetime
) -> None:
    incident = services.report_incident(call_taker, report=a_report(building_fire, now), now=now)

    assert (incident.region, incident.department, incident.kind, incident.severity) == (north, building_fire.department, "EMERGENCY", 2)
    assert incident.number.endswith("-0001")


def test_the_callers_words_the_point_and_the_geocoders_answer_stay_three_things(
    call_taker: Actor, building_fire: IncidentType, north: Region, now: datetime
) -> None:
    report = a_report(
        building_fire, now, place_words="莲花池桥底下", address="莲花池东路 12 号", geocoder_answer={"label": "莲花池公园", "confidence": 0.4}
    )

    incident = services.report_incident(call_taker, report=report, now=now)

    row = incident.reports.get()
    assert (row.place_words, row.geocoder_answer["label"], incident.address) == ("莲花池桥底下", "莲花池公园", "莲花池东路 12 号")


def test_a_point_alone_is_place_enough(call_taker: Actor, building_fire: IncidentType, north: Region, now: datetime) -> None:
    incident = services.report_incident(call_taker, report=a_report(building_fire, now, place_words=""), now=now)

    assert incident.address == "39.95000, 116.40000"


def test_a_call_without_any_place_is_refused(call_taker: Actor, building_fire: IncidentType, now: datetime) -> None:
    with pytest.raises(Invalid) as refusal:
        services.report_incident(call_taker, report=a_report(building_fire, now, place_words=" ", position=None), now=now)

    assert "place" in refusal.value.fields


def test_a_partner_that_sends_the_same_call_again_gets_the_same_incident(
    partner: Actor, building_fire: IncidentType, north: Region, now: datetime
) -> None:
    report = a_report(building_fire, now, source="PARTNER", external_id="110-778")

    first = services.report_incident(partner, report=report, now=now)
    again = services.report_incident(partner, report=report, now=now + timedelta(seconds=5))

    assert first == again
    assert Incident.objects.count() == Report.objects.count() == 1


def test_a_second_caller_is_one_more_report_not_a_closed_incident(
    call_taker: Actor, northern_fire: Incident, building_fire: IncidentType, now: datetime
) -> None:
    services.attach_report(call_taker, incident_id=northern_fire.pk, report=a_report(building_fire, now, caller_name="李先生"), now=now)

    assert [report.caller_name for report in northern_fire.reports.all()] == ["张女士", "李先生"]


def test_a_fire_chief_does_not_take_calls_for_the_water_company(
    fire_chief_north: Actor, burst_pipe: IncidentType, north: Region, now: datetime
) -> None:
    with pytest.raises((Forbidden, NotFound)):
        services.report_incident(fire_chief_north, report=a_report(burst_pipe, now), now=now)


@pytest.mark.parametrize(("lon", "lat"), [(float("nan"), 0), (1e300, 0), (181, 0), (0, -91), (float("inf"), 0)])
def test_an_impossible_point_never_reaches_the_geometry_library(lon: float, lat: float) -> None:
    with pytest.raises(Invalid):
        Position(lon, lat)


def test_control_characters_in_a_callers_words_are_dropped(call_taker: Actor, building_fire: IncidentType, north: Region, now: datetime) -> None:
    incident = services.report_incident(call_taker, report=a_report(building_fire, now, words="二楼\x00冒烟\x1b[2J\n快来"), now=now)

    assert incident.reports.get().words == "二楼冒烟[2J\n快来"


def test_the_summary_of_a_callers_words_keeps_chinese_punctuation(
    call_taker: Actor, building_fire: IncidentType, north: Region, now: datetime
) -> None:
    incident = services.report_incident(call_taker, report=a_report(building_fire, now, words="冒黑烟，能看到明火（Ｂ座\t１０层）！"), now=now)

    assert incident.summary == "冒黑烟，能看到明火（B座 10层）！"


def test_numbers_of_one_day_are_never_given_twice(call_taker: Actor, building_fire: IncidentType, north: Region, now: datetime) -> None:
    numbers = [services.report_incident(call_taker, report=a_report(building_fire, now), now=now).number for _ in range(3)]

    assert [number[-4:] for number in numbers] == ["0001", "0002", "0003"]


def test_both_facts_are_recorded_without_any_name_or_phone_number(northern_fire: Incident) -> None:
    entries = list(Entry.objects.filter(about__contains=[f"incident:{northern_fire.pk}"]).order_by("id"))

    assert [entry.name for entry in entries] == ["incidents.incident_opened", "incidents.report_taken"]
    assert "138" not in str([entry.data for entry in entries])


def test_each_sees_only_the_incidents_of_their_own(
    dispatcher: Actor,
    fire_chief_north: Actor,
    fire_chief_south: Actor,
    outsider: Actor,
    citizen: Actor,
    northern_fire: Incident,
    southern_pipe: Incident,
) -> None:
    def seen(actor: Actor) -> set[str]:
        return {incident.number for incident in selectors.incidents(actor)}

    assert seen(dispatcher) == {northern_fire.number, southern_pipe.number}
    assert seen(fire_chief_north) == {northern_fire.number}
    assert seen(fire_chief_south) == seen(outsider) == seen(citizen) == set()


def test_an_unknown_type_is_refused(call_taker: Actor, now: datetime) -> None:
    with pytest.raises(Invalid):
        services.report_incident(call_taker, report=NewReport("PHONE", 999_999, "某处", now, position=SOUTH_POINT), now=now)
