"""How long units on their way still take: by road where the engine answers, else from the straight line and said so."""

from datetime import datetime, timedelta

import pytest

from access.actors import Actor
from gis import selectors as gis
from gis.travel import Travel
from incidents import arrival_times, dispatch_board, services
from incidents.arrival_times import Left
from incidents.models import Assignment, Incident
from incidents.services.common import Moment
from resources.models import Unit
from resources.positions import recording
from resources.positions.fixes import Fix


@pytest.fixture
def on_the_way(dispatcher: Actor, northern_fire: Incident, engine_7: Unit, now: datetime) -> Assignment:
    arrival_times._kept.clear()
    sent = services.dispatch_unit(dispatcher, incident_id=northern_fire.pk, unit_id=engine_7.pk, moment=Moment(at=now), now=now)
    services.advance_assignment(dispatcher, assignment_id=sent.pk, step="EN_ROUTE", moment=Moment(at=now), now=now)
    recording.record_positions(Actor.system("test"), fixes=[Fix(engine_7.pk, now, 116.45, 39.95, 0, 9.0, 8.0)], received_at=now)
    return sent


def left(actor: Actor, now: datetime) -> list[Left | None]:
    return [line.left for card in dispatch_board.cards(actor, incident_ids=None, now=now) for line in card.lines]


def test_without_an_engine_the_minutes_are_an_estimate_and_say_so(dispatcher: Actor, on_the_way: Assignment, now: datetime):
    found = left(dispatcher, now)

    assert [each.is_estimate for each in found if each] == [True]
    assert 5 <= found[0].minutes <= 12  # 4.3 km in a straight line, a third more for the streets


def test_by_road_the_engine_is_asked_once_for_an_incident_and_again_only_when_the_unit_has_moved(
    dispatcher: Actor, on_the_way: Assignment, now: datetime, monkeypatch: pytest.MonkeyPatch
):
    asked: list[int] = []

    def drive(origins, destination, *, speed_kmh):  # type: ignore[no-untyped-def]
        asked.append(len(origins))
        return [Travel(6000.0, 540.0, is_estimate=False) for _origin in origins]

    monkeypatch.setattr(gis, "travel_times", drive)

    assert left(dispatcher, now) == left(dispatcher, now) == [Left(9, is_estimate=False)]
    assert asked == [1]
    later = now + timedelta(seconds=20)
    recording.record_positions(Actor.system("test"), fixes=[Fix(on_the_way.unit_id, later, 116.44, 39.95, 0, 9.0, 8.0)], received_at=later)
    left(dispatcher, now)
    assert asked == [1, 1]
