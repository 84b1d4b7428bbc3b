"""The Celery application; queues by what may not wait for what."""

import os
from typing import Any

from celery import Celery
from celery.signals import celeryd_init

from kit import starting

starting.begin()
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "command_center.settings")
os.environ.setdefault("CELERY_SKIP_CHECKS", "1")  # they import every page; `./city check` runs them, a killed worker must be back soon

app = Celery("command_center")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@celeryd_init.connect
def keep_one_connection(**_: Any) -> None:
    """A worker's process does one task at a time and needs no pool; Celery would make one and close it for each task, at 20 ms."""
    from django.db import connections

    for database in connections.settings.values():
        database["OPTIONS"].pop("pool", None)
        database["CONN_MAX_AGE"] = 300


import command_center.heartbeat  # noqa: E402, F401  (workers beat their heart once the application is there)
