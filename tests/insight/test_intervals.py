"""How long things took, on a few calls made by hand."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from access.actors import Actor
from access.models import Department, Region
from incidents import services as incidents
from incidents.models import Disposition, Incident, IncidentType
from incidents.models.assignments import Step
from incidents.past import PastAssignment, PastCall
from incidents.services.common import Moment
from insight import selectors, services
from insight.models import Clock
from insight.selectors import Question, SpanFigures
from journal.models import Entry
from kit.errors import Forbidden, Invalid
from tests.conftest import NORTH_POINT, NewUnitMaker, a_report

MORNING = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
Past = Callable[..., None]


@pytest.fixture
def past(importer: Actor, fire: Department, north: Region, building_fire: IncidentType, done: Disposition, new_unit: NewUnitMaker) -> Past:
    """A closed call, in seconds after it came: `past("1", sent=30, left=90, there=200, free=900)`; more units by `also`."""

    def bring(name: str, *also: dict[str, int], at: datetime = MORNING, type_: IncidentType = building_fire, **unit: int) -> None:
        steps = {"sent": Step.DISPATCHED, "left": Step.EN_ROUTE, "there": Step.ON_SCENE, "free": Step.CLEARED}
        runs = [
            PastAssignment(new_unit(f"{name}-{place}").pk, {steps[step]: at + timedelta(seconds=after) for step, after in times.items()})
            for place, times in enumerate([unit, *also])
            if times
        ]
        call = PastCall(
            external_id=name, department_id=fire.pk, region_id=north.pk, type_id=type_.pk, kind="EMERGENCY", severity=3, disposition_id=done.pk,
            received_at=at, entered_at=None, position=NORTH_POINT, address="x", assignments=tuple(runs),
        )  # fmt: skip
        incidents.import_history(importer, calls=[call], now=datetime.now(UTC))

    return bring


def ask(actor: Actor, **narrowed: Any) -> dict[tuple[str | None, str], SpanFigures]:
    question = Question(**({"since": MORNING - timedelta(days=1), "until": MORNING + timedelta(days=1), "now": datetime.now(UTC)} | narrowed))
    return {(one.group, one.span.code): one for one in selectors.intervals(actor, question)}


def test_an_analyst_reads_percentiles_with_their_n(supervisor: Actor, past: Past) -> None:
    for number, seconds in enumerate((10, 20, 30, 40)):
        past(str(number), sent=seconds, left=seconds + 50, there=seconds + 250, free=2000)

    figures = ask(supervisor)[None, "process"]

    assert (figures.n, figures.p50, figures.p90, figures.p95) == (4, 25.0, 37.0, 38.5)
    assert ask(supervisor)["Fire", "turnout"].p50 == 50.0
    assert ask(supervisor)[None, "travel"].p95 == 200.0


def test_process_is_to_the_first_unit_and_turnout_of_each(supervisor: Actor, past: Past) -> None:
    past("1", {"sent": 30, "left": 40, "there": 500}, sent=100, left=200, there=400, free=900)

    figures = ask(supervisor)

    assert (figures[None, "process"].n, figures[None, "process"].p50) == (1, 30.0)
    assert (figures[None, "turnout"].n, figures[None, "turnout"].p50) == (2, 55.0)
    assert figures[None, "total"].p50 == 400.0


def test_reversed_spans_are_counted_apart_and_missing_times_not_at_all(supervisor: Actor, past: Past) -> None:
    past("1", sent=30, left=20, there=300, free=400)
    past("2", sent=30, free=400)
    past("3")

    figures = ask(supervisor)

    assert (figures[None, "turnout"].n, figures[None, "turnout"].reversed, figures[None, "turnout"].p50) == (0, 1, None)
    assert figures[None, "process"].n == 2
    assert figures[None, "travel"].n == 1


def test_the_share_within_the_clock_counts_what_is_still_waiting_past_it_as_late(
    supervisor: Actor, past: Past, call_taker: Actor, building_fire: IncidentType, south: Region
) -> None:
    now = datetime.now(UTC)
    past("1", sent=30, at=now - timedelta(hours=2))
    past("2", sent=59, at=now - timedelta(hours=2))
    past("3", sent=61, at=now - timedelta(hours=2))
    incidents.report_incident(call_taker, report=a_report(building_fire, now - timedelta(seconds=90)), now=now)
    incidents.report_incident(call_taker, report=a_report(building_fire, now - timedelta(seconds=10)), now=now)

    figures = ask(supervisor, since=now - timedelta(days=1), until=now + timedelta(days=1), now=now)[None, "process"]

    assert (figures.n, figures.within, figures.overdue) == (3, 2, 1)
    assert figures.share == 0.5


def test_a_unit_that_has_not_left_in_time_is_overdue(
    supervisor: Actor, dispatcher: Actor, northern_fire: Incident, engine_7: Any, moment: Moment, now: datetime
) -> None:
    incidents.dispatch_unit(dispatcher, incident_id=northern_fire.pk, unit_id=engine_7.pk, moment=moment, now=now)

    figures = ask(supervisor, since=now - timedelta(hours=1), until=now + timedelta(hours=1), now=now + timedelta(seconds=81))

    assert figures[None, "turnout"].overdue == 1
    assert figures[None, "turnout"].share == 0.0
    assert figures[None, "travel"].overdue == 0


def test_a_type_with_a_clock_of_its_own_is_held_against_that(supervisor: Actor, past: Past, building_fire: IncidentType) -> None:
    building_fire.dispatch_seconds, building_fire.arrival_seconds = 600, 300
    building_fire.save()
    past("1", sent=500, there=301)

    figures = ask(supervisor)

    assert (figures[None, "process"].clock_max, figures[None, "process"].within) == (600.0, 1)
    assert (figures[None, "total"].clock_max, figures[None, "total"].within) == (300.0, 0)


def test_each_department_head_reads_what_belongs_to_them(
    supervisor: Actor, fire_chief_north: Actor, fire_chief_south: Actor, crew: Actor, citizen: Actor, past: Past
) -> None:
    past("1", sent=30)

    assert ask(supervisor)[None, "process"].n == 1
    assert ask(fire_chief_north)[None, "process"].n == 1
    assert ask(fire_chief_south)[None, "process"].n == 0
    assert ask(crew)[None, "process"].n == 0
    assert ask(citizen)[None, "process"].n == 0


def test_figures_are_narrowed_by_region_department_and_group(
    supervisor: Actor, past: Past, north: Region, south: Region, fire: Department, water: Department
) -> None:
    past("1", sent=30)

    assert ask(supervisor, region_id=north.pk, department_id=fire.pk, group="Fire")[None, "process"].n == 1
    assert ask(supervisor, region_id=south.pk)[None, "process"].n == 0
    assert ask(supervisor, department_id=water.pk)[None, "process"].n == 0
    assert ask(supervisor, group="Medical")[None, "process"].n == 0


def test_an_administrator_sets_a_clock_and_it_is_recorded(admin: Actor, supervisor: Actor, past: Past) -> None:
    past("1", sent=75)

    services.set_clock(admin, span="process", group="Fire", seconds=90, percent=90, source="city order")

    assert ask(supervisor)["Fire", "process"].within == 1
    assert Entry.objects.get(name="insight.clock_set").data["after"] == 90


def test_a_supervisor_cannot_set_a_clock_and_no_clock_is_nonsense(supervisor: Actor, admin: Actor) -> None:
    with pytest.raises(Forbidden):
        services.set_clock(supervisor, span="process", group="", seconds=1, percent=90, source="")
    with pytest.raises(Invalid):
        services.set_clock(admin, span="lunch", group="", seconds=1, percent=90, source="")

    assert Clock.objects.get(span="process", group="").seconds == 60


def test_what_is_exported_is_recorded(supervisor: Actor, crew: Actor, past: Past) -> None:
    past("1", sent=30)
    question = Question(MORNING - timedelta(days=1), MORNING + timedelta(days=1), datetime.now(UTC))

    rows = services.export_intervals(supervisor, question=question)

    assert Entry.objects.get(name="insight.intervals_exported").data["rows"] == len(rows) == 10
    with pytest.raises(Forbidden):
        services.export_intervals(crew, question=question)


def test_the_verb_prints_json_and_a_table(past: Past) -> None:
    past("1", sent=30, left=90)
    said = StringIO()

    call_command("intervals", since="2026-03-01", until="2026-03-01", zone="UTC", json=True, stdout=said)

    answer = json.loads(said.getvalue())
    assert (answer["from"], answer["to"], answer["incidents"]) == ("2026-03-01T00:00:00+00:00", "2026-03-02T00:00:00+00:00", 1)
    assert answer["all"]["turnout"] == {
        "n": 1, "reversed": 0, "p50": 60.0, "p90": 60.0, "p95": 60.0, "clock_seconds": 80.0, "within": 1, "overdue": 0, "share": 1.0,
    }  # fmt: skip
    said = StringIO()
    call_command("intervals", stdout=said)
    assert "Fire" in said.getvalue()
    with pytest.raises(CommandError, match="is not a time such as"):
        call_command("intervals", since="yesterday", stdout=StringIO())
