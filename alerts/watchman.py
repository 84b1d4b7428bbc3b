"""The loop of `manage.py watch`: one look a second, as long as it lives. It needs PostgreSQL and nothing else."""

import logging
import threading
import time

import django.db
import psycopg
from django.db import connections
from django.utils import timezone

from access.actors import Actor
from alerts import services

logger = logging.getLogger(__name__)

EVERY_SECONDS = 1.0
REST_SECONDS = 0.5


class Watchman:
    """Looks until told to stop. Survives the loss of the database; a fault of ours ends it, and the supervisor starts another."""

    def __init__(self) -> None:
        self.is_stopping = threading.Event()

    def run(self) -> None:
        """Look once a second; a second watchman beside it looks only when this one does not."""
        actor, took_ms, due_at = Actor.system("watch"), 0.0, time.monotonic()
        while not self.is_stopping.is_set():
            began = time.monotonic()
            try:
                services.look_around(actor, now=timezone.now(), took_ms=took_ms)
            except (django.db.Error, psycopg.Error, OSError) as error:
                logger.warning("the watch could not look: %s; trying again", str(error).strip())
                connections.close_all()
                self.is_stopping.wait(REST_SECONDS)
            took_ms = (time.monotonic() - began) * 1000
            due_at = max(due_at + EVERY_SECONDS, time.monotonic())
            self.is_stopping.wait(due_at - time.monotonic())
        connections.close_all()

    def stop(self) -> None:
        """End after the look under way."""
        self.is_stopping.set()
