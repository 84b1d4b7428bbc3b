"""The Celery application; queues by what may not wait for what."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "command_center.settings")

app = Celery("command_center")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

import command_center.heartbeat  # noqa: E402, F401  (workers beat their heart once the application is there)
