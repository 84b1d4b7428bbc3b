"""Hostile and odd files: each costs its own rows and is told, never more."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from exchange.cad import profiles
from exchange.cad.calls import Call
from exchange.cad.lines import FileUnreadable
from exchange.cad.profiles import Profile
from exchange.cad.reading import Reading
from exchange.cad.rejects import RejectsFile
from tests.exchange.files import HEADING, row, write

LINE = "{call},E32,Medical Incident,,ENGINE,,4000 MISSION ST,,32,,04/07/2020 11:53:08 PM,,,,,,,\n"


@pytest.fixture
def sffd() -> Profile:
    return profiles.load("sffd", changes={})


def read(path: Path, profile: Profile) -> tuple[list[Call], list[tuple[int, str]], Reading]:
    reading = Reading(path, profile)
    calls = [call for batch in reading.batches(1000) for call in batch]
    return calls, [(one.line, one.reason) for one in reading.told.rejected], reading


def raw(path: Path, *lines: bytes | str) -> Path:
    path.write_bytes(b"".join(line if isinstance(line, bytes) else line.encode() for line in (",".join(HEADING) + "\n", *lines)))
    return path


def test_a_mark_at_the_beginning_of_the_file_does_not_hide_the_first_column(tmp_path: Path, sffd: Profile) -> None:
    calls, rejected, _reading = read(write(tmp_path / "a.csv", [row("1", "E32")], encoding="utf-8-sig"), sffd)

    assert ([call.id for call in calls], rejected) == (["1"], [])


def test_a_file_in_utf_16_is_refused_with_what_to_do(tmp_path: Path, sffd: Profile) -> None:
    path = write(tmp_path / "a.csv", [row("1", "E32")], encoding="utf-16")

    with pytest.raises(FileUnreadable, match="The file is UTF-16, not UTF-8"):
        read(path, sffd)


def test_bytes_that_are_not_utf_8_cost_their_row_alone(tmp_path: Path, sffd: Profile) -> None:
    path = raw(tmp_path / "a.csv", LINE.format(call="1"), LINE.format(call="2").encode().replace(b"MISSION", b"\xc3\x28"), LINE.format(call="3"))

    calls, rejected, _reading = read(path, sffd)

    assert [call.id for call in calls] == ["1", "3"]
    assert len(rejected) == 1
    assert rejected[0][0] == 3
    assert "is not utf-8" in rejected[0][1]


def test_a_nul_character_costs_its_row_alone_and_can_be_written_to_the_rejects(tmp_path: Path, sffd: Profile) -> None:
    path = raw(tmp_path / "a.csv", LINE.format(call="1\0"), LINE.format(call="2"))

    calls, rejected, reading = read(path, sffd)
    with RejectsFile(tmp_path / "rejects.csv") as rejects:
        rejects.add(reading.told.rejected, reading.heading)

    assert [call.id for call in calls] == ["2"]
    assert rejected == [(2, "there is a NUL character in the line")]
    assert b"\0" not in (tmp_path / "rejects.csv").read_bytes()


def test_a_quotation_mark_that_nobody_closes_does_not_swallow_the_rest(tmp_path: Path, sffd: Profile) -> None:
    path = raw(tmp_path / "a.csv", LINE.format(call='"1'), *(LINE.format(call=number) for number in range(2, 52)))

    calls, rejected, _reading = read(path, sffd)

    assert len(calls) == 50
    assert rejected == [(2, "a quotation mark is never closed")]


def test_a_line_break_inside_quotation_marks_is_part_of_the_cell(tmp_path: Path, sffd: Profile) -> None:
    calls, rejected, _reading = read(write(tmp_path / "a.csv", [row("1", "E32", address="4000\nMISSION ST"), row("2", "E32")]), sffd)

    assert rejected == []
    assert [call.address for call in calls] == ["4000 MISSION ST, San Francisco", "4000 Block of MISSION ST, San Francisco"]


def test_huge_fields_and_lines_cost_their_rows_alone(tmp_path: Path, sffd: Profile) -> None:
    path = raw(tmp_path / "a.csv", LINE.format(call="1" * 10_000), LINE.format(call="2" * 1_000_000), LINE.format(call="3"))

    calls, rejected, _reading = read(path, sffd)

    assert [call.id for call in calls] == ["3"]
    assert rejected == [(2, "a field is longer than 8192 characters"), (3, "the line is longer than 262144 bytes")]


def test_too_few_and_too_many_cells_are_told(tmp_path: Path, sffd: Profile) -> None:
    path = raw(tmp_path / "a.csv", "1,E32\n", LINE.format(call="2").rstrip() + ",,\n", LINE.format(call="3"), "\n")

    calls, rejected, reading = read(path, sffd)

    assert [call.id for call in calls] == ["3"]
    assert rejected == [(2, "2 cells where the heading has 18"), (3, "20 cells where the heading has 18")]
    assert reading.told.rows == 3


def test_an_empty_file_is_refused(tmp_path: Path, sffd: Profile) -> None:
    (tmp_path / "a.csv").write_text("")

    with pytest.raises(FileUnreadable, match="The file is empty"):
        read(tmp_path / "a.csv", sffd)


def test_a_file_that_is_not_there_is_said_so(tmp_path: Path, sffd: Profile) -> None:
    with pytest.raises(FileUnreadable, match="No such file"):
        read(tmp_path / "missing.csv", sffd)


def test_two_columns_of_the_same_name_are_refused(tmp_path: Path, sffd: Profile) -> None:
    (tmp_path / "a.csv").write_text(",".join([*HEADING, "Unit ID"]) + "\n")

    with pytest.raises(FileUnreadable, match="Two columns have the same name: Unit ID"):
        read(tmp_path / "a.csv", sffd)


def test_a_second_row_of_a_unit_in_a_call_is_told_apart_from_a_doubled_one(tmp_path: Path, sffd: Profile) -> None:
    rows = [row("1", "E32"), row("1", "E32"), row("1", "E32", on_scene="04/08/2020 12:03:00 AM")]

    _calls, rejected, _reading = read(write(tmp_path / "a.csv", rows), sffd)

    assert rejected == [(3, "the same as line 2"), (4, "line 2 has this unit in this call already")]


def test_a_call_that_nobody_received_is_told_row_by_row(tmp_path: Path, sffd: Profile) -> None:
    calls, rejected, _reading = read(write(tmp_path / "a.csv", [row("1", "E32", received=""), row("1", "T01", received="")]), sffd)

    assert calls == []
    assert rejected == [(2, "no time at which the call was received"), (3, "no time at which the call was received")]


def test_one_row_with_the_time_of_receipt_is_enough_for_its_call(tmp_path: Path, sffd: Profile) -> None:
    calls, rejected, reading = read(write(tmp_path / "a.csv", [row("1", "E32", received=""), row("1", "T01")]), sffd)

    assert (len(calls), rejected) == (1, [])
    assert reading.told.warnings()["missing times"] == 1


def test_a_place_that_cannot_be_is_told_and_the_call_used(tmp_path: Path, sffd: Profile) -> None:
    rows = [row("1", "E1", location="(1e300, 4)"), row("2", "E1", location="somewhere"), row("3", "E1", location="POINT (-122.4 37.7)")]

    calls, rejected, reading = read(write(tmp_path / "a.csv", rows), sffd)

    assert rejected == []
    assert [call.position and (call.position.lon, call.position.lat) for call in calls] == [None, None, (-122.4, 37.7)]
    assert reading.told.warnings()["no place"] == 2


def test_the_clock_of_the_source_counts_past_midnight_and_into_winter(tmp_path: Path, sffd: Profile) -> None:
    rows = [row("1", "E1"), row("2", "E1", **dict.fromkeys(("received", "dispatched"), "12/31/2020 11:59:59 PM"))]

    calls, _rejected, _reading = read(write(tmp_path / "a.csv", rows), sffd)

    assert calls[0].runs[0].times["on_scene"] == datetime(2020, 4, 8, 7, 0, tzinfo=UTC)
    assert calls[1].received_at == datetime(2021, 1, 1, 7, 59, 59, tzinfo=UTC)


def test_of_the_hour_that_comes_twice_the_one_that_follows_is_taken_and_told(tmp_path: Path, sffd: Profile) -> None:
    times = {
        "received": "11/01/2020 01:50:00 AM",
        "entered": "",
        "dispatched": "11/01/2020 01:55:00 AM",
        "en_route": "11/01/2020 01:05:00 AM",
        "on_scene": "11/01/2020 01:15:00 AM",
        "cleared": "11/01/2020 03:00:00 AM",
    }

    calls, rejected, reading = read(write(tmp_path / "a.csv", [row("1", "E1", **times)]), sffd)

    run = calls[0].runs[0].times
    assert rejected == []
    assert (run["en_route"] - run["dispatched"]).total_seconds() == 600
    assert (run["on_scene"] - run["en_route"]).total_seconds() == 600
    assert reading.told.warnings()["clock changed"] == 4


def test_an_hour_that_never_was_is_told(tmp_path: Path, sffd: Profile) -> None:
    calls, _rejected, reading = read(write(tmp_path / "a.csv", [row("1", "E1", received="03/08/2020 02:30:00 AM")]), sffd)

    assert calls[0].received_at == datetime(2020, 3, 8, 10, 30, tzinfo=UTC)
    assert "did not exist" in reading.told.warned[0].detail
