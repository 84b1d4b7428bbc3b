"""An importer brings in the history of another system with one command."""

import csv
import json
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from access.actors import Actor
from access.models import Department, Region
from incidents import services as incidents
from incidents.models import Assignment, Incident, Report
from journal import selectors as journal
from journal.models import Entry
from resources.models import Station, Unit
from tests.exchange.files import HEADING, TIMES, row, write


def bring_in(path: Path, person: str = "importer", **options: Any) -> tuple[dict[str, int], str]:
    """Run the command; give its last line and everything it said."""
    said = StringIO()
    call_command("import_cad", str(path), profile=options.pop("profile", "sffd"), username=person, stdout=said, stderr=StringIO(), **options)
    text = said.getvalue()
    return json.loads(text.strip().splitlines()[-1]), text


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type, misc]


@pytest.fixture
def two_calls(tmp_path: Path) -> Path:
    transport = {"transporting": "04/08/2020 12:23:18 AM", "at_destination": "04/08/2020 12:40:00 AM"}
    clocks = zip(TIMES, ("10:00:00", "10:00:30", "10:01:00", "10:02:00", "10:05:00", "", "", "10:30:00"), strict=True)
    later = {name: f"04/09/2020 {clock} AM" if clock else "" for name, clock in clocks}
    rows = [
        row("200983546", "E32"),
        row("200983546", "85", unit_type="MEDIC", on_scene="04/08/2020 12:02:21 AM", cleared="04/08/2020 01:35:00 AM", **transport),
        row("200983599", "E32", type="Structure Fire", group="Fire", disposition="Fire", **later),
    ]
    return write(tmp_path / "calls.csv", rows)


def test_an_importer_brings_in_calls_with_their_true_times(importer: Actor, two_calls: Path) -> None:
    counts, _said = bring_in(two_calls)

    assert counts == {"rows": 3, "incidents": 2, "units": 2, "assignments": 3, "rejected": 0}
    incident = Incident.objects.get(external_id="sffd:200983546")
    assert incident.status == "CLOSED"
    assert incident.disposition is not None
    assert incident.disposition.name_en == "Code 2 Transport"
    assert incident.call_received_at == utc(2020, 4, 8, 6, 53, 8)
    assert incident.created_at == utc(2020, 4, 8, 6, 55, 30)
    assert incident.first_assigned_at == utc(2020, 4, 8, 6, 55, 56)
    assert incident.first_on_scene_at == utc(2020, 4, 8, 7, 0, 0)
    assert incident.last_cleared_at == incident.closed_at == utc(2020, 4, 8, 8, 35, 0)
    assert incident.type.group == "Non Life-threatening"
    assert incident.point is not None
    assert round(incident.point.x, 4) == -122.4278


def test_every_time_says_that_it_was_imported_and_by_whom(importer: Actor, two_calls: Path) -> None:
    bring_in(two_calls)

    medic = Assignment.objects.get(unit__code="85")
    assert set(medic.sources) == {"DISPATCHED", "EN_ROUTE", "ON_SCENE", "TRANSPORTING", "AT_DESTINATION", "CLEARED"}
    assert {(told["source"], told["actor"]) for told in medic.sources.values()} == {("IMPORT", importer.key)}
    assert medic.transporting_at == utc(2020, 4, 8, 7, 23, 18)
    assert Report.objects.get(incident=medic.incident).source == "CAD"


def test_each_incident_has_one_fact_and_its_history_is_kept_by_trigger(importer: Actor, two_calls: Path) -> None:
    bring_in(two_calls)

    incident = Incident.objects.get(external_id="sffd:200983546")
    assert [line.entry.name for line in journal.timeline(incident)] == ["incidents.history_imported"]
    assert journal.timeline(incident)[0].entry.data == {"incident_id": incident.pk, "assignments": 2, "external_id": "sffd:200983546"}
    assert Entry.objects.filter(name="incidents.history_imported").count() == 2
    assert incident.history.count() == 1


