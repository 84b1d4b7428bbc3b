"""The relay numbers what was committed, in an order that is true for every subject, and hands it on."""

import os
import signal
import subprocess
import sys
import threading
import time
from typing import Any

import pytest
from django.db import connection, transaction

from access.actors import Actor
from journal import partitions, selectors, wire
from journal.models import Entry, Receipt
from journal.relay import Relay, connect
from tests.journal.conftest import SCOPES, note


def positions() -> list[tuple[int, int]]:
    return list(Entry.objects.exclude(position=None).order_by("position").values_list("position", "id"))


def test_entries_get_consecutive_positions_in_the_order_of_their_record(clerk: Actor, number: Any) -> None:
    ids = [note(clerk, str(n)).id for n in range(5)]

    assert number() == 5
    assert positions() == list(enumerate(ids, 1))
    assert (number(), selectors.head_position(), selectors.relay_lag_seconds()) == (0, 5, 0.0)


def test_an_entry_committed_late_gets_a_later_position_and_is_not_lost(clerk: Actor, number: Any) -> None:
    """The case in which a reader of `id > last_seen` loses a row: the smaller id is committed second."""
    has_recorded, may_commit = threading.Event(), threading.Event()
    slow: list[int] = []

    def record_slowly() -> None:
        with transaction.atomic():
            slow.append(note(clerk, "slow").id)
            has_recorded.set()
            may_commit.wait(10)
        connection.close()

    writer = threading.Thread(target=record_slowly)
    writer.start()
    has_recorded.wait(10)
    quick = note(clerk, "quick").id
    number()
    may_commit.set()
    writer.join()
    number()

    assert slow[0] < quick
    assert positions() == [(1, quick), (2, slow[0])]


def test_two_relays_at_once_give_no_number_twice(clerk: Actor, number: Any, relay: Relay) -> None:
    for n in range(120):
        note(clerk, str(n))
    faults: list[BaseException] = []

    def work() -> None:
        try:
            with connect() as db:
                relay.number(db)
        except BaseException as error:
            faults.append(error)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    number()

    assert not faults
    assert [position for position, _ in positions()] == list(range(1, 121))


def test_the_hubs_get_each_entry_once_as_one_text_without_names(clerk: Actor, number: Any) -> None:
    with wire.client(2).pubsub(ignore_subscribe_messages=True) as listener:
        listener.subscribe(wire.channel("facts"))
        listener.get_message(timeout=1)
        note(clerk, "路口")
        number()
        message = listener.get_message(timeout=2)

    line = wire.Line.unpack(message["data"])
    assert (line.position, line.name, line.scopes) == (1, "tests.noted", frozenset(SCOPES))
    assert line.frame(0).startswith('{"position":1,"prev":0,"about":["incident:1"],')
    assert "路口" in line.frame(0)
    assert "Li Min" not in line.frame(0)


def test_the_age_of_what_waits_is_known(clerk: Actor, number: Any) -> None:
    note(clerk)
    time.sleep(0.2)

    assert 0.2 <= selectors.relay_lag_seconds() < 30
    number()
    assert selectors.relay_lag_seconds() == 0.0


def test_a_writer_is_not_held_up_by_a_dead_redis(clerk: Actor, transactional_db: None, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.REDIS_URL = "unix:///nowhere/redis.sock"
    silent = wire.Publisher()
    monkeypatch.setattr(wire, "publisher", lambda: silent)

    start = time.monotonic()
    for n in range(20):
        note(clerk, str(n))

    assert time.monotonic() - start < 2
    assert Entry.objects.count() == 20


def test_each_reaction_of_an_entry_has_its_receipt_from_the_moment_of_its_number(clerk: Actor, number: Any, reacting: list[str]) -> None:
    entry = note(clerk)
    assert not Receipt.objects.exists()

    number()

    assert list(Receipt.objects.values_list("entry_id", "handler", "state")) == [(entry.id, "tests.journal.reacting.count", "PENDING")]


def test_partitions_are_made_ahead_over_the_turn_of_the_year() -> None:
    from datetime import UTC, date, datetime

    assert partitions.months(datetime(2026, 11, 30, tzinfo=UTC)) == [date(2026, 11, 1), date(2026, 12, 1), date(2027, 1, 1), date(2027, 2, 1)]


def test_the_partitions_of_the_coming_months_exist_and_nothing_lies_astray(clerk: Actor, transactional_db: None, now: Any) -> None:
    note(clerk)

    assert partitions.make_ahead(now) == 0
    assert selectors.strayed_entries() == 0


@pytest.mark.timeout(90)
def test_a_standby_takes_over_when_the_leader_is_killed(clerk: Actor, transactional_db: None) -> None:
    env = os.environ | {"DATABASE_URL": _url_of_the_test_database()}
    relays = [subprocess.Popen([sys.executable, "manage.py", "relay"], env=env, stderr=subprocess.DEVNULL) for _ in range(2)]
    try:
        note(clerk, "first")
        _wait_until_numbered(30)
        leader = next(one for one in relays if one.pid == _leader())
        note(clerk, "second")
        leader.send_signal(signal.SIGKILL)
        note(clerk, "third")
        killed_at = time.monotonic()
        _wait_until_numbered(20)
        took = time.monotonic() - killed_at
    finally:
        for one in relays:
            one.kill()
            one.wait()

    assert took < 5
    assert [position for position, _ in positions()] == [1, 2, 3]


def _url_of_the_test_database() -> str:
    url = os.environ["DATABASE_URL"]
    before, _, query = url.partition("?")
    return f"{before.rsplit('/', 1)[0]}/{connection.settings_dict['NAME']}?{query}"


def _wait_until_numbered(seconds: float) -> None:
    until = time.monotonic() + seconds
    while selectors.relay_lag_seconds():
        assert time.monotonic() < until, "nobody numbers"
        time.sleep(0.02)


def _leader() -> int:
    """The pid of the process that holds the lock: the relay says it in its connection's name."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT split_part(application_name, ' ', 2) FROM pg_stat_activity JOIN pg_locks USING (pid)"
            " WHERE locktype = 'advisory' AND granted AND application_name LIKE 'relay %%' AND datname = current_database()"
        )
        return int(cursor.fetchone()[0])
