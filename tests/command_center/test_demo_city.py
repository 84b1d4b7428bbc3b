"""A first visitor finds a city at work: past calls with their clocks, open ones in every state, all labelled as sample data."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import StringIO
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoDbBlocker, Settings

from access.actors import Actor
from access.models import User
from alerts import services as alerts
from alerts.models import Alarm
from command_center.demo import building, replay, settling
from command_center.demo.day import DayCall, Vehicle, calls
from command_center.demo.sample import Spots, organisation, types
from gis.demo import city as geography
from gis.selectors import metres_between
from incidents import selectors as incidents
from incidents.models import Assignment, Disposition, Incident, IncidentType
from incidents.models.assignments import ORDER
from incidents.models.states import with_state
from kit.geo import Position
from resources import services as resources
from resources.models import Post, Station, Unit, UnitPosition

START = datetime(2026, 11, 21, 0, 0, tzinfo=UTC)
ZONE = ZoneInfo("Asia/Shanghai")


@pytest.fixture(scope="module")
def spots() -> Spots:
    return Spots(geography.ground(1))


@pytest.fixture(scope="module")
def vehicles(spots: Spots) -> list[Vehicle]:
    return settling.vehicles(settling.homes(spots))


@pytest.fixture(scope="module")
def day(spots: Spots, vehicles: list[Vehicle]) -> list[DayCall]:
    return list(calls(seed=3, start=START, hours=24, vehicles=vehicles, spots=spots, zone=ZONE, staged=()))


def test_the_same_seed_gives_the_same_day(spots: Spots, vehicles: list[Vehicle], day: list[DayCall]):
    again = list(calls(seed=3, start=START, hours=24, vehicles=vehicles, spots=spots, zone=ZONE, staged=()))
    other = list(calls(seed=4, start=START, hours=24, vehicles=vehicles, spots=spots, zone=ZONE, staged=()))

    assert again == day
    assert other != day


def test_no_unit_is_at_two_calls_at_once(day: list[DayCall]):
    runs = sorted((run.unit, run.times["dispatched"], run.times["cleared"]) for call in day for run in call.runs)

    for (unit, _sent, cleared), (next_unit, next_sent, _next_cleared) in pairwise(runs):
        assert unit != next_unit or next_sent >= cleared


def test_every_clock_runs_forward(day: list[DayCall]):
    order = [step.value.lower() for step in ORDER]
    for call in day:
        assert call.received_at < call.answered_at < call.entered_at <= call.resolved_at < call.closed_at
        for run in call.runs:
            assert list(run.times) == [step for step in order if step in run.times]
            assert all(earlier <= later for earlier, later in pairwise(run.times.values()))
            assert run.times["dispatched"] >= call.entered_at


def test_a_day_is_quiet_at_night_and_has_both_kinds_of_calls(day: list[DayCall]):
    hours = Counter(call.received_at.astimezone(ZONE).hour for call in day)
    kinds = {kind["code"]: kind["kind"] for kind in types()["types"]}

    assert sum(hours[hour] for hour in (2, 3, 4)) < sum(hours[hour] for hour in (17, 18, 19)) / 2
    assert Counter(kinds[call.type] for call in day)["SERVICE"] > len(day) / 4


@pytest.fixture(scope="module")
def demo(django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory) -> None:
    """The demo city, made once for this module in a transaction that is rolled back."""
    from django.conf import settings
    from django.test import TestCase
    from django.test.utils import override_settings

    class Room(TestCase):
        """Django's own way to keep durable transactions usable inside one that is rolled back."""

    place = tmp_path_factory.mktemp("var")
    with django_db_blocker.unblock(), override_settings(CITY_VAR=place, BASEMAP_FILE=place / "city.pmtiles"):
        assert place == settings.CITY_VAR
        Room.setUpClass()
        call_command("demo_city", stdout=StringIO(), stderr=StringIO())
        yield
        Room.tearDownClass()


@pytest.fixture
def dispatcher_of_demo(demo: None, db: None) -> Actor:
    return Actor.of_user(User.objects.get(username="dispatcher"))


def test_the_city_has_its_stations_units_and_people(demo: None, db: None):
    assert 60 <= Station.objects.count() <= 90
    assert Unit.objects.count() >= 300
    assert {person["username"] for person in organisation()["people"]} == set(User.objects.values_list("username", flat=True))
    assert not Unit.objects.filter(region=None).exists()


def test_the_day_is_closed_or_open_in_every_state(dispatcher_of_demo: Actor):
    states = Counter(with_state(Incident.objects.all()).values_list("state", flat=True))

    assert states["CLOSED"] > 250
    assert {"NEW", "TRIAGE", "PENDING", "HELD", "ON_SCENE"} <= set(states)
    assert 12 <= incidents.open_incidents(dispatcher_of_demo).count() <= 60


def test_everything_is_labelled_as_sample(demo: None, db: None):
    assert not Incident.objects.filter(is_sample=False).exists()


def test_closed_calls_have_their_whole_clock(demo: None, db: None):
    emergencies = Incident.objects.filter(status="CLOSED", kind="EMERGENCY", first_on_scene_at__isnull=False)

    assert emergencies.count() > 100
    for incident in emergencies:
        times = [
            incident.call_received_at, incident.call_answered_at, incident.created_at, incident.first_assigned_at,
            incident.first_acknowledged_at, incident.first_en_route_at, incident.first_on_scene_at, incident.last_cleared_at, incident.closed_at,
        ]  # fmt: skip
        assert all(earlier <= later for earlier, later in pairwise(times)), incident.number


