"""The page of how long things took."""

import csv
from io import StringIO

import pytest
from django.test import Client

from access.actors import Actor
from access.models import Department, Region
from incidents import services as incidents
from incidents.models import Incident, IncidentType
from incidents.services.common import Moment
from insight import charts
from insight.durations import clock_text
from insight.models import Clock
from journal.models import Entry
from tests.conftest import user_of

ADDRESS = "/analytics/intervals/"


def page_of(actor: Actor, address: str = ADDRESS, language: str = "en") -> str:
    client = Client()
    client.force_login(user_of(actor))
    client.cookies["django_language"] = language
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


@pytest.fixture
def dispatched_fire(dispatcher: Actor, northern_fire: Incident, engine_7: object, moment: Moment) -> Incident:
    incidents.dispatch_unit(dispatcher, incident_id=northern_fire.pk, unit_id=engine_7.pk, moment=moment, now=moment.at)  # type: ignore[attr-defined]
    return northern_fire


def test_a_supervisor_reads_the_figures_as_a_chart_and_as_tables(supervisor: Actor, dispatched_fire: Incident) -> None:
    page = page_of(supervisor)

    assert "n = 1 incidents with 1 units sent; 1 still open" in page
    assert '<svg class="bands"' in page
    assert '<rect class="band-50"' in page
    assert '<a href="?group=Fire">Fire</a>' in page
    assert "style=" not in page.split("<main")[1].split("</main>")[0]


def test_a_supervisor_reads_it_in_chinese(supervisor: Actor, dispatched_fire: Incident) -> None:
    page = page_of(supervisor, language="zh-hans")

    assert "处置时长分析" in page
    assert "90 % 在此之内" in page


def test_a_page_without_calls_says_so(supervisor: Actor) -> None:
    assert "No calls in this period." in page_of(supervisor)
    assert "No calls in this period." in page_of(supervisor, f"{ADDRESS}?since=2019-01-01&until=2019-01-02")


def test_what_is_asked_wrongly_is_told_beside_its_field(supervisor: Actor, dispatched_fire: Incident) -> None:
    assert "The end lies before the beginning." in page_of(supervisor, f"{ADDRESS}?since=2026-02-02&until=2026-01-01")
    assert "Select a valid choice" in page_of(supervisor, f"{ADDRESS}?department=999")
    assert "Enter a valid date" in page_of(supervisor, f"{ADDRESS}?since=yesterday")


def test_a_chief_is_offered_only_what_occurs_in_their_own_calls(
    fire_chief_south: Actor, fire_chief_north: Actor, dispatched_fire: Incident, fire: Department, north: Region, building_fire: IncidentType
) -> None:
    assert "North" in page_of(fire_chief_north)
    page = page_of(fire_chief_south)

    assert "No calls in this period." in page
    assert "Fire and rescue" not in page


def test_a_crew_may_not_see_the_page(crew: Actor) -> None:
    client = Client()
    client.force_login(user_of(crew))

    assert client.get(ADDRESS).status_code == 403
    assert client.get(f"{ADDRESS}export.csv").status_code == 403


def test_nobody_is_sent_to_the_door(db: None) -> None:
    assert Client().get(ADDRESS).status_code == 302


def test_the_export_opens_in_a_spreadsheet_runs_nothing_and_is_recorded(
    supervisor: Actor, call_taker: Actor, dispatched_fire: Incident, building_fire: IncidentType
) -> None:
    building_fire.group = "=1+1"
    building_fire.save()

    text = page_of(supervisor, f"{ADDRESS}export.csv")

    assert text.startswith("\ufeff")
    rows = list(csv.DictReader(StringIO(text.removeprefix("\ufeff"))))
    assert {row["group"] for row in rows} == {"All groups", "'=1+1"}
    assert rows[0]["span"] == "process"
    assert Entry.objects.get(name="insight.intervals_exported").actor_id == supervisor.id


@pytest.mark.parametrize(("seconds", "text"), [(None, ""), (0, "0:00"), (59.6, "1:00"), (293, "4:53"), (4674, "1:17:54"), (-61, "−1:01")])
def test_seconds_are_written_as_on_a_clock(seconds: float | None, text: str) -> None:
    assert clock_text(seconds) == text


def test_a_chart_without_measurements_is_not_drawn() -> None:
    assert charts.chart([]) is None


def test_an_administrator_changes_a_clock_in_the_settings_and_it_is_recorded(admin: Actor, supervisor: Actor) -> None:
    clock = Clock.objects.get(span="process", group="")
    client = Client()
    client.force_login(user_of(admin))
    client.cookies["django_language"] = "en"
    assert "Clocks" in client.get("/settings/clocks/").content.decode()

    client.post(f"/settings/clocks/{clock.pk}/", {"span": "process", "group": "", "seconds": "75", "percent": "90", "source": "city order"})

    clock.refresh_from_db()
    assert (clock.seconds, clock.source) == (75, "city order")
    assert Entry.objects.get(name="access.reference_changed").data["after"] == {"seconds": 75, "source": "city order"}
    client.force_login(user_of(supervisor))
    assert client.get("/settings/clocks/").status_code == 403
