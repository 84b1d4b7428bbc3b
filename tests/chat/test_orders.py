"""Orders: who is to do what by when, and how far each has come."""

import importlib
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Event
from time import sleep
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, connections, transaction

from access import selectors as access
from access.actors import Actor
from access.models import Department
from alerts import services as alerts
from alerts.models import Alarm
from chat import ordered, selectors, services
from chat.models import Addressee, Message, Room
from chat.services import NewMessage, NewOrder
from chat.services.following import advance
from chat.tasks import note_overdue
from incidents.models import Incident
from incidents.services.common import Moment
from journal.models import Entry
from kit.errors import Forbidden, Invalid, NotFound
from resources.models import Duty, Post, Unit
from tests.chat.conftest import Say
from tests.conftest import user_of


def _order(actor: Actor, room: Room, text: str, *to: str, now: datetime, minutes: int | None = 30) -> Message:
    due = now + timedelta(minutes=minutes) if minutes is not None else None
    return services.give_order(actor, room_id=room.pk, order=NewOrder(NewMessage(text), to, due), now=now)


def _say(actor: Actor, addressee: Addressee, step: str, *, now: datetime, reason: str = "") -> Addressee:
    return services.advance_order(actor, addressee_id=addressee.pk, step=step, reason=reason, moment=Moment(at=now), now=now)


def test_an_order_to_a_department_lets_its_people_in_and_each_step_has_its_time(
    dispatcher: Actor, liaison: Actor, water: Department, fire_room: Room, northern_fire: Incident, now: datetime
) -> None:
    said = _order(dispatcher, fire_room, "关阀两处", f"department:{water.pk}", now=now)
    (waiting,) = ordered.waiting_for(liaison, unit_id=None, now=now)

    selectors.room(liaison, fire_room.pk)
    services.mark_read(liaison, room_id=fire_room.pk, seq=said.seq, now=now + timedelta(seconds=5))
    _say(liaison, waiting, "ACCEPTED", now=now + timedelta(seconds=9))
    _say(liaison, waiting, "READ", now=now + timedelta(seconds=10))
    _say(liaison, waiting, "DONE", now=now + timedelta(minutes=9))

    row = Addressee.objects.get()
    times = [row.delivered_at, row.read_at, row.accepted_at, row.done_at]
    assert times == [now + timedelta(seconds=5)] * 2 + [now + timedelta(seconds=9), now + timedelta(minutes=9)]
    assert (row.step, row.by, row.order.is_open) == ("DONE", "Liaison", False)
    assert ordered.waiting_for(liaison, unit_id=None, now=now) == []
    shown: Any = selectors.message(dispatcher, fire_room.pk, said.seq)
    assert shown["kind"] == "ORDER" and shown["order"]["addressees"][0]["done_at"] is not None
    about = [entry.name for entry in Entry.objects.filter(about__contains=[f"incident:{northern_fire.pk}"], name__startswith="chat.").order_by("id")]
    assert about == ["chat.room_opened", "chat.order_given", "chat.order_advanced", "chat.order_advanced"]
    assert "关阀" not in str(list(Entry.objects.values_list("data", flat=True)))


def test_a_person_who_is_not_of_the_room_is_let_in_by_an_order_and_hears_its_frame(
    dispatcher: Actor, fire_chief_south: Actor, fire_room: Room, now: datetime
) -> None:
    with pytest.raises(NotFound):
        selectors.room(fire_chief_south, fire_room.pk)

    _order(dispatcher, fire_room, "支援北区", f"user:{fire_chief_south.user_id}", now=now)

    assert selectors.room(fire_chief_south, fire_room.pk)
    assert set(Entry.objects.get(name="chat.order_given").scopes) & access.scopes_of(fire_chief_south)


