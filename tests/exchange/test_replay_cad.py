"""A file is played against a running city, over HTTP, by a call-taker, a dispatcher and crews."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from access.models import Membership, Token, User
from exchange.cad import wire
from incidents.models import Assignment, Incident, Report
from journal.models import Entry
from resources.models import Unit
from tests.exchange.files import TIMES, row, write

pytestmark = pytest.mark.django_db(transaction=True)


def times(*told: str) -> dict[str, str]:
    """Clock times of one morning in the order of `TIMES`; "" for none."""
    return {name: f"04/09/2020 {clock} AM" if clock else "" for name, clock in zip(TIMES, told, strict=True)}


@pytest.fixture
def morning(tmp_path: Path) -> Path:
    """Two calls; E1 is sent to the second while it is still at the first, and nobody says when T1 was free again."""
    rows = [
        row("1", "E1", **times("10:00:00", "10:00:20", "10:01:00", "10:02:00", "10:05:00", "", "", "10:20:00")),
        row("1", "85", unit_type="MEDIC", **times("10:00:00", "10:00:20", "10:01:30", "10:01:50", "10:06:00", "10:15:00", "10:25:00", "10:40:00")),
        row("2", "E1", **times("10:10:00", "10:10:10", "10:11:00", "10:20:30", "10:24:00", "", "", "10:30:00")),
        row("2", "T1", unit_type="TRUCK", **times("10:10:00", "10:10:10", "10:11:00", "10:12:00", "10:14:00", "", "", "")),
    ]
    return write(tmp_path / "morning.csv", rows)


def play(live_server: Any, path: Path, **options: Any) -> dict[str, Any]:
    said = StringIO()
    call_command("replay_cad", str(path), profile="sffd", speed=1200, url=live_server.url, stdout=said, stderr=StringIO(), **options)
    answer: dict[str, Any] = json.loads(said.getvalue().splitlines()[-1])
    return answer


def test_a_morning_is_lived_through_and_stored_to_the_second(live_server: Any, morning: Path) -> None:
    answer = play(live_server, morning, verify=True, mark="one")

    assert (answer["calls"], answer["refused"]) == (2, 0)
    assert answer["verified"]["different"] == 0
    assert (answer["stacked"], answer["recalled"]) == (1, 1)
    assert answer["positions"] > 0
    first, second = Incident.objects.order_by("call_received_at")
    assert (first.status, second.status) == ("CLOSED", "CLOSED")
    assert (first.first_on_scene_at - first.call_received_at).total_seconds() == 300  # type: ignore[operator]
    assert Assignment.objects.get(incident=second, unit__code="E1").cleared_at is not None
    assert Unit.objects.get(code="E1").availability == Unit.Availability.AVAILABLE


def test_each_step_is_done_by_the_person_whose_step_it_is(live_server: Any, morning: Path) -> None:
    play(live_server, morning, mark="one")

    by = {
        name: set(Entry.objects.filter(name=f"incidents.{name}").values_list("actor_label", flat=True))
        for name in ("report_taken", "unit_dispatched", "assignment_advanced", "incident_closed")
    }
    assert by == {
        "report_taken": {"cad-call-taker"},
        "unit_dispatched": {"cad-dispatcher"},
        "assignment_advanced": {"cad-crews"},
        "incident_closed": {"cad-dispatcher"},
    }
    crews = User.objects.get(username="cad-crews")
    on_scene = Assignment.objects.filter(on_scene_at__isnull=False).values_list("sources__ON_SCENE__source", "sources__ON_SCENE__actor")
    assert set(on_scene) == {("BUTTON", f"user:{crews.pk}")}


def test_when_the_play_is_over_its_tokens_are_gone_and_nobody_can_sign_in_as_a_player(live_server: Any, morning: Path) -> None:
    play(live_server, morning, mark="one")

    assert not Token.objects.exists()
    assert not Membership.objects.filter(user__username__startswith="cad-", until=None).exists()


def test_the_same_play_twice_does_nothing_twice(live_server: Any, morning: Path) -> None:
    play(live_server, morning, mark="one")
    before = (Incident.objects.count(), Report.objects.count(), Assignment.objects.count())

    answer = play(live_server, morning, mark="one", verify=True)

    assert (answer["refused"], answer["verified"]["different"]) == (0, 0)
    assert (Incident.objects.count(), Report.objects.count(), Assignment.objects.count()) == before


def test_a_play_that_was_stopped_goes_on_under_its_name(live_server: Any, morning: Path) -> None:
    play(live_server, morning, mark="one", limit=1)
    assert Incident.objects.count() == 1

    answer = play(live_server, morning, mark="one", verify=True)

    assert (Incident.objects.count(), answer["refused"], answer["verified"]["different"]) == (2, 0, 0)


def test_two_plays_of_one_file_stand_side_by_side(live_server: Any, morning: Path) -> None:
    play(live_server, morning, mark="one")
    answer = play(live_server, morning, mark="two", start="2021-05-01T10:00", limit=1, verify=True)

    assert (Incident.objects.count(), answer["verified"]["different"]) == (3, 0)
    assert Incident.objects.get(external_id="sffd:1:two").call_received_at.isoformat() == "2021-05-01T17:00:00+00:00"


def test_desks_may_watch_a_play_when_asked(live_server: Any, morning: Path, dispatcher: Any) -> None:
    play(live_server, morning, mark="one", show_to_desks=True)

    granted = Membership.objects.get(user_id=dispatcher.user_id, department__code="sffd")
    assert granted.role == "dispatcher"
    assert granted.until is not None


def test_a_city_that_is_away_is_said_so(morning: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "TRIES", 1)

    with pytest.raises(CommandError, match="not everything went"):
        call_command("replay_cad", str(morning), profile="sffd", speed=10_000, url="http://127.0.0.1:9", stdout=StringIO(), stderr=StringIO())
