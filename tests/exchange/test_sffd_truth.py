"""What the product says of a real fortnight equals what the file says, computed here without the product."""

import csv
import json
import time
from collections import defaultdict
from datetime import datetime
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from access.actors import Actor
from access.models import Membership, User
from incidents.models import Assignment, Incident
from journal.models import Entry
from resources.models import Unit
from tests.insight.clocks import set_first_values

FILE = Path(__file__).resolve().parents[3] / "shared" / "data" / "sf-fire" / "calls-2020-04-07_20.csv"
PERCENTILES = {"p50": 0.5, "p90": 0.9, "p95": 0.95}

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not FILE.exists(), reason="the San Francisco file is not beside this checkout (../shared/data/sf-fire)"),
]

Spans = dict[str, dict[str, list[float]]]


def moment(text: str) -> datetime | None:
    return datetime.strptime(text, "%m/%d/%Y %I:%M:%S %p") if text.strip() else None  # noqa: DTZ007  (differences alone matter)


def interpolated(values: list[float], share: float) -> float:
    ordered = sorted(values)
    place = (len(ordered) - 1) * share
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)


def told_by(rows: list[dict[str, str]]) -> Spans:
    """Seconds of every span, by call group and under "*" for all."""
    calls: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row in rows:
        calls[row["Call Number"]].append(row)
    spans: Spans = defaultdict(lambda: defaultdict(list))

    def note(group: str, span: str, start: datetime | None, end: datetime | None) -> None:
        if start and end:
            for name in (group, "*"):
                spans[name][span].append((end - start).total_seconds())

    for units in calls.values():
        group = units[0]["Call Type Group"]
        first = {
            name: min(filter(None, (moment(unit[f"{name} DtTm"]) for unit in units)), default=None) for name in ("Received", "Dispatch", "On Scene")
        }
        note(group, "process", first["Received"], first["Dispatch"])
        note(group, "total", first["Received"], first["On Scene"])
        for unit in units:
            note(group, "turnout", moment(unit["Dispatch DtTm"]), moment(unit["Response DtTm"]))
            note(group, "travel", moment(unit["Response DtTm"]), moment(unit["On Scene DtTm"]))
            note(group, "on_scene", moment(unit["On Scene DtTm"]), moment(unit["Available DtTm"]))
    return spans