def test_whoever_holds_the_post_and_whoever_speaks_for_the_unit_answer_and_nobody_else(
    dispatcher: Actor, crew: Actor, liaison: Actor, fire: Department, engine_7: Unit, fire_room: Room, now: datetime
) -> None:
    post = Post.objects.create(code="desk", name="指挥席", department=fire, department_ids=[fire.pk])
    Duty.objects.create(post=post, person_id=dispatcher.user_id, starts_at=now - timedelta(hours=1), ends_at=now + timedelta(hours=7))
    _order(dispatcher, fire_room, "供水", f"post:{post.pk}", f"unit:{engine_7.pk}", now=now)
    to_post, to_unit = Addressee.objects.order_by("pk")

    assert [each.pk for each in ordered.waiting_for(dispatcher, unit_id=None, now=now)] == [to_post.pk]
    assert [each.pk for each in ordered.waiting_for(crew, unit_id=engine_7.pk, now=now)] == [to_unit.pk]
    assert ordered.waiting_for(liaison, unit_id=engine_7.pk, now=now) == []
    services.mark_read(dispatcher, room_id=fire_room.pk, seq=1, now=now)  # who may speak for a unit has not read for it
    assert list(Addressee.objects.order_by("pk").values_list("step", flat=True)) == ["READ", "SENT"]
    assert _say(crew, to_unit, "ACCEPTED", now=now).step == "ACCEPTED"
    with pytest.raises(Forbidden):
        _say(crew, to_post, "DONE", now=now)
    with pytest.raises(NotFound):
        _say(liaison, to_unit, "DONE", now=now)


def test_the_next_holder_of_a_post_finds_the_order_and_its_room_until_it_is_withdrawn(
    dispatcher: Actor, fire_chief_south: Actor, fire: Department, fire_room: Room, now: datetime
) -> None:
    post = Post.objects.create(code="desk", name="指挥席", department=fire, department_ids=[fire.pk])
    Duty.objects.create(post=post, person_id=dispatcher.user_id, starts_at=now - timedelta(hours=1), ends_at=now + timedelta(hours=7))
    change = now + timedelta(hours=7)
    Duty.objects.create(post=post, person_id=fire_chief_south.user_id, starts_at=change, ends_at=change + timedelta(hours=8))
    epoch = user_of(fire_chief_south).epoch
    with pytest.raises(NotFound):
        selectors.room(fire_chief_south, fire_room.pk)

    said = _order(dispatcher, fire_room, "每小时报水位", f"post:{post.pk}", now=now, minutes=60 * 12)

    assert selectors.room(fire_chief_south, fire_room.pk) and user_of(fire_chief_south).epoch == epoch + 1
    assert ordered.waiting_for(fire_chief_south, unit_id=None, now=now) == []
    (waiting,) = ordered.waiting_for(fire_chief_south, unit_id=None, now=change + timedelta(minutes=1))
    assert waiting.order.message_id == said.pk

    services.withdraw_order(dispatcher, room_id=fire_room.pk, seq=said.seq, now=now)
    with pytest.raises(NotFound):
        selectors.room(fire_chief_south, fire_room.pk)


@pytest.mark.django_db(transaction=True)
def test_somebody_who_writes_in_one_window_and_reads_an_order_in_another_is_held_up_by_neither(
    dispatcher: Actor, liaison: Actor, water: Department, fire_room: Room, now: datetime
) -> None:
    said = _order(dispatcher, fire_room, "关阀两处", f"department:{water.pk}", now=now)
    services.mark_read(liaison, room_id=fire_room.pk, seq=0, now=now)
    has_room, is_reading = Event(), Event()

    def write() -> None:
        with transaction.atomic():
            room = Room.objects.locked(fire_room.pk)
            assert room is not None
            has_room.set()
            is_reading.wait(5)
            _until_somebody_waits()
            advance(liaison, room=room, seq=said.seq, now=now, clears_draft=True)
        connections.close_all()

    def read() -> None:
        has_room.wait(5)
        is_reading.set()
        services.mark_read(liaison, room_id=fire_room.pk, seq=said.seq, now=now)
        connections.close_all()

    with ThreadPoolExecutor(2) as windows:
        for each in [windows.submit(write), windows.submit(read)]:
            each.result(timeout=30)
    assert Addressee.objects.get().step == "READ"