def test_the_planner_knows_at_once_what_was_brought_in(importer: Actor, two_calls: Path) -> None:
    bring_in(two_calls)

    with connection.cursor() as cursor:
        cursor.execute("SELECT reltuples FROM pg_class WHERE relname = 'incidents_assignment'")
        assert cursor.fetchone() == (3,)


def test_the_department_and_its_region_are_made_and_labelled_as_approximate(importer: Actor, two_calls: Path) -> None:
    bring_in(two_calls)

    region = Region.objects.get(code="US-CA-SF")
    assert (region.level, region.is_approximate) == ("CITY", True)
    assert Department.objects.get(code="sffd").name_en == "San Francisco Fire Department"
    assert Incident.objects.filter(region=region, department__code="sffd").count() == 2
    assert Unit.objects.get(code="E32").station == Station.objects.get(code="sffd-32")


def test_the_same_file_twice_makes_nothing_new(importer: Actor, two_calls: Path) -> None:
    bring_in(two_calls)
    entries, sources = Entry.objects.count(), list(Assignment.objects.values_list("sources", flat=True))

    counts, said = bring_in(two_calls)

    assert counts == {"rows": 3, "incidents": 0, "units": 0, "assignments": 0, "rejected": 0}
    assert "2 incidents were there already" in said
    assert (Entry.objects.count(), list(Assignment.objects.values_list("sources", flat=True))) == (entries, sources)


def test_a_longer_file_adds_only_what_is_new(importer: Actor, tmp_path: Path) -> None:
    bring_in(write(tmp_path / "short.csv", [row("1", "E32")]))

    counts, _said = bring_in(write(tmp_path / "long.csv", [row("1", "E32"), row("1", "T11", on_scene="04/07/2020 11:59:00 PM"), row("2", "E32")]))

    assert counts == {"rows": 3, "incidents": 1, "units": 1, "assignments": 2, "rejected": 0}
    incident = Incident.objects.get(external_id="sffd:1")
    assert incident.assignments.count() == 2
    assert incident.first_on_scene_at == utc(2020, 4, 8, 6, 59, 0)


def test_a_corrected_row_corrects_its_times_and_the_journal_says_so(importer: Actor, tmp_path: Path) -> None:
    bring_in(write(tmp_path / "first.csv", [row("1", "E32")]))

    counts, said = bring_in(write(tmp_path / "second.csv", [row("1", "E32", on_scene="04/08/2020 12:01:00 AM", disposition="No Merit")]))

    assert counts["incidents"] == counts["assignments"] == 0
    assert "1 were corrected" in said
    incident = Incident.objects.get(external_id="sffd:1")
    assert incident.first_on_scene_at == Assignment.objects.get(incident=incident).on_scene_at == utc(2020, 4, 8, 7, 1, 0)
    assert incident.disposition is not None
    assert incident.disposition.name_en == "No Merit"
    fact = Entry.objects.get(name="incidents.history_corrected")
    assert fact.data["after"]["first_on_scene_at"] == "2020-04-08T07:01:00+00:00"


def test_an_incident_that_people_took_up_again_is_left_alone(importer: Actor, tmp_path: Path) -> None:
    bring_in(write(tmp_path / "first.csv", [row("1", "E32")]))
    incident = Incident.objects.get(external_id="sffd:1")
    incidents.reopen_incident(Actor.system("test"), incident_id=incident.pk, reason="There is smoke again", now=utc(2026, 1, 1))

    _counts, said = bring_in(write(tmp_path / "second.csv", [row("1", "E32", on_scene="04/08/2020 12:01:00 AM")]))

    incident.refresh_from_db()
    assert incident.first_on_scene_at == utc(2020, 4, 8, 7, 0, 0)
    assert "left alone, because people here took them up again: sffd:1" in said


