"""Settings, urls, ASGI and Celery entries, and the operations screen that joins the rooms."""

from command_center.celery import app as celery_app

__all__ = ["celery_app"]
