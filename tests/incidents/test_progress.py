"""What crews report, and what follows for unit, incident and clock."""

from datetime import datetime, timedelta

import pytest

from access.actors import Actor
from incidents import services
from incidents.models import Assignment, Incident
from incidents.models.states import with_state
from incidents.services.common import Moment
from incidents.services.dispatch import AssignmentEnded, NothingToStackOn
from incidents.services.progress import StepBehind
from kit.errors import Invalid, NotFound
from resources.models import Unit


@pytest.fixture
def sent(dispatcher: Actor, northern_fire: Incident, engine_7: Unit, now: datetime) -> Assignment:
    return services.dispatch_unit(dispatcher, incident_id=northern_fire.pk, unit_id=engine_7.pk, moment=Moment(at=now), now=now)


def state_of(incident: Incident) -> str:
    return with_state(Incident.objects.all()).get(pk=incident.pk).state


def test_an_engine_goes_all_the_way_and_every_clock_is_kept(
    crew: Actor, sent: Assignment, northern_fire: Incident, engine_7: Unit, now: datetime
) -> None:
    seen = []
    for minutes, step in enumerate(["ACKNOWLEDGED", "EN_ROUTE", "ON_SCENE", "CLEARED"], start=1):
        at = now - timedelta(minutes=10 - minutes)
        services.advance_assignment(crew, assignment_id=sent.pk, step=step, moment=Moment(at=at, source="BUTTON"), now=now)
        engine_7.refresh_from_db()
        seen.append((state_of(northern_fire), engine_7.activity))

    northern_fire.refresh_from_db()
    assert seen == [("DISPATCHED", "ASSIGNED"), ("EN_ROUTE", "EN_ROUTE"), ("ON_SCENE", "ON_SCENE"), ("PENDING", "ON_RADIO")]
    assert northern_fire.first_on_scene_at == now - timedelta(minutes=7)
    assert northern_fire.last_cleared_at == now - timedelta(minutes=6)
    assert engine_7.is_available()


def test_each_time_says_which_clock_who_and_how(crew: Actor, sent: Assignment, now: datetime) -> None:
    device_at = now - timedelta(seconds=42)

    services.advance_assignment(crew, assignment_id=sent.pk, step="EN_ROUTE", moment=Moment(at=device_at, source="AVL", device_at=device_at), now=now)

    sent.refresh_from_db()
    clocks = {"server_at": now.isoformat(), "device_at": device_at.isoformat()}
    assert sent.en_route_at == device_at
    assert sent.sources["EN_ROUTE"] == {"source": "AVL", "actor": crew.key, **clocks}
    assert sent.sources["DISPATCHED"]["source"] == "COMMAND"


def test_the_same_step_pressed_twice_counts_once(crew: Actor, sent: Assignment, now: datetime) -> None:
    for _ in range(2):
        services.advance_assignment(crew, assignment_id=sent.pk, step="EN_ROUTE", moment=Moment(at=now), now=now)

    sent.refresh_from_db()
    assert sent.version == 2


def test_a_crew_cannot_go_back(crew: Actor, sent: Assignment, now: datetime) -> None:
    services.advance_assignment(crew, assignment_id=sent.pk, step="ON_SCENE", moment=Moment(at=now), now=now)

    with pytest.raises(StepBehind):
        services.advance_assignment(crew, assignment_id=sent.pk, step="EN_ROUTE", moment=Moment(at=now), now=now)


def test_nothing_follows_a_cleared_assignment(crew: Actor, sent: Assignment, now: datetime) -> None:
    services.advance_assignment(crew, assignment_id=sent.pk, step="CLEARED", moment=Moment(at=now), now=now)

    with pytest.raises(AssignmentEnded):
        services.advance_assignment(crew, assignment_id=sent.pk, step="ON_SCENE", moment=Moment(at=now), now=now)


def test_a_crew_that_declines_says_why_and_is_free_again(crew: Actor, sent: Assignment, engine_7: Unit, now: datetime) -> None:
    services.decline_assignment(crew, assignment_id=sent.pk, reason="车辆故障", now=now)

    engine_7.refresh_from_db()
    sent.refresh_from_db()
    assert (sent.step, sent.reason, engine_7.is_available()) == ("DECLINED", "车辆故障", True)


def test_a_stacked_job_waits_and_is_then_taken_up(
    dispatcher: Actor, crew: Actor, sent: Assignment, southern_pipe: Incident, engine_7: Unit, now: datetime
) -> None:
    services.advance_assignment(crew, assignment_id=sent.pk, step="ON_SCENE", moment=Moment(at=now), now=now)
    stacked = services.stack_unit(dispatcher, incident_id=southern_pipe.pk, unit_id=engine_7.pk, moment=Moment(at=now), now=now)
    engine_7.refresh_from_db()
    assert engine_7.activity == "ON_SCENE"

    services.advance_assignment(crew, assignment_id=sent.pk, step="CLEARED", moment=Moment(at=now), now=now)

    stacked.refresh_from_db()
    engine_7.refresh_from_db()
    assert (stacked.is_primary, engine_7.activity, engine_7.is_available()) == (True, "ASSIGNED", False)


@pytest.mark.parametrize(("key", "step", "activity"), [("3", "EN_ROUTE", "EN_ROUTE"), ("4", "ON_SCENE", "ON_SCENE"), ("1", "CLEARED", "ON_RADIO")])
def test_the_crews_keys_move_the_job_on(crew: Actor, sent: Assignment, engine_7: Unit, now: datetime, key: str, step: str, activity: str) -> None:
    services.press_crew_key(crew, unit_id=engine_7.pk, key=key, moment=Moment(at=now, source="BUTTON"), now=now)

    sent.refresh_from_db()
    engine_7.refresh_from_db()
    assert (sent.step, engine_7.activity) == (step, activity)


def test_key_0_is_an_emergency_call_and_moves_nothing_else(crew: Actor, sent: Assignment, engine_7: Unit, now: datetime) -> None:
    services.press_crew_key(crew, unit_id=engine_7.pk, key="0", moment=Moment(at=now, source="BUTTON"), now=now)

    engine_7.refresh_from_db()
    assert engine_7.distress_at == now
    assert engine_7.activity == "ASSIGNED"


def test_a_crew_may_not_report_last_weeks_times(crew: Actor, sent: Assignment, now: datetime) -> None:
    with pytest.raises(Invalid):
        services.advance_assignment(crew, assignment_id=sent.pk, step="EN_ROUTE", moment=Moment(at=now - timedelta(days=7)), now=now)


def test_a_southern_chief_cannot_move_a_northern_engines_job(fire_chief_south: Actor, sent: Assignment, now: datetime) -> None:
    with pytest.raises(NotFound):
        services.advance_assignment(fire_chief_south, assignment_id=sent.pk, step="EN_ROUTE", moment=Moment(at=now), now=now)


def test_a_recalled_engine_is_free(dispatcher: Actor, sent: Assignment, engine_7: Unit, northern_fire: Incident, now: datetime) -> None:
    services.cancel_assignment(dispatcher, assignment_id=sent.pk, reason="误派", now=now)

    engine_7.refresh_from_db()
    assert engine_7.is_available()
    assert state_of(northern_fire) == "PENDING"


def test_a_job_is_not_stacked_behind_nothing(dispatcher: Actor, northern_fire: Incident, engine_7: Unit, now: datetime) -> None:
    with pytest.raises(NothingToStackOn):
        services.stack_unit(dispatcher, incident_id=northern_fire.pk, unit_id=engine_7.pk, moment=Moment(at=now), now=now)