def test_a_dry_run_counts_everything_and_keeps_nothing(importer: Actor, two_calls: Path) -> None:
    counts, said = bring_in(two_calls, dry_run=True)

    assert counts == {"rows": 3, "incidents": 2, "units": 2, "assignments": 3, "rejected": 0}
    assert "nothing was kept" in said
    assert not Incident.objects.exists()
    assert not Department.objects.filter(code="sffd").exists()
    assert not Entry.objects.filter(name="incidents.history_imported").exists()


def test_a_dispatcher_is_told_who_may_import(dispatcher: Actor, importer: Actor, two_calls: Path) -> None:
    with pytest.raises(CommandError, match=r"dispatcher may not bring in the history of another system\. These may: importer"):
        bring_in(two_calls, person="dispatcher")

    assert not Incident.objects.exists()


def test_nobody_is_told_who_may_import(importer: Actor, two_calls: Path) -> None:
    with pytest.raises(CommandError, match=r"There is no person 'nobody'\. These may bring in histories: importer"):
        bring_in(two_calls, person="nobody")


def test_a_unit_code_that_another_department_has_gets_the_departments_mark(importer: Actor, new_unit: Any, two_calls: Path) -> None:
    ours = new_unit("E32")

    bring_in(two_calls)
    bring_in(two_calls)

    assert not Assignment.objects.filter(unit=ours).exists()
    assert Assignment.objects.filter(unit__code="sffd-E32").count() == 2


def test_rows_of_one_call_may_lie_anywhere_in_the_file(importer: Actor, tmp_path: Path) -> None:
    rows = [row("1", "E01"), row("2", "E02"), row("1", "E03")]

    counts, _said = bring_in(write(tmp_path / "calls.csv", rows))

    assert counts["incidents"] == 2
    assert Incident.objects.get(external_id="sffd:1").assignments.count() == 2


def test_a_call_without_an_end_is_closed_at_its_last_known_time_and_told(importer: Actor, tmp_path: Path) -> None:
    counts, said = bring_in(write(tmp_path / "calls.csv", [row("1", "E32", cleared="")]))

    assignment = Assignment.objects.get()
    assert (counts["assignments"], counts["rejected"]) == (1, 0)
    assert (assignment.step, assignment.cleared_at) == ("CLEARED", None)
    assert assignment.incident.closed_at == utc(2020, 4, 8, 7, 0, 0)
    assert "missing times: 1 rows" in said


def test_reversed_times_are_kept_as_they_are_and_told(importer: Actor, tmp_path: Path) -> None:
    _counts, said = bring_in(write(tmp_path / "calls.csv", [row("1", "E32", cleared="04/07/2020 11:59:00 PM")]))

    assert Assignment.objects.get().cleared_at == utc(2020, 4, 8, 6, 59, 0)
    assert "reversed times: 1 rows, used all the same (line 2: cleared before on_scene)" in said


def test_rejected_rows_go_to_a_file_with_line_reason_and_no_formula(importer: Actor, tmp_path: Path) -> None:
    rows = [row("1", "E32"), row("", "E32"), row("1", "E32"), row("2", "E32", on_scene="yesterday", address='=HYPERLINK("http://example.org")')]
    path = write(tmp_path / "calls.csv", rows)

    counts, _said = bring_in(path)

    assert counts == {"rows": 4, "incidents": 1, "units": 1, "assignments": 1, "rejected": 3}
    with (tmp_path / "calls.csv.rejected.csv").open(newline="", encoding="utf-8-sig") as file:
        told = list(csv.DictReader(file))
    assert [(one["line"], one["reason"]) for one in told] == [
        ("3", "no call number"),
        ("4", "the same as line 2"),
        ("5", "On Scene DtTm: 'yesterday' is not a time like %m/%d/%Y %I:%M:%S %p"),
    ]
    assert told[2]["Address"].startswith("'=HYPERLINK")