def test_units_at_work_report_from_their_incident_and_idle_ones_are_silent_at_their_station(demo: None, db: None):
    positions = {position.unit_id: Position(position.lon, position.lat) for position in UnitPosition.objects.all()}
    on_scene = Assignment.objects.open().filter(step="ON_SCENE").select_related("incident", "unit")
    idle = Unit.objects.filter(activity="AT_STATION").select_related("station")

    assert on_scene
    assert all(metres_between(positions[one.unit_id], Position.of(one.incident.point)) < 100 for one in on_scene)
    assert idle
    assert all(unit.pk not in positions and unit.station for unit in idle)


def test_the_first_look_of_the_watch_finds_crews_that_were_heard_and_not_a_flood(demo: None, db: None):
    alerts.look_around(Actor.system("watch"), now=timezone.now() + timedelta(minutes=1), took_ms=0.0)

    raised = Counter(Alarm.objects.values_list("rule__code", flat=True))
    assert raised["not-assigned"] or raised["not-taken-on"], "a first visitor meets what a real city would"
    assert (raised["welfare-due"], raised["lost-contact"]) == (0, 0)
    assert sum(raised.values()) <= 10


def test_the_great_fire_has_units_tasks_notes_and_more_callers(demo: None, db: None):
    fire = Incident.objects.get(response_level="IV")

    assert fire.assignments.count() >= 6
    assert fire.reports.count() == 3
    assert fire.severity == 2


def test_a_second_time_does_nothing_and_says_the_accounts_again(demo: None, db: None):
    before = Incident.objects.count()
    out, err = StringIO(), StringIO()

    call_command("demo_city", "--once", stdout=out, stderr=err)

    assert Incident.objects.count() == before
    assert "dispatcher" in out.getvalue()
    assert building.password() in out.getvalue()


def test_posts_of_a_city_from_before_get_their_level_and_what_was_changed_since_stays(demo: None, db: None):
    made = dict(Post.objects.values_list("code", "called_at"))
    changed = Post.objects.get(code="commander")
    resources.call_post_from(Actor.system("demo"), post_id=changed.pk, level=4)
    Post.objects.update(called_at=None)

    call_command("demo_city", "--once", stdout=StringIO(), stderr=StringIO())

    assert made == {"commander": 2, "supervisor": None, "dispatch": None, "calls": None, "fire-crew": 2, "water-liaison": 3}
    assert dict(Post.objects.values_list("code", "called_at")) == made | {"commander": None}


@pytest.fixture
def kept_password(demo: None) -> Iterator[str]:
    """The password file as it is, put back afterwards as the database is."""
    before = building.password_path().read_text()
    yield before.strip()
    building.password_path().write_text(before)


def test_a_lost_password_file_brings_a_new_password_for_all_accounts(kept_password: str, db: None):
    building.password_path().unlink()
    out = StringIO()

    call_command("demo_city", "--once", stdout=out, stderr=StringIO())

    assert building.password() != kept_password
    assert building.password() in out.getvalue()
    assert all(User.objects.get(username=one["username"]).check_password(building.password()) for one in organisation()["people"])


def test_the_password_is_made_once_and_private(settings: Settings, tmp_path: Path):
    settings.CITY_VAR = tmp_path

    word = building.password()

    assert building.password() == word
    assert len(word) >= 14
    assert building.password_path().stat().st_mode & 0o777 == 0o600


def test_a_visitor_signs_in_with_it(demo: None, db: None, client: Client):
    answer = client.post("/accounts/login/", {"login": "dispatcher", "password": building.password()})

    assert answer.status_code == 302
    assert "_auth_user_id" in client.session


def test_the_latest_positions_are_fresh(demo: None, db: None):
    assert UnitPosition.objects.count() == Assignment.objects.open().filter(is_primary=True).count()
    assert UnitPosition.objects.filter(at__gte=datetime.now(UTC) - timedelta(minutes=5)).exists()


def test_a_second_day_leaves_the_units_of_the_first_at_their_work(demo: None, db: None):
    before = dict(Assignment.objects.open().values_list("unit_id", "incident_id"))

    call_command("demo_city", "--seed", "1", stdout=StringIO(), stderr=StringIO())

    after = dict(Assignment.objects.open().values_list("unit_id", "incident_id"))
    assert len(after) > len(before) > 0
    assert before.items() <= after.items()


def test_the_day_is_played_with_free_units_and_never_overtakes_the_present(demo: None, db: None):
    now = datetime.now(UTC)
    start = replay.latest_start(2, 60, now)
    bound = set(Unit.objects.filter(availability="NOT_AVAILABLE").values_list("pk", flat=True))

    played = replay.lives(city_seed=building.seed_of_city(), seed=9, start=start, hours=2, actor=Actor.system("demo-replay"))

    assert len(played) > 20
    assert not bound & {run.unit_id for life in played for run in life.runs}
    assert {life.type for life in played} <= set(IncidentType.objects.values_list("code", flat=True))
    assert {life.disposition for life in played} <= set(Disposition.objects.values_list("code", flat=True))
    assert all(life.is_sample for life in played)
    for life in played:
        assert life.closed_at <= now + (life.closed_at - start) / 60
