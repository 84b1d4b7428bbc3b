"""How a Celery worker comes back to its broker."""

from functools import partial
from typing import Any

from celery.worker.consumer import Consumer

# Kombu would wait 2, 4, 6 seconds: reactions would stand still for ten after a Redis that was away for three.
PATIENCE = {"interval_start": 0.2, "interval_step": 0.2, "interval_max": 2.0}


class QuickConsumer(Consumer):
    """Celery's consumer, which asks a broker that is away again at once, then less and less often, every two seconds at last."""

    def ensure_connected(self, conn: Any) -> Any:
        """The connection, once it stands."""
        conn.ensure_connection = partial(conn.ensure_connection, **PATIENCE)
        return super().ensure_connected(conn)
