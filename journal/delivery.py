"""Pays receipts: runs one reaction to one entry, exactly once in effect.

The receipt's row lock is held while the reaction runs, in the same transaction: a worker that dies takes its half-done work with it
and frees the row; a second worker with the same task skips it. Whoever is handed a paid receipt finds it paid.
"""

import logging
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from journal import reactions, selectors
from journal.models import Receipt, ReceiptQuerySet
from kit import context

logger = logging.getLogger(__name__)

KEPT = timedelta(days=30)
CLAIM = """
UPDATE journal_receipt SET
    attempts = attempts + (attempts < %(attempts)s)::int,
    state = CASE WHEN attempts < %(attempts)s THEN state ELSE 'DEAD' END,
    last_error = CASE WHEN attempts < %(attempts)s OR last_error <> '' THEN last_error ELSE 'the worker died with it every time' END
WHERE id = (
    SELECT id FROM journal_receipt WHERE entry_id = %(entry)s AND handler = %(handler)s AND state = 'PENDING' FOR NO KEY UPDATE SKIP LOCKED
) AND set_config('synchronous_commit', 'off', true) = 'off'
RETURNING *
"""


def deliver(*, entry_id: int, handler: str) -> str:
    """Run the reaction if it is still owed; says "done", "failed", "dead", or "nothing" when it was not ours to do."""
    receipt = _claim(entry_id, handler)
    if receipt is None:
        return "nothing"
    try:
        return _run(receipt)
    except Exception as error:  # whatever a reaction raises is written down where people can see it, and tried again
        logger.exception("reaction %s to entry %s failed (attempt %s)", handler, entry_id, receipt.attempts)
        return _failed(receipt.pk, f"{type(error).__name__}: {error}"[:2000])


def _claim(entry_id: int, handler: str) -> Receipt | None:
    """Count the attempt before it is made, so that a reaction that kills its worker is given up at last.

    One statement. The count may be lost with a crash of the database and need not reach the disk before the reaction begins.
    """
    receipts = Receipt.objects.raw(CLAIM, {"entry": entry_id, "handler": handler, "attempts": Receipt.ATTEMPTS})
    receipt: Receipt | None = next(iter(receipts), None)
    return receipt if receipt is not None and receipt.state == Receipt.State.PENDING else None


def _run(receipt: Receipt) -> str:
    with transaction.atomic():
        owed = _owed().filter(pk=receipt.pk).first()
        if owed is None:
            return "nothing"
        reaction = reactions.named(owed.handler)
        entry = selectors.entry_of(owed.entry_id)
        if reaction is None or entry is None:
            raise LookupError(f"no room has the reaction {owed.handler}" if reaction is None else f"there is no entry {owed.entry_id}")
        with context.caused_by(entry.id):
            reaction.fn(entry)
        owed.settle(timezone.now())
        owed.save(update_fields=["state", "done_at", "last_error"])
    return "done"


def _failed(receipt_id: int, reason: str) -> str:
    with transaction.atomic():
        receipt = Receipt.objects.select_for_update(no_key=True).get(pk=receipt_id)
        if receipt.state != Receipt.State.PENDING:
            return "nothing"
        receipt.fail(reason, timezone.now())
        receipt.save(update_fields=["state", "due_at", "last_error"])
    return "dead" if receipt.state == Receipt.State.DEAD else "failed"


def _owed() -> ReceiptQuerySet:
    return Receipt.objects.select_for_update(no_key=True, skip_locked=True).filter(state=Receipt.State.PENDING)


def tidy(now: datetime) -> int:
    """Remove receipts paid more than thirty days ago; says how many."""
    gone, _ = Receipt.objects.filter(state=Receipt.State.DONE, done_at__lt=now - KEPT).delete()
    return gone
