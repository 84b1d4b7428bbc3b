"""Beside a call: warnings for the place, what happened there, what this number said before."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from access.actors import Actor
from access.models import Region
from incidents import services
from incidents.hazards import hazards_near
from incidents.models import Hazard, Incident, IncidentType
from incidents.nearby import calls_of_number, history_of_place, number_key
from incidents.services.hazards import NewHazard
from incidents.services.reporting import NewReport
from journal.models import Entry
from kit.errors import Forbidden, Invalid, Refused
from kit.geo import Position

HERE = Position(116.4, 39.95)
TODAY = date(2026, 11, 22)
CHLORINE = NewHazard(
    "H1", "第三水厂", "液氯储罐，顺风撤离", Position(116.401, 39.95), kind="DANGEROUS_GOODS", radius_m=200, warning_en="Chlorine: leave upwind"
)


@pytest.fixture
def said(building_fire: IncidentType, north: Region, now: datetime) -> NewReport:
    return NewReport(
        source="PHONE",
        type_id=building_fire.pk,
        place_words="东路 1 号",
        position=HERE,
        received_at=now,
        caller_phone="+86 138-0000-2201",
        words="冒烟",
    )


def load(admin: Actor, *hazards: NewHazard) -> object:
    return services.load_hazards(admin, hazards=hazards, source="water", digest="x")


def test_a_warning_is_told_as_far_as_it_reaches_and_as_long_as_it_lasts(admin: Actor):
    far = replace(CHLORINE, code="H2", radius_m=50)
    ended = replace(CHLORINE, code="H3", valid_until=TODAY - timedelta(days=1))
    load(admin, CHLORINE, far, ended)

    assert [each.hazard.code for each in hazards_near(HERE, on=TODAY)] == ["H1"]
    assert 80 < hazards_near(HERE, on=TODAY)[0].metres < 90
    assert hazards_near(Position(116.5, 39.95), on=TODAY) == []


def test_a_list_loaded_again_changes_only_what_changed_and_retires_what_it_no_longer_names(admin: Actor):
    load(admin, CHLORINE, replace(CHLORINE, code="H2"))

    again = load(admin, replace(CHLORINE, warning="已迁走一半"))

    assert (again.added, again.changed, again.retired, again.same) == (0, 1, 1, 0)
    assert not Hazard.objects.get(code="H2").is_active
    changed = Entry.objects.filter(name="access.reference_changed", data__before__warning="液氯储罐，顺风撤离").latest("id")
    assert changed.data["after"]["warning"] == "已迁走一半"


def test_only_those_who_keep_reference_data_load_hazards(dispatcher: Actor, admin: Actor):
    with pytest.raises(Forbidden):
        load(dispatcher, CHLORINE)
    with pytest.raises(Invalid):
        load(admin, CHLORINE, CHLORINE)
    with pytest.raises(Invalid):
        load(admin, replace(CHLORINE, kind="DRAGON"))


def test_a_file_of_a_chinese_spreadsheet_is_read_and_a_bad_line_named(db: None, tmp_path: Path):
    file = tmp_path / "hazards.csv"
    file.write_bytes("code,name,warning,lon,lat,radius_m\nH1,水厂,液氯,116.4,39.95,150\n".encode("gb18030"))
    call_command("load_hazards", file, "--source", "water", "--dry-run", verbosity=0)
    assert not Hazard.objects.exists()
    call_command("load_hazards", file, "--source", "water", verbosity=0)
    assert Hazard.objects.get().name == "水厂"

    file.write_text("code,name,warning,lon,lat\nH1,水厂,液氯,916.4,39.95\n", encoding="utf-8")
    with pytest.raises(CommandError, match="line 2"):
        call_command("load_hazards", file, "--source", "water", verbosity=0)


def test_history_counts_what_happened_within_fifty_metres_and_only_what_one_may_see(
    call_taker: Actor, fire_chief_south: Actor, said: NewReport, now: datetime
):
    for _ in range(2):
        services.report_incident(call_taker, report=said, now=now)
    services.report_incident(call_taker, report=replace(said, position=Position(116.402, 39.95)), now=now)

    history = history_of_place(call_taker, HERE, now=now)

    assert history.total == 2 and [number for _type, number in history.counts] == [2]
    assert history_of_place(fire_chief_south, HERE, now=now).total == 0


def test_a_number_is_known_however_it_is_written_and_the_look_is_recorded_without_it(
    call_taker: Actor, auditor: Actor, said: NewReport, now: datetime
):
    first = services.report_incident(call_taker, report=said, now=now)

    found = services.look_up_number(call_taker, number="138 0000 2201", now=now)

    assert [report.incident_id for report in found] == [first.pk]
    look = Entry.objects.get(name="incidents.number_looked_up")
    assert look.data == {"found": 1, "incident_ids": [first.pk]} and "2201" not in str(look.data)
    assert calls_of_number(call_taker, "13800002202", now=now) == [] and number_key("110") == ""
    with pytest.raises(Refused):
        services.look_up_number(auditor, number="13800002201", now=now)


def test_what_was_found_before_stands_beside_the_form_and_the_warning_on_the_incident(desk, admin, call_taker, said, now):  # type: ignore[no-untyped-def]
    load(admin, CHLORINE)
    incident: Incident = services.report_incident(call_taker, report=said, now=now)
    client = desk(call_taker)

    place = client.post("/intake/place/", {"lon": "116.4", "lat": "39.95"}).content.decode()
    number = client.post("/intake/number/", {"caller_phone": "13800002201"}).content.decode()
    page = client.get(f"/incidents/{incident.number}/").content.decode()

    assert "Chlorine: leave upwind" in place and "Here within a year" in place
    assert incident.number in number and "Earlier calls of this number" in number
    assert "Chlorine: leave upwind" in page


def test_coordinates_typed_as_the_place_are_shown_as_the_point_that_the_board_will_have(desk, call_taker):  # type: ignore[no-untyped-def]
    client = desk(call_taker)

    typed = client.post("/intake/place/", {"place": "39.95, 116.4"}).content.decode()
    put = client.post("/intake/place/", {"place": "39.95, 116.4", "lon": "116.41", "lat": "39.96"}).content.decode()
    nowhere = client.post("/intake/place/", {"place": "somewhere"}).content.decode()

    assert "39.95000, 116.40000 · read from the words" in typed
    assert "data-point-read" in typed and "data-point-read" not in put
    assert "No point yet" in nowhere
