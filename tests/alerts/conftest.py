"""Rules as the product brings them, also after a test that emptied the tables; and one look of the watch."""

import importlib
from collections.abc import Callable
from datetime import datetime

import pytest
from django.apps import apps

from access.actors import Actor
from alerts import services as alerts
from alerts.models import Alarm, AlarmRule
from incidents import services as incidents
from incidents.models import Assignment
from incidents.services.common import Moment

Look = Callable[[datetime], alerts.Looked | None]


@pytest.fixture
def rules(db: None) -> dict[str, AlarmRule]:
    """The default rules by their codes."""
    importlib.import_module("alerts.migrations.0002_default_rules").fill(apps, None)
    return {rule.code: rule for rule in AlarmRule.objects.all()}


@pytest.fixture
def look(rules: dict[str, AlarmRule]) -> Look:
    """The watch looks around at a time."""
    return lambda at: alerts.look_around(Actor.system("watch"), now=at, took_ms=0.0)


@pytest.fixture
def sent(dispatcher, northern_fire, engine_7, now) -> Assignment:
    """Engine 7 has just been sent to the northern fire."""
    moment = Moment(at=now)
    return incidents.dispatch_unit(dispatcher, incident_id=northern_fire.pk, unit_id=engine_7.pk, moment=moment, now=now)


def alarms(rule: str | None = None) -> list[Alarm]:
    """Alarms that live, of one rule or of all, the oldest first."""
    rows = Alarm.objects.live().select_related("rule").order_by("pk")
    return list(rows.filter(rule__code=rule) if rule else rows)
