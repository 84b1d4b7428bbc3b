"""A reaction is done once in effect, whatever happens to the worker; what fails is tried again, then shown to people."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.db import DatabaseError, InterfaceError, connection
from django.utils import timezone

from access.actors import Actor
from journal import delivery, dispatch, services
from journal.models import Entry, Receipt
from kit import context
from kit.errors import NotFound
from tests.journal import reacting as room
from tests.journal.conftest import note

HANDLER = "tests.journal.reacting.count"


@pytest.fixture
def owed(clerk: Actor, number: Any, reacting: list[str]) -> Entry:
    """A numbered entry that one reaction is owed."""
    entry = note(clerk, "call the crew")
    number()
    return entry


def deliver(entry: Entry) -> str:
    return delivery.deliver(entry_id=entry.id, handler=HANDLER)


def times_done(entry: Entry) -> int:
    return Session.objects.filter(session_data=str(entry.id)).count()


def receipt() -> Receipt:
    return Receipt.objects.get()


def break_down(entry: Entry) -> None:
    raise RuntimeError("the gateway is on fire")


def test_a_task_delivered_three_times_is_done_once(owed: Entry) -> None:
    assert [deliver(owed) for _ in range(3)] == ["done", "nothing", "nothing"]

    assert times_done(owed) == 1
    assert receipt().state == Receipt.State.DONE


def test_eight_workers_with_the_same_task_do_it_once(owed: Entry) -> None:
    said: list[str] = []
    start = threading.Barrier(8)

    def work() -> None:
        start.wait()
        said.append(deliver(owed))
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(said) == ["done", *["nothing"] * 7]
    assert times_done(owed) == 1


def test_a_failed_attempt_leaves_nothing_behind_and_is_tried_again(owed: Entry) -> None:
    room.behaviour = break_down
    assert deliver(owed) == "failed"
    assert times_done(owed) == 0
    assert receipt().last_error == "RuntimeError: the gateway is on fire"
    assert receipt().due_at > timezone.now() + timedelta(seconds=3)

    room.behaviour = room.works
    assert deliver(owed) == "done"
    assert times_done(owed) == 1


def test_after_eight_attempts_it_is_given_up_where_people_see_it_and_may_be_tried_again(owed: Entry, clerk: Actor) -> None:
    room.behaviour = break_down
    said = [deliver(owed) for _ in range(Receipt.ATTEMPTS + 2)]

    assert said == [*["failed"] * (Receipt.ATTEMPTS - 1), "dead", "nothing", "nothing"]
    assert Receipt.objects.dead().get().last_error == "RuntimeError: the gateway is on fire"

    room.behaviour = room.works
    services.retry_reaction(clerk, receipt_id=receipt().pk)
    assert deliver(owed) == "done"
    assert Entry.objects.filter(name="journal.reaction_retried", actor_label="Li Min").count() == 1


def test_only_what_was_given_up_can_be_tried_again(owed: Entry, clerk: Actor) -> None:
    with pytest.raises(NotFound):
        services.retry_reaction(clerk, receipt_id=receipt().pk)


def test_a_reaction_that_kills_its_worker_every_time_is_given_up_too(owed: Entry) -> None:
    """A killed worker writes no failure: the attempts were counted before they were made."""

    def die(entry: Entry) -> None:
        raise KeyboardInterrupt

    room.behaviour = die
    for _ in range(Receipt.ATTEMPTS):
        with pytest.raises(KeyboardInterrupt):
            deliver(owed)

    assert deliver(owed) == "nothing"
    assert (receipt().state, times_done(owed)) == (Receipt.State.DEAD, 0)


def test_what_a_dead_relay_worker_or_redis_left_behind_is_handed_out_again(owed: Entry) -> None:
    now = timezone.now()
    assert [one.entry_id for one in dispatch.lease(now)] == [owed.id]
    assert dispatch.lease(now) == []

    later = now + timedelta(seconds=Receipt.LEASE_SECONDS + 1)
    assert [one.entry_id for one in dispatch.lease(later)] == [owed.id]
    assert receipt().due_at == later + timedelta(seconds=2 * Receipt.LEASE_SECONDS)


def test_what_a_reaction_records_names_its_cause(owed: Entry, clerk: Actor) -> None:
    room.behaviour = lambda entry: note(clerk, "crew called")  # type: ignore[assignment,return-value]

    deliver(owed)

    assert Entry.objects.get(data__text="crew called").cause == owed.id
    assert context.cause.get() is None


def test_a_reaction_whose_room_is_gone_is_not_forgotten(owed: Entry) -> None:
    Receipt.objects.update(handler="gone.handlers.page_crew")

    assert delivery.deliver(entry_id=owed.id, handler="gone.handlers.page_crew") == "failed"
    assert "no room has the reaction" in receipt().last_error


def test_paid_receipts_are_tidied_away_after_thirty_days(owed: Entry) -> None:
    deliver(owed)

    assert delivery.tidy(timezone.now() + timedelta(days=29)) == 0
    assert delivery.tidy(timezone.now() + timedelta(days=31)) == 1


def test_the_dispatcher_goes_on_after_its_database_was_killed_under_it(owed: Entry) -> None:
    dispatcher = dispatch.Dispatcher(threading.Event(), threading.Event())
    connection.ensure_connection()
    connection.connection.close()

    with pytest.raises((DatabaseError, InterfaceError)):
        dispatcher.sweep()

    assert dispatcher.sweep() == 1
