"""Hands due receipts to Celery: at least once, because the receipt stays due until a worker has paid it."""

import logging
import threading
from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from kombu.exceptions import OperationalError

from journal import reactions, tasks
from journal.models import Receipt

logger = logging.getLogger(__name__)

SWEEP_SECONDS = 1.0
BATCH = 500
CROWD = 50

# Left alone, kombu asks a dead broker again for ever; here the next sweep does.
IMPATIENT = {
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0.1,
    "interval_max": 0.1,
    "socket_timeout": 2,
    "socket_connect_timeout": 2,
}


class Dispatcher:
    """Sweeps the receipts whenever woken, and once a second: that finds what a dead relay, worker or Redis left behind."""

    def __init__(self, is_stopping: threading.Event, is_leading: threading.Event) -> None:
        self._is_stopping = is_stopping
        self._is_leading = is_leading
        self._woken = threading.Event()

    def wake(self) -> None:
        """There is something new to hand out."""
        self._woken.set()

    def run(self) -> None:
        """Sweep until stopped, while this relay leads."""
        while not self._is_stopping.is_set():
            self._woken.wait(SWEEP_SECONDS)
            self._woken.clear()
            if self._is_leading.is_set():
                self.sweep()

    def sweep(self) -> int:
        """Hand out everything that is due; says how much. The connection is given back whatever happens: a dead one must not be kept."""
        try:
            return self._hand_out() if Receipt.objects.due(timezone.now()).exists() else 0
        except OperationalError as error:
            logger.warning("the broker does not answer, reactions wait: %s", error)
            return 0
        finally:
            connection.close()

    def _hand_out(self) -> int:
        handed = 0
        with tasks.react.app.connection_for_write(transport_options=IMPATIENT) as broker, broker.Producer() as producer:
            while not self._is_stopping.is_set():
                receipts = lease(timezone.now(), waiting_in=_crowded(producer.channel))
                _enqueue(producer, receipts)
                handed += len(receipts)
                if len(receipts) < BATCH:
                    break
        return handed


def _crowded(channel: Any) -> list[str]:
    """The queues in which so much waits that what was handed out before is most likely still among it."""
    queues = {reaction.queue for _, reaction in reactions.all_reactions()}
    return [queue for queue in queues if channel.queue_declare(queue=queue).message_count >= CROWD]


def _enqueue(producer: Any, receipts: list[Receipt]) -> None:
    for receipt in receipts:
        reaction = reactions.named(receipt.handler)
        queue = reaction.queue if reaction else reactions.QUEUE
        kwargs = {"entry_id": receipt.entry_id, "handler": receipt.handler}
        tasks.react.apply_async(kwargs=kwargs, queue=queue, producer=producer, retry=False)


@transaction.atomic
def lease(now: datetime, *, waiting_in: Collection[str] = ()) -> list[Receipt]:
    """Take due receipts and put off their next due time; it comes again if no worker pays them till then.

    What was handed out before is left alone while its queue is crowded: to hand it out again would only make the queue longer.
    """
    patient = [reaction.name for _, reaction in reactions.all_reactions() if reaction.queue in waiting_in]
    due = Receipt.objects.due(now).exclude(dispatches__gt=0, handler__in=patient)
    receipts = list(due.select_for_update(no_key=True, skip_locked=True)[:BATCH])
    for receipt in receipts:
        receipt.dispatches += 1
        receipt.due_at = now + receipt.lease()
    Receipt.objects.bulk_update(receipts, ["dispatches", "due_at"], batch_size=BATCH)
    return receipts
