"""Verbs of the journal: record a fact; ask for a reaction that was given up to be tried again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from django.db import connection, models, transaction
from django.db.transaction import TransactionManagementError
from django.utils import timezone

from journal import wire
from journal.facts import Author, Fact, ReactionRetried
from journal.models import Entry, Receipt, subject
from kit import context
from kit.errors import NotFound
from kit.sql import Held, Overtaken, Write, planned_cursor

INSERT = """
INSERT INTO journal_entry (name, at, actor_kind, actor_id, actor_label, about, scopes, data, request_id, cause)
VALUES (%s, coalesce(%s, now()), %s, %s, %s, %s::text[], %s::text[], %s::jsonb, %s, %s)
RETURNING id, at, recorded_at
"""
INSERT_HELD = """
INSERT INTO journal_entry (name, at, actor_kind, actor_id, actor_label, about, scopes, data, request_id, cause)
SELECT %s, coalesce(%s, now()), %s, %s, %s, %s::text[], %s::text[], %s::jsonb, %s, %s::bigint WHERE EXISTS (SELECT FROM held)
RETURNING id, at, recorded_at
"""
INSERT_MANY = """
INSERT INTO journal_entry (name, at, actor_kind, actor_id, actor_label, about, scopes, data, request_id, cause)
SELECT row.name, coalesce(row.at, now()), %s, %s, %s, row.about, row.scopes, row.data, %s, %s::bigint
FROM ROWS FROM (jsonb_to_recordset(%s::jsonb) AS (name text, at timestamptz, about text[], scopes text[], data jsonb))
     WITH ORDINALITY AS row(name, at, about, scopes, data, place)
ORDER BY row.place
RETURNING id
"""


def record(
    actor: Author,
    fact: Fact,
    *,
    about: Sequence[models.Model | str],
    scopes: Sequence[str],
    at: datetime | None = None,
    held: Held | None = None,
    writes: Sequence[Write] = (),
) -> Entry:
    """Write down what happened, in the caller's transaction; `at` is when it happened (None: the transaction's time).

    `writes` are what made it true, carried out in one statement with the entry; then that statement may be the whole transaction, and
    `held` are the rows that must still be as the verb has read them. Raises `kit.sql.Overtaken` when they are not.
    """
    if not connection.in_atomic_block and not writes:
        raise TransactionManagementError("a fact is recorded in the transaction of the verb that made it true")
    data = _data(actor, fact)
    entry = Entry(
        name=fact.name,
        actor_kind=actor.kind,
        actor_id=str(actor.id),
        actor_label=str(actor.label),
        about=[subject(one) for one in about],
        scopes=list(dict.fromkeys(scopes)),
        data=orjson.loads(data),
        request_id=context.request_id.get(),
        cause=context.cause.get(),
    )
    row: tuple[Any, ...] = (
        entry.name,
        at,
        entry.actor_kind,
        entry.actor_id,
        entry.actor_label,
        entry.about,
        entry.scopes,
        data,
        entry.request_id,
        entry.cause,
    )
    entry.id, entry.at, entry.recorded_at = _insert(row, [*([held] if held else []), *writes], INSERT_HELD if held else INSERT)
    entry._state.adding, entry._state.db = False, connection.alias
    _poke_after_commit()
    return entry


def _insert(row: tuple[Any, ...], parts: Sequence[Held | Write], text: str) -> tuple[int, datetime, datetime]:
    together = f"WITH {', '.join(part.as_part() for part in parts)}" if parts else ""
    with planned_cursor() if parts else connection.cursor() as cursor:
        cursor.execute(together + text, [*(value for part in parts for value in part.values), *row])
        inserted: tuple[int, datetime, datetime] | None = cursor.fetchone()
    if inserted is None:
        raise Overtaken
    return inserted


@dataclass(frozen=True, slots=True)
class Happening:
    """One of many facts to be recorded at once: what happened, to whom, for whom, and when (None: the transaction's time)."""

    fact: Fact
    about: Sequence[models.Model | str]
    scopes: Sequence[str]
    at: datetime | None = None


def record_many(actor: Author, happenings: Sequence[Happening]) -> list[int]:
    """Write down many things that happened with one INSERT, in the caller's transaction and in this order; gives the entries' ids."""
    if not connection.in_atomic_block:
        raise TransactionManagementError("a fact is recorded in the transaction of the verb that made it true")
    if not happenings:
        return []
    rows = [
        {
            "name": one.fact.name,
            "at": one.at,
            "about": [subject(thing) for thing in one.about],
            "scopes": list(dict.fromkeys(one.scopes)),
            "data": orjson.Fragment(_data(actor, one.fact)),
        }
        for one in happenings
    ]
    author = (actor.kind, str(actor.id), str(actor.label), context.request_id.get(), context.cause.get())
    with connection.cursor() as cursor:
        cursor.execute(INSERT_MANY, (*author, orjson.dumps(rows).decode()))
        ids = [row[0] for row in cursor.fetchall()]
    _poke_after_commit()
    return ids


def _data(author: Author, fact: Fact) -> str:
    """A fact as JSON; what was done with authority taken by breaking the glass is marked in the entry itself."""
    body = orjson.dumps(fact)
    if author.is_elevated:
        body = orjson.dumps(orjson.loads(body) | {"elevated": True})
    return body.decode()


def _poke_after_commit() -> None:
    """One poke for each transaction, however many facts it records."""
    if not any(waiting[1] is wire.poke for waiting in connection.run_on_commit):
        transaction.on_commit(wire.poke, robust=True)


@transaction.atomic
def retry_reaction(actor: Author, *, receipt_id: int) -> Receipt:
    """Give a reaction that was given up all its attempts again."""
    receipt = Receipt.objects.select_for_update(no_key=True).filter(pk=receipt_id, state=Receipt.State.DEAD).first()
    if receipt is None:
        raise NotFound
    receipt.state, receipt.attempts, receipt.dispatches, receipt.due_at = Receipt.State.PENDING, 0, 0, timezone.now()
    receipt.save(update_fields=["state", "attempts", "dispatches", "due_at"])
    fact = ReactionRetried(receipt_id=receipt.pk, entry_id=receipt.entry_id)
    record(actor, fact, about=[f"receipt:{receipt.pk}"], scopes=["journal.view@*:*"], at=None)
    return receipt
