"""What happened stays: nobody changes, removes or forges an entry, neither the owner of the table nor the running city."""

from typing import Any

import psycopg
import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError

from access.actors import Actor
from journal.models import Entry
from tests.journal.conftest import note

REFUSED = {
    "its text": "UPDATE journal_entry SET data = '{}' WHERE id = %s",
    "who did it": "UPDATE journal_entry SET actor_label = 'somebody else' WHERE id = %s",
    "when it happened": "UPDATE journal_entry SET at = at - interval '1 hour' WHERE id = %s",
    "the time of its record": "UPDATE journal_entry SET recorded_at = recorded_at + interval '40 days' WHERE id = %s",
    "its being there": "DELETE FROM journal_entry WHERE id = %s",
    "its number without a digest": "UPDATE journal_entry SET position = 77 WHERE id = %s",
    "its text while it is numbered": "UPDATE journal_entry SET position = 77, digest = 'x', name = 'other' WHERE id = %s",
}


def partition_of(entry: Entry) -> str:
    return f"journal_entry_{entry.recorded_at:%Y_%m}"


@pytest.mark.parametrize("what", REFUSED)
def test_not_even_the_owner_of_the_table_changes_an_entry(db: None, clerk: Actor, what: str) -> None:
    entry = note(clerk)

    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(REFUSED[what], [entry.id])

    assert Entry.objects.filter(pk=entry.id, position=None, name="tests.noted").exists()


def test_the_owner_cannot_go_round_by_the_partition(db: None, clerk: Actor) -> None:
    entry = note(clerk)

    for statement in (f"DELETE FROM {partition_of(entry)}", f"UPDATE {partition_of(entry)} SET name = 'x'", f"TRUNCATE {partition_of(entry)}"):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_nobody_empties_the_journal(db: None, clerk: Actor) -> None:
    note(clerk)

    for table in ("journal_entry", "journal_head", "journal_entry_rest"):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"TRUNCATE {table}")


def test_a_number_is_given_once(clerk: Actor, number: Any) -> None:
    entry = note(clerk)
    number()

    with pytest.raises(DatabaseError, match="once"), transaction.atomic():
        Entry.objects.filter(pk=entry.pk).update(position=99, digest=b"forged")


def test_a_new_entry_cannot_bring_its_own_number(db: None, clerk: Actor) -> None:
    forged = (
        "INSERT INTO journal_entry (position, digest, name, actor_kind, actor_id, actor_label, about, scopes)"
        " VALUES (5, 'x', 'tests.noted', 'user', '7', 'Li Min', '{}', '{}')"
    )

    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(forged)


def test_the_head_of_the_chain_never_goes_back(clerk: Actor, number: Any) -> None:
    note(clerk)
    number()

    for statement in ("UPDATE journal_head SET position = 0", "DELETE FROM journal_head"):
        with pytest.raises(DatabaseError, match="only advances"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE journal_entry SET name = 'x'",
        "DELETE FROM journal_entry",
        "TRUNCATE journal_entry",
        "DELETE FROM journal_entry_rest",
        "UPDATE journal_entry_rest SET position = 1, digest = 'x'",
        "INSERT INTO journal_entry_rest (name) VALUES ('x')",
        "DELETE FROM journal_head",
        "ALTER TABLE journal_entry DISABLE TRIGGER USER",
        "DROP TABLE journal_entry",
        "SELECT journal_guard_partition('journal_entry_rest')",
    ],
)
def test_the_running_city_has_no_right_to_it_either(web_role: "psycopg.Connection[Any]", statement: str) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        web_role.execute(statement)


def test_the_running_city_may_record_number_and_make_the_next_partition(web_role: "psycopg.Connection[Any]") -> None:
    web_role.execute(
        "INSERT INTO journal_entry (name, actor_kind, actor_id, actor_label, about, scopes) VALUES ('tests.noted', 'user', '7', 'x', '{}', '{}')"
    )
    numbered = web_role.execute("UPDATE journal_entry SET position = 1, digest = 'x'")
    made = web_role.execute("SELECT journal_make_partition('2040-05-17')").fetchone()
    again = web_role.execute("SELECT journal_make_partition('2040-05-01')").fetchone()

    assert (numbered.rowcount, made, again) == (1, (True,), (False,))
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE journal_entry_2040_05")


def test_a_fact_is_recorded_only_inside_the_transaction_that_made_it_true(transactional_db: None, clerk: Actor) -> None:
    from journal import services
    from tests.journal.facts import Noted

    with pytest.raises(transaction.TransactionManagementError):
        services.record(clerk, Noted(text="x"), about=[], scopes=[], at=None)


def test_what_was_rolled_back_never_happened(transactional_db: None, clerk: Actor, number: Any) -> None:
    with transaction.atomic():
        note(clerk)
        transaction.set_rollback(True)

    assert number() == 0
