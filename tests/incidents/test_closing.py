"""Control, resolution, closing, and the side exits."""

from datetime import date, datetime, timedelta

import pytest

from access.actors import Actor
from access.models import Department
from incidents import selectors, services
from incidents.models import Disposition, Incident
from incidents.services.closing import TasksStillOpen, UnitsStillAssigned
from incidents.services.common import Moment, ReasonMissing, WrongState
from incidents.services.work import NewTask
from journal.models import Entry
from kit.errors import Forbidden, Invalid, NotFound
from resources.models import Unit


def test_a_dispatcher_closes_a_fire_with_a_disposition(dispatcher: Actor, northern_fire: Incident, done: Disposition, now: datetime) -> None:
    services.close_incident(dispatcher, incident_id=northern_fire.pk, disposition="done", at=now, now=now)

    northern_fire.refresh_from_db()
    assert (northern_fire.status, northern_fire.disposition, northern_fire.closed_at) == ("CLOSED", done, now)
    assert Entry.objects.filter(name="incidents.incident_closed").count() == 1


def test_closing_without_saying_how_it_ended_is_refused(dispatcher: Actor, northern_fire: Incident, now: datetime) -> None:
    with pytest.raises(Invalid):
        services.close_incident(dispatcher, incident_id=northern_fire.pk, disposition="", at=now, now=now)


def test_an_incident_with_a_unit_on_it_is_not_closed_behind_its_back(
    dispatcher: Actor, northern_fire: Incident, engine_7: Unit, done: Disposition, now: datetime
) -> None:
    services.dispatch_unit(dispatcher, incident_id=northern_fire.pk, unit_id=engine_7.pk, moment=Moment(at=now), now=now)

    with pytest.raises(UnitsStillAssigned, match="1 "):
        services.close_incident(dispatcher, incident_id=northern_fire.pk, disposition="done", at=now, now=now)


def test_an_incident_with_an_open_task_is_not_closed(
    dispatcher: Actor, northern_fire: Incident, water: Department, done: Disposition, now: datetime
) -> None:
    services.issue_task(dispatcher, incident_id=northern_fire.pk, task=NewTask("关阀", water.pk), now=now)

    with pytest.raises(TasksStillOpen):
        services.close_incident(dispatcher, incident_id=northern_fire.pk, disposition="done", at=now, now=now)


def test_a_fire_chief_of_the_south_cannot_close_a_northern_incident(
    fire_chief_south: Actor, northern_fire: Incident, done: Disposition, now: datetime
) -> None:
    with pytest.raises(NotFound):
        services.close_incident(fire_chief_south, incident_id=northern_fire.pk, disposition="done", at=now, now=now)


def test_a_call_taker_cannot_close(call_taker: Actor, northern_fire: Incident, done: Disposition, now: datetime) -> None:
    with pytest.raises(Forbidden):
        services.close_incident(call_taker, incident_id=northern_fire.pk, disposition="done", at=now, now=now)


def test_the_whole_way_control_resolve_verify_close_reopen(dispatcher: Actor, northern_fire: Incident, done: Disposition, now: datetime) -> None:
    for verb in (services.control_incident, services.resolve_incident, services.verify_incident):
        verb(dispatcher, incident_id=northern_fire.pk, now=now)
    services.close_incident(dispatcher, incident_id=northern_fire.pk, disposition="done", at=now, now=now)

    services.reopen_incident(dispatcher, incident_id=northern_fire.pk, reason="复燃", now=now)

    northern_fire.refresh_from_db()
    assert (northern_fire.status, northern_fire.reopened_count, northern_fire.closed_at, northern_fire.controlled_at) == ("TRIAGE", 1, None, now)


def test_a_held_incident_is_taken_up_where_it_was_left(dispatcher: Actor, southern_pipe: Incident, now: datetime) -> None:
    services.validate_incident(dispatcher, incident_id=southern_pipe.pk, now=now)
    services.hold_incident(dispatcher, incident_id=southern_pipe.pk, reason="待材料", review_on=date(2099, 1, 1), now=now)

    services.resume_incident(dispatcher, incident_id=southern_pipe.pk, now=now)

    southern_pipe.refresh_from_db()
    assert (southern_pipe.status, southern_pipe.review_on) == ("PENDING", None)


def test_holding_needs_a_reason_and_a_day_to_come(dispatcher: Actor, southern_pipe: Incident, now: datetime) -> None:
    with pytest.raises(ReasonMissing):
        services.hold_incident(dispatcher, incident_id=southern_pipe.pk, reason="  ", review_on=date(2099, 1, 1), now=now)
    with pytest.raises(Invalid):
        services.hold_incident(dispatcher, incident_id=southern_pipe.pk, reason="待材料", review_on=(now - timedelta(days=3)).date(), now=now)


def test_a_transferred_incident_is_seen_by_both_departments(
    dispatcher: Actor, liaison: Actor, northern_fire: Incident, water: Department, now: datetime
) -> None:
    assert not selectors.incidents(liaison).filter(pk=northern_fire.pk).exists()

    services.transfer_incident(dispatcher, incident_id=northern_fire.pk, department_id=water.pk, reason="属供水", now=now)

    northern_fire.refresh_from_db()
    assert northern_fire.department == water
    assert selectors.incidents(liaison).filter(pk=northern_fire.pk).exists()


def test_a_finished_incident_refuses_what_comes_after(dispatcher: Actor, northern_fire: Incident, now: datetime) -> None:
    services.cancel_incident(dispatcher, incident_id=northern_fire.pk, reason="误报", now=now)

    for verb in (services.control_incident, services.resolve_incident, services.validate_incident):
        with pytest.raises(WrongState):
            verb(dispatcher, incident_id=northern_fire.pk, now=now)
