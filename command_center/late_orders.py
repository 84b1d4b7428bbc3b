"""Joins two rooms that do not know each other: an order whose time has passed (chat) is an alarm (alerts)."""

from collections.abc import Iterator
from datetime import datetime

from alerts import beside
from alerts.beside import Standing
from alerts.models import Watch
from chat import ordered


def register() -> None:
    """Tell the watch where to ask."""
    beside.register(Watch.ORDER_OVERDUE, _late)


def _late(now: datetime) -> Iterator[Standing]:
    for each in ordered.late(now):
        whose = (each.department_id, each.department_ids, each.region_id)
        yield Standing(f"order:{each.order_id}", each.given_at, each.due_at, each.incident_id, *whose, each.words)
