"""The relay: gives committed entries their positions, chains their digests, hands them to the hubs and to the reactions.

One process numbers (a session advisory lock says which; the row lock on the head makes a second one harmless even so); others stand by.
Readers that ask a serial log for `id > last_seen` lose rows, because transactions commit out of order. Here a number is given only
after commit, so a position once seen means that every smaller one is there too.

Three threads, so that no one waits for another's engine: the main one numbers (PostgreSQL only, then a bounded publish), the listener
waits for pokes (Redis), the dispatcher hands due receipts to Celery (PostgreSQL and Redis).
"""

import logging
import os
import threading
import time
from collections.abc import Callable
from typing import Any

import django.db
import psycopg
import redis
from django.db import connection
from django.utils import timezone

from journal import carrying, chain, partitions, reactions, wire
from journal.dispatch import Dispatcher
from journal.wire import Line, Publisher

logger = logging.getLogger(__name__)

POLL_SECONDS = 0.1
STANDBY_SECONDS = 0.25
REST_SECONDS = 0.2
BATCH = 500
LOCK = 0x6369_7479  # "city"
PARTITIONS_EVERY_SECONDS = 3600

# A relay that hangs is worse than one that dies: every wait for PostgreSQL ends by itself, and a silent peer is noticed.
OPTIONS = "-c statement_timeout=10s -c lock_timeout=5s -c idle_in_transaction_session_timeout=10s"
OPTIONS += " -c tcp_keepalives_idle=2 -c tcp_keepalives_interval=1 -c tcp_keepalives_count=3 -c tcp_user_timeout=5000"
CLIENT = {
    "connect_timeout": 2,
    "keepalives": 1,
    "keepalives_idle": 2,
    "keepalives_interval": 1,
    "keepalives_count": 3,
    "tcp_user_timeout": 5000,
}

WAITING = """
SELECT id, name, at, recorded_at, actor_kind, actor_id, actor_label, about, scopes, data, request_id, cause
FROM journal_entry WHERE position IS NULL ORDER BY id LIMIT %s
"""
NUMBER = """
UPDATE journal_entry AS entry SET position = given.position, digest = given.digest
FROM unnest(%s::bigint[], %s::timestamptz[], %s::bigint[], %s::bytea[]) AS given(id, recorded_at, position, digest)
WHERE entry.id = given.id AND entry.recorded_at = given.recorded_at
"""
OWE = """
INSERT INTO journal_receipt (entry_id, handler, state, attempts, dispatches, due_at, last_error)
SELECT entry_id, handler, 'PENDING', 0, 0, now(), '' FROM unnest(%s::bigint[], %s::text[]) AS owed(entry_id, handler)
ON CONFLICT DO NOTHING
"""


def connect() -> "psycopg.Connection[dict[str, Any]]":
    """The relay's own connection: Django's settings, autocommit, every wait bounded."""
    params = dict(connection.get_connection_params())
    for name in ("cursor_factory", "context", "prepare_threshold"):
        params.pop(name, None)
    params["options"] = f"{params.get('options', '')} {OPTIONS}".strip()
    params |= {**CLIENT, "application_name": f"relay {os.getpid()}"}
    return psycopg.connect(**params, autocommit=True, row_factory=psycopg.rows.dict_row)