def _until_somebody_waits() -> None:
    """Until another transaction waits for a lock."""
    with connection.cursor() as cursor:
        for _ in range(100):
            cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")
            if cursor.fetchone()[0]:
                return
            sleep(0.05)


def test_that_it_cannot_be_done_needs_a_reason_and_can_be_thought_over(
    dispatcher: Actor, liaison: Actor, water: Department, fire_room: Room, now: datetime
) -> None:
    _order(dispatcher, fire_room, "关阀", f"department:{water.pk}", now=now)
    to = Addressee.objects.get()

    with pytest.raises(services.OrderReasonMissing):
        _say(liaison, to, "REFUSED", now=now)
    refused = _say(liaison, to, "REFUSED", reason="阀门锈死", now=now)
    assert (refused.reason, refused.order.is_open) == ("阀门锈死", False)

    assert _say(liaison, to, "ACCEPTED", now=now).order.is_open
    _say(liaison, to, "DONE", now=now)
    with pytest.raises(services.OrderIsOver):
        _say(liaison, to, "REFUSED", reason="x", now=now)


def test_an_order_is_withdrawn_not_struck_and_asks_nothing_any_more(
    dispatcher: Actor, crew: Actor, liaison: Actor, water: Department, fire_room: Room, now: datetime
) -> None:
    said = _order(dispatcher, fire_room, "关阀", f"department:{water.pk}", now=now)

    with pytest.raises(Forbidden):
        services.strike_message(dispatcher, room_id=fire_room.pk, seq=said.seq, now=now)
    with pytest.raises(Forbidden):
        services.withdraw_order(crew, room_id=fire_room.pk, seq=said.seq, now=now)
    for _ in range(2):
        services.withdraw_order(dispatcher, room_id=fire_room.pk, seq=said.seq, now=now)

    assert ordered.waiting_for(liaison, unit_id=None, now=now) == [] and ordered.open_in(fire_room) == []
    assert Entry.objects.filter(name="chat.order_withdrawn").count() == 1
    with pytest.raises(services.OrderIsOver):
        _say(liaison, Addressee.objects.get(), "DONE", now=now)


@pytest.mark.parametrize(("to", "minutes"), [((), 5), (("user:999999", "nonsense", "unit:x"), 5), (("department",), -1)])
def test_an_order_names_somebody_and_a_time_to_come(
    dispatcher: Actor, water: Department, fire_room: Room, to: tuple[str, ...], minutes: int, now: datetime
) -> None:
    whom = tuple(f"department:{water.pk}" if each == "department" else each for each in to)
    with pytest.raises(Invalid):
        _order(dispatcher, fire_room, "关阀", *whom, now=now, minutes=minutes)

    assert not Message.objects.exists()


def test_a_crew_gives_no_orders(crew: Actor, water: Department, fire_room: Room, now: datetime) -> None:
    with pytest.raises(Forbidden):
        _order(crew, fire_room, "关阀", f"department:{water.pk}", now=now)


def test_an_order_whose_time_has_passed_is_an_alarm_until_it_is_done(
    dispatcher: Actor, liaison: Actor, water: Department, fire_room: Room, northern_fire: Incident, say: Say, now: datetime
) -> None:
    said = _order(dispatcher, fire_room, "关阀两处", f"department:{water.pk}", now=now - timedelta(minutes=31))
    watch = Actor.system("watch")
    importlib.import_module("alerts.migrations.0011_default_order_rule").fill(apps, None)

    assert note_overdue() == 1 and note_overdue() == 0
    alerts.look_around(watch, now=now, took_ms=0)

    alarm = Alarm.objects.get(rule__watch="ORDER_OVERDUE")
    assert (alarm.incident_id, alarm.words, alarm.is_standing) == (northern_fire.pk, water.name, True)
    shown: Any = selectors.message(dispatcher, fire_room.pk, said.seq)
    assert shown["order"]["is_overdue"] and Entry.objects.filter(name="chat.order_overdue").count() == 1

    _say(liaison, Addressee.objects.get(), "DONE", now=now)
    alerts.look_around(watch, now=now + timedelta(seconds=5), took_ms=0)

    alarm.refresh_from_db()
    assert not alarm.is_standing