def test_a_clean_run_leaves_no_old_rejects_behind(importer: Actor, tmp_path: Path) -> None:
    path = write(tmp_path / "calls.csv", [row("1", "E32"), row("", "E32")])
    bring_in(path)
    write(path, [row("1", "E32")])

    bring_in(path)

    assert (tmp_path / "calls.csv.rejected.csv").read_text(encoding="utf-8-sig") == ""


def test_a_user_maps_arbitrary_columns_on_the_command_line(importer: Actor, tmp_path: Path) -> None:
    path = tmp_path / "local.csv"
    path.write_text("案号,车号,接警,出动,到场\nA-1,云梯1,2026-03-01 23:59:30,2026-03-02 00:00:10,2026-03-02 00:05:00\n", encoding="gb18030")
    options = {
        "profile": "columns",
        "map": ["call=案号", "unit=车号", "received=接警", "dispatched=出动", "on_scene=到场"],
        "zone": "Asia/Shanghai",
        "department": "jinan-fire",
        "encoding": "gb18030",
    }

    counts, _said = bring_in(path, **options)

    assert counts == {"rows": 1, "incidents": 1, "units": 1, "assignments": 1, "rejected": 0}
    assert Assignment.objects.get(unit__code="云梯1").dispatched_at == utc(2026, 3, 1, 16, 0, 10)


def test_a_user_writes_a_profile_of_their_own(importer: Actor, tmp_path: Path) -> None:
    (tmp_path / "ours.toml").write_text(
        'extends = "columns"\ntime_zone = "Europe/Berlin"\n[department]\ncode = "fw"\nname = "Feuerwehr"\n'
        '[columns]\ncall = "Nr"\nunit = "Fahrzeug"\ndate = "Datum"\nreceived = "Eingang"\ndispatched = "Alarm"\n'
        'latitude = "Breite"\nlongitude = "Laenge"\n',
        encoding="utf-8",
    )
    path = tmp_path / "einsatz.csv"
    path.write_text("Nr,Fahrzeug,Datum,Eingang,Alarm,Breite,Laenge\n7,HLF 1,2026-05-05,23:59:50,00:00:40,52.5,13.4\n", encoding="utf-8")

    bring_in(path, profile=str(tmp_path / "ours.toml"))

    incident = Incident.objects.get(external_id="ours:7")
    assert incident.call_received_at == utc(2026, 5, 5, 21, 59, 50)
    assert incident.first_assigned_at == utc(2026, 5, 5, 22, 0, 40)
    assert incident.point is not None
    assert (incident.point.x, incident.point.y) == (13.4, 52.5)


def test_the_columns_profile_says_what_it_still_needs(importer: Actor, tmp_path: Path) -> None:
    path = write(tmp_path / "calls.csv", [row("1", "E32")])

    with pytest.raises(CommandError, match="names no department"):
        bring_in(path, profile="columns", zone="UTC", map=["call=Call Number"])
    with pytest.raises(CommandError, match="No column is given for unit, received"):
        bring_in(path, profile="columns", zone="UTC", map=["call=Call Number"], department="x")
    with pytest.raises(CommandError, match="is no time zone"):
        bring_in(path, profile="columns", zone="Mars/Olympus", map=["call=Call Number"], department="x")
    with pytest.raises(CommandError, match="There is no profile 'sfpd'"):
        bring_in(path, profile="sfpd")


def test_missing_columns_are_named_before_anything_is_made(importer: Actor, tmp_path: Path) -> None:
    heading = [name for name in HEADING if name not in ("Unit ID", "Dispatch DtTm")]
    path = write(tmp_path / "calls.csv", [row("1", "E32")], heading)

    with pytest.raises(CommandError, match="Columns are missing for the profile sffd: Unit ID or unit_id, Dispatch DtTm or dispatch_dttm"):
        bring_in(path)

    assert not Department.objects.filter(code="sffd").exists()