class Relay:
    """Numbers until told to stop. `run` survives the loss of PostgreSQL and Redis."""

    def __init__(self) -> None:
        self.is_stopping = threading.Event()
        self.is_leading = threading.Event()
        self._poked = threading.Event()
        self._publisher = Publisher()
        self._dispatcher = Dispatcher(self.is_stopping, self.is_leading)
        self._partitions_due_at = 0.0
        self._fault: Exception | None = None

    def run(self) -> None:
        """Lead or stand by until stopped."""
        threads = [threading.Thread(target=self._guard(work), daemon=True) for work in (self._listen, self._dispatcher.run)]
        for thread in threads:
            thread.start()
        self._guard(self._serve)()
        for thread in threads:
            thread.join(timeout=5)
        if self._fault is not None:
            raise self._fault

    def stop(self) -> None:
        """Finish the batch under way and end."""
        self.is_stopping.set()
        self._poked.set()

    def _guard(self, work: Callable[[], None]) -> Callable[[], None]:
        """Run the work again whenever an engine went away under it. A fault of ours in any thread ends the relay: a standby leads at once."""

        def guarded() -> None:
            while not self.is_stopping.is_set():
                try:
                    work()
                except (psycopg.Error, django.db.Error, redis.RedisError, OSError) as error:
                    logger.warning("%s: %s; trying again", work.__name__, str(error).strip())
                    self.is_stopping.wait(REST_SECONDS)
                except Exception as error:  # noqa: BLE001  (raised again by the main thread)
                    self._fault = error
                    self.stop()

        return guarded

    def _serve(self) -> None:
        with connect() as db:
            try:
                while not self.is_stopping.is_set():
                    if not self._may_lead(db):
                        self.is_stopping.wait(STANDBY_SECONDS)
                    elif self.number(db) < BATCH:
                        self._poked.wait(POLL_SECONDS)
                        self._poked.clear()
            finally:
                self.is_leading.clear()

    def _may_lead(self, db: "psycopg.Connection[dict[str, Any]]") -> bool:
        """Whether this connection holds the lock; it goes with the connection, so a dead relay never keeps it."""
        if self.is_leading.is_set():
            return True
        row = db.execute("SELECT pg_try_advisory_lock(%s) AS is_ours", [LOCK]).fetchone()
        if row and row["is_ours"]:
            logger.info("this relay leads")
            self._make_partitions(db)
            self.is_leading.set()
        return self.is_leading.is_set()

    def number(self, db: "psycopg.Connection[dict[str, Any]]") -> int:
        """Number one batch of committed entries and publish it; says how many there were."""
        self._make_partitions(db)
        if not db.execute("SELECT EXISTS (SELECT FROM journal_entry WHERE position IS NULL) AS waits").fetchone()["waits"]:  # type: ignore[index]
            return 0
        with db.transaction():
            rows = self._number(db)
        lines = _lines(rows)
        self._publisher.publish("facts", [line.pack() for line in lines])
        if any(reactions.of_fact(line.name) for line in lines):
            self._dispatcher.wake()
        return len(lines)

    def _number(self, db: "psycopg.Connection[dict[str, Any]]") -> list[dict[str, Any]]:
        head = db.execute("SELECT position, digest FROM journal_head WHERE id = 1 FOR UPDATE").fetchone()
        assert head is not None, "the journal has lost its head row"
        rows = db.execute(WAITING, [BATCH]).fetchall()
        if not rows:
            return []
        position, digest, digests = head["position"], bytes(head["digest"]), []
        for row in rows:
            position += 1
            row["position"] = position
            digest = chain.digest_of(digest, chain.canonical(_values(row)))
            digests.append(digest)
        owed = [(row["id"], reaction.name) for row in rows for reaction in reactions.of_fact(row["name"])]
        keys = [[row[key] for row in rows] for key in ("id", "recorded_at", "position")]
        with db.pipeline():
            db.execute(NUMBER, [*keys, digests])
            db.execute("UPDATE journal_head SET position = %s, digest = %s WHERE id = 1", [position, digest])
            if owed:
                db.execute(OWE, [[entry for entry, _ in owed], [name for _, name in owed]])
        return rows

    def _make_partitions(self, db: "psycopg.Connection[dict[str, Any]]") -> None:
        if time.monotonic() < self._partitions_due_at:
            return
        self._partitions_due_at = time.monotonic() + PARTITIONS_EVERY_SECONDS
        for month in partitions.months(timezone.now()):
            db.execute(partitions.MAKE, [f"journal_entry_{month:%Y_%m}", month])

    def _listen(self) -> None:
        """Turn pokes into wake-ups. Without Redis the poll goes on alone."""
        with wire.client(patience_seconds=2).pubsub(ignore_subscribe_messages=True) as pubsub:
            pubsub.subscribe(wire.channel("poke"))
            while not self.is_stopping.is_set():
                if pubsub.get_message(timeout=1.0) is not None:
                    self._poked.set()


def _values(row: dict[str, Any]) -> dict[str, Any]:
    return {key: row[key] for key in chain.FIELDS} | {"at": chain.moment(row["at"]), "recorded_at": chain.moment(row["recorded_at"])}


def _lines(rows: list[dict[str, Any]]) -> list[Line]:
    loads = carrying.loads([(row["name"], row["data"]) for row in rows])
    return [_line(row, load) for row, load in zip(rows, loads, strict=True)]


def _line(row: dict[str, Any], load: Any) -> Line:
    return wire.line(row["position"], row["name"], row["scopes"], about=row["about"], at=chain.moment(row["at"]), data=row["data"], load=load)
