"""Sending a unit: it works, it refuses, it records, it is safe twice at once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connections
from django.db.models import F

from access.actors import Actor
from access.models import Department
from incidents import dispatch_sql
from incidents import services as incidents
from incidents.models import Assignment, Incident
from incidents.models.states import with_state
from incidents.services.common import IncidentClosed, Moment
from incidents.services.dispatch import AlreadySent, TooManyAtOnce
from journal.models import Entry
from kit.errors import Forbidden, Invalid, NotFound, Refused
from resources import services as resources
from resources.models import Unit
from resources.services import UnitBusy
from tests.conftest import NewUnitMaker


def test_a_dispatcher_sends_an_engine_to_a_fire(dispatcher: Actor, northern_fire: Incident, engine_7: Unit, moment: Moment, now: datetime) -> None:
    incidents.dispatch_unit(dispatcher, incident_id=northern_fire.pk, unit_id=engine_7.pk, moment=moment, now=now)

    found = with_state(Incident.objects.all()).get(pk=northern_fire.pk)
    engine_7.refresh_from_db()
    assert (found.status, found.state, found.first_assigned_at) == ("PENDING", "DISPATCHED", now)
    assert (engine_7.availability, engine_7.activity) == ("NOT_AVAILABLE", "ASSIGNED")


def test_the_journal_says_who_sent_what_where(dispatcher: Actor, northern_fire: Incident, engine_7: Unit, moment: Moment, now: datetime) -> None:
    incidents.dispatch_unit(dispatcher, incident_id=northern_fire.pk, unit_id=engine_7.pk, moment=moment, now=now)

    entry = Entry.objects.get(name="incidents.unit_dispatched")
    assert entry.about == [f"incident:{northern_fire.pk}", f"unit:{engine_7.pk}"]
    assert entry.actor_label == "Dispatcher"
    assert f"incidents.view@{northern_fire.department_id}:{northern_fire.region_id}" in entry.scopes


def test_a_busy_engine_is_refused_in_words(
    dispatcher: Actor, northern_fire: Incident, southern_pipe: Incident, engine_7: Unit, moment: Moment, now: datetime
) -> None:
    incidents.dispatch_unit(dispatcher, incident_id=northern_fire.pk, unit_id=engine_7.pk, moment=moment, now=now)

    with pytest.raises(UnitBusy, match="E7"):
        incidents.dispatch_unit(dispatcher, incident_id=southern_pipe.pk, unit_id=engine_7.pk, moment=moment, now=now)


def test_the_same_engine_is_not_sent_twice_to_one_fire(
    dispatcher: Actor, northern_fire: Incident, engine_7: Unit, moment: Moment, now: datetime
) -> None:
    incidents.dispatch_unit(dispatcher, incident_id=northern_fire.pk, unit_id=engine_7.pk, moment=moment, now=now)

    with pytest.raises(AlreadySent):
        incidents.dispatch_unit(dispatcher, incident_id=northern_fire.pk, unit_id=engine_7.pk, moment=moment, now=now)


def test_nothing_is_sent_to_a_cancelled_incident(dispatcher: Actor, northern_fire: Incident, engine_7: Unit, moment: Moment, now: datetime) -> None:
    incidents.cancel_incident(dispatcher, incident_id=northern_fire.pk, reason="误报", now=now)

    with pytest.raises(IncidentClosed):
        incidents.dispatch_unit(dispatcher, incident_id=northern_fire.pk, unit_id=engine_7.pk, moment=moment, now=now)


def test_a_call_taker_sees_the_fire_but_may_not_send(
    call_taker: Actor, northern_fire: Incident, engine_7: Unit, moment: Moment, now: datetime
) -> None:
    with pytest.raises(Forbidden):
        incidents.dispatch_unit(call_taker, incident_id=northern_fire.pk, unit_id=engine_7.pk, moment=moment, now=now)


def test_a_fire_chief_of_the_south_does_not_learn_of_a_northern_fire(
    fire_chief_south: Actor, northern_fire: Incident, engine_7: Unit, moment: Moment, now: datetime
) -> None:
    with pytest.raises(NotFound):
        incidents.dispatch_unit(fire_chief_south, incident_id=northern_fire.pk, unit_id=engine_7.pk, moment=moment, now=now)


def test_a_time_in_the_future_is_refused(dispatcher: Actor, northern_fire: Incident, engine_7: Unit, now: datetime) -> None:
    with pytest.raises(Invalid):
        incidents.dispatch_unit(dispatcher, incident_id=northern_fire.pk, unit_id=engine_7.pk, moment=Moment(at=now + timedelta(hours=1)), now=now)


@pytest.mark.django_db(transaction=True)
def test_two_dispatchers_at_once_and_only_one_sends_the_engine(
    dispatcher: Actor, supervisor: Actor, northern_fire: Incident, southern_pipe: Incident, engine_7: Unit, moment: Moment, now: datetime
) -> None:
    def send(actor: Actor, incident: Incident) -> str:
        try:
            incidents.dispatch_unit(actor, incident_id=incident.pk, unit_id=engine_7.pk, moment=moment, now=now)
        except Refused as refusal:
            return refusal.code
        finally:
            connections.close_all()
        return "sent"

    with ThreadPoolExecutor(2) as pool:
        answers = sorted(pool.map(send, [dispatcher, supervisor], [northern_fire, southern_pipe]))

    assert answers == ["sent", "unit_busy"]
    assert Assignment.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_eight_dispatchers_at_once_send_units_of_two_departments_to_one_fire_and_none_is_lost(
    northern_fire: Incident, fire: Department, water: Department, new_unit: NewUnitMaker, now: datetime
) -> None:
    homes = [fire, water] * 4
    units = [new_unit(f"X{place}", department=home, department_ids=[home.pk]) for place, home in enumerate(homes)]

    def send(place: int) -> None:
        try:
            at = now - timedelta(seconds=place)
            incidents.dispatch_unit(Actor.system("test"), incident_id=northern_fire.pk, unit_id=units[place].pk, moment=Moment(at=at), now=now)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(send, range(8)))

    northern_fire.refresh_from_db()
    assert set(northern_fire.department_ids) == {fire.pk, water.pk}
    assert northern_fire.first_assigned_at == now - timedelta(seconds=7)
    assert Assignment.objects.open().filter(incident=northern_fire, is_primary=True).count() == 8
    assert Entry.objects.filter(name="incidents.unit_dispatched").count() == 8


def test_a_dispatcher_who_was_overtaken_between_reading_and_writing_reads_again(
    dispatcher: Actor, northern_fire: Incident, engine_7: Unit, moment: Moment, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = dispatch_sql.read_both
    waits = [1, 2]

    def read_slowly(incident_id: int, unit_id: int) -> Any:
        found = read(incident_id, unit_id)
        if waits:
            Unit.objects.filter(pk=unit_id).update(version=engine_7.version + waits.pop())
        return found

    monkeypatch.setattr(dispatch_sql, "read_both", read_slowly)
    incidents.dispatch_unit(dispatcher, incident_id=northern_fire.pk, unit_id=engine_7.pk, moment=moment, now=now)

    assert waits == []
    assert Assignment.objects.filter(unit=engine_7).count() == 1
    assert Entry.objects.filter(name="incidents.unit_dispatched").count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_dispatchers_stack_one_engine_behind_its_job_at_once_and_the_second_is_told_in_words(
    dispatcher: Actor, supervisor: Actor, northern_fire: Incident, southern_pipe: Incident, engine_7: Unit, engine_8: Unit,
    moment: Moment, now: datetime, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    incidents.dispatch_unit(dispatcher, incident_id=northern_fire.pk, unit_id=engine_7.pk, moment=moment, now=now)
    incidents.dispatch_unit(dispatcher, incident_id=southern_pipe.pk, unit_id=engine_8.pk, moment=moment, now=now)
    hold = dispatch_sql.hold

    def hold_while_another_is_quicker(incident: Incident, unit: Unit) -> Any:
        monkeypatch.setattr(dispatch_sql, "hold", hold)
        incidents.stack_unit(supervisor, incident_id=southern_pipe.pk, unit_id=engine_7.pk, moment=moment, now=now)
        return hold(incident, unit)

    monkeypatch.setattr(dispatch_sql, "hold", hold_while_another_is_quicker)
    with pytest.raises(AlreadySent):
        incidents.stack_unit(dispatcher, incident_id=southern_pipe.pk, unit_id=engine_7.pk, moment=moment, now=now)

    assert Assignment.objects.filter(incident=southern_pipe, unit=engine_7).count() == 1


def test_a_dispatcher_who_is_overtaken_again_and_again_is_told_so_and_nothing_is_written(
    dispatcher: Actor, northern_fire: Incident, engine_7: Unit, moment: Moment, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = dispatch_sql.read_both

    def read_too_late(incident_id: int, unit_id: int) -> Any:
        found = read(incident_id, unit_id)
        Unit.objects.filter(pk=unit_id).update(version=F("version") + 1)
        return found

    monkeypatch.setattr(dispatch_sql, "read_both", read_too_late)
    with pytest.raises(TooManyAtOnce):
        incidents.dispatch_unit(dispatcher, incident_id=northern_fire.pk, unit_id=engine_7.pk, moment=moment, now=now)

    northern_fire.refresh_from_db()
    engine_7.refresh_from_db()
    assert (northern_fire.first_assigned_at, engine_7.is_available()) == (None, True)
    assert not Assignment.objects.exists()


def test_an_engine_declared_free_while_it_still_has_a_job_is_refused_in_words(
    dispatcher: Actor, northern_fire: Incident, southern_pipe: Incident, engine_7: Unit, moment: Moment, now: datetime
) -> None:
    incidents.dispatch_unit(dispatcher, incident_id=northern_fire.pk, unit_id=engine_7.pk, moment=moment, now=now)
    resources.set_unit_status(
        dispatcher, unit_id=engine_7.pk, availability="AVAILABLE", activity="ON_RADIO", label_code="", source="COMMAND", now=now
    )

    with pytest.raises(AlreadySent):
        incidents.dispatch_unit(dispatcher, incident_id=northern_fire.pk, unit_id=engine_7.pk, moment=moment, now=now)
    with pytest.raises(UnitBusy):
        incidents.dispatch_unit(dispatcher, incident_id=southern_pipe.pk, unit_id=engine_7.pk, moment=moment, now=now)
    assert Assignment.objects.count() == 1
