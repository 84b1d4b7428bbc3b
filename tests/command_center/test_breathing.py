"""The demo city left alone: its crews go on telling where they are and that they are well, and nothing else moves by itself."""

from datetime import datetime, timedelta

import pytest

from access.actors import Actor
from alerts.models import Alarm, WelfareCheck
from command_center.demo import breathing, building
from command_center.facts import DemoCityMade
from incidents import services as incidents
from incidents.models import Assignment, Incident
from incidents.services.common import Moment
from journal import services as journal
from resources.models import Unit, UnitPosition
from resources.positions import contact, recording
from resources.positions.fixes import Fix
from tests.alerts.conftest import Look, look, rules  # noqa: F401  (fixtures)

HOUR = timedelta(hours=1)


@pytest.fixture
def at_work(dispatcher: Actor, northern_fire: Incident, engine_7: Unit, now: datetime) -> Assignment:
    """Engine 7 is on scene since an hour, and was last heard of when it came."""
    then = now - HOUR
    Incident.objects.filter(pk=northern_fire.pk).update(call_received_at=then, created_at=then)
    sent = incidents.dispatch_unit(dispatcher, incident_id=northern_fire.pk, unit_id=engine_7.pk, moment=Moment(at=now), now=now)
    incidents.advance_assignment(dispatcher, assignment_id=sent.pk, step="ON_SCENE", moment=Moment(at=now), now=now)
    Assignment.objects.filter(pk=sent.pk).update(dispatched_at=then, acknowledged_at=then, en_route_at=then, on_scene_at=then)
    for minutes in (61, 60):
        at = now - timedelta(minutes=minutes)
        recording.record_positions(Actor.system("test"), fixes=[Fix(engine_7.pk, at, 116.4, 39.95, 0, 0.0, 8.0)], received_at=at)
    return sent


def demo(now: datetime, *, is_sample: bool) -> None:
    Incident.objects.update(is_sample=is_sample)
    fact = DemoCityMade(seed=1, incidents=0, open_incidents=1)
    journal.record(Actor.system("test"), fact, about=[building.MARK], scopes=["incidents.view@*:*"], at=now)


def test_a_city_left_alone_for_an_hour_has_neither_lost_nor_unheard_crews(at_work: Assignment, look: Look, now: datetime):  # noqa: F811
    demo(now - HOUR, is_sample=True)

    breath = breathing.breathe(now=now)

    assert (breath.positions, breath.checks) == (1, 1)
    assert UnitPosition.objects.get(unit_id=at_work.unit_id).at == now
    assert contact.mark_lost_units(Actor.system("contact"), now=now + timedelta(seconds=1)) == 0
    look(now + timedelta(seconds=1))
    assert not Alarm.objects.filter(rule__code__in=["lost-contact", "welfare-due"]).exists()
    assert breathing.breathe(now=now + timedelta(seconds=5)) == breathing.Breath(0, 0)


def test_a_unit_on_its_way_comes_nearer_and_stops_at_its_incident(at_work: Assignment, now: datetime):
    demo(now, is_sample=True)
    Assignment.objects.filter(pk=at_work.pk).update(step="EN_ROUTE", on_scene_at=None)
    UnitPosition.objects.update(lon=116.41)
    goal = at_work.incident.point
    away = []

    for breath in range(10):
        breathing.breathe(now=now + timedelta(seconds=20 * breath))
        fix = UnitPosition.objects.get()
        away.append(abs(fix.lon - goal.x))

    assert away == sorted(away, reverse=True) and away[-1] * 85_000 < 60


@pytest.mark.parametrize("has_demo", [True, False])
def test_real_incidents_are_left_alone(at_work: Assignment, has_demo: bool, now: datetime):
    if has_demo:
        demo(now, is_sample=False)

    assert breathing.breathe(now=now) == breathing.Breath(0, 0)
    assert not WelfareCheck.objects.exists()
