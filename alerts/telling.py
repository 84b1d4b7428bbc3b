"""Who hears what became of an alarm."""

from datetime import datetime

from access import policy
from alerts import permissions
from alerts.models import Alarm
from journal.facts import Fact
from journal.services import Happening


def happening(alarm: Alarm, fact: Fact, now: datetime) -> Happening:
    """A fact about an alarm, its incident and its unit, for all who may see the alarm."""
    about = [
        f"alarm:{alarm.pk}",
        *([f"incident:{alarm.incident_id}"] if alarm.incident_id else []),
        *([f"unit:{alarm.unit_id}"] if alarm.unit_id else []),
    ]
    return Happening(fact, about, policy.audience(permissions.VIEW, alarm), now)