@pytest.fixture(scope="module")
def rows() -> list[dict[str, str]]:
    with FILE.open(newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def city_of_the_file(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The whole file brought in once for all tests of this module, and taken back after them."""
    from django.db import connection, transaction
    from django.utils import timezone

    with django_db_blocker.unblock(), transaction.atomic():
        person = User.objects.create_user(username="historian", name="Historian", password="a long enough secret")
        Membership.objects.create(user=person, role="importer", starts_at=timezone.now())
        Membership.objects.create(user=person, role="supervisor", starts_at=timezone.now())
        set_first_values()
        said = StringIO()
        began = time.monotonic()
        rejects = tmp_path_factory.mktemp("rejects") / "rejected.csv"
        call_command("import_cad", str(FILE), profile="sffd", username="historian", rejects=rejects, stdout=said, stderr=StringIO())
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE incidents_incident, incidents_assignment, incidents_report")  # autovacuum cannot see this transaction
        yield {"counts": json.loads(said.getvalue().splitlines()[-1]), "seconds": time.monotonic() - began, "said": said.getvalue(), "person": person}
        transaction.set_rollback(True)


def answer(**options: Any) -> dict[str, Any]:
    said = StringIO()
    call_command("intervals", json=True, stdout=said, **options)
    return json.loads(said.getvalue())


def test_every_row_of_the_file_is_accounted_for(city_of_the_file: Any, rows: list[dict[str, str]]) -> None:
    counts = city_of_the_file["counts"]

    assert counts == {
        "rows": len(rows),
        "incidents": len({row["Call Number"] for row in rows}),
        "units": len({row["Unit ID"] for row in rows}),
        "assignments": len({(row["Call Number"], row["Unit ID"]) for row in rows}),
        "rejected": 0,
    }
    assert counts["rows"] == counts["assignments"] + counts["rejected"] == 10_410
    assert (Incident.objects.count(), Unit.objects.count(), Assignment.objects.count()) == (5_292, 199, 10_410)
    assert Entry.objects.filter(name="incidents.history_imported").count() == 5_292


@pytest.mark.alone
def test_the_whole_file_is_in_within_a_minute(city_of_the_file: Any) -> None:
    assert city_of_the_file["seconds"] <= 60


@pytest.mark.parametrize("span", ["process", "turnout", "travel", "on_scene", "total"])
def test_every_span_of_every_group_equals_the_file(city_of_the_file: Any, rows: list[dict[str, str]], span: str) -> None:
    truth = told_by(rows)

    said = answer(since="2020-04-07T00:00", until="2020-04-21T00:00", zone="America/Los_Angeles")

    assert set(said["groups"]) == set(truth) - {"*"}
    for group, figures in {**said["groups"], "*": said["all"]}.items():
        values = [value for value in truth[group][span] if value >= 0]
        assert figures[span]["n"] == len(values)
        assert figures[span]["reversed"] == len(truth[group][span]) - len(values)
        for name, share in PERCENTILES.items():
            assert figures[span][name] == pytest.approx(interpolated(values, share), abs=1e-6)


def test_the_share_within_the_clocks_equals_the_file(city_of_the_file: Any, rows: list[dict[str, str]]) -> None:
    truth = told_by(rows)["*"]

    said = answer(since="2020-04-07", until="2020-04-20", zone="America/Los_Angeles")["all"]

    assert said["process"]["share"] == pytest.approx(sum(0 <= value <= 60 for value in truth["process"]) / len(truth["process"]))
    assert said["travel"]["share"] == pytest.approx(sum(0 <= value <= 240 for value in truth["travel"]) / len(truth["travel"]))
    assert said["on_scene"]["share"] is None


def test_one_day_in_the_clock_of_the_source_equals_that_day_of_the_file(city_of_the_file: Any, rows: list[dict[str, str]]) -> None:
    day = [row for row in rows if row["Received DtTm"].startswith("04/09/2020")]
    truth = [value for value in told_by(day)["*"]["process"] if value >= 0]

    said = answer(since="2020-04-09", until="2020-04-09", zone="America/Los_Angeles")

    assert said["incidents"] == len({row["Call Number"] for row in day})
    assert said["all"]["process"]["n"] == len(truth)
    assert said["all"]["process"]["p95"] == pytest.approx(interpolated(truth, 0.95))


def test_a_second_run_of_the_whole_file_makes_nothing(city_of_the_file: Any, tmp_path: Path) -> None:
    said = StringIO()

    call_command("import_cad", str(FILE), profile="sffd", username="historian", rejects=tmp_path / "r.csv", stdout=said, stderr=StringIO())

    assert json.loads(said.getvalue().splitlines()[-1]) == {"rows": 10_410, "incidents": 0, "units": 0, "assignments": 0, "rejected": 0}
    assert "5292 incidents were there already, 0 were corrected" in said.getvalue()


def test_who_may_analyse_sees_the_same_figures_and_who_may_not_sees_none(city_of_the_file: Any) -> None:
    mine = answer(username="historian", since="2020-04-07", until="2020-04-21")
    User.objects.create_user(username="stranger", name="Stranger", password="a long enough secret")

    theirs = answer(username="stranger", since="2020-04-07", until="2020-04-21")

    assert mine["all"]["process"]["n"] == 5_292
    assert Actor.of_user(User.objects.get(username="stranger")).grants == ()
    assert (theirs["incidents"], theirs["all"]["process"]["n"], theirs["all"]["process"]["p50"]) == (0, 0, None)
