"""One answer to many alarms: each by its own verb and in its own transaction, and each told of by itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from access.actors import Actor
from alerts import selectors, services
from alerts.models import Alarm
from kit.errors import NotFound, Refused

MOST = 200


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of answering one alarm; `refusal` is empty where it was acknowledged. `alarm` None: not one the actor may know of."""

    alarm_id: int
    alarm: Alarm | None
    refusal: str


def acknowledge_each(actor: Actor, alarm_ids: Sequence[int], *, now: datetime) -> list[Outcome]:
    """Answer for alarms one by one, at most two hundred: one that cannot be does not keep the others."""
    return [_answered(actor, alarm_id, now) for alarm_id in dict.fromkeys(alarm_ids[:MOST])]


def _answered(actor: Actor, alarm_id: int, now: datetime) -> Outcome:
    try:
        answered = services.acknowledge_alarms(actor, alarm_ids=[alarm_id], now=now)
        alarm = selectors.alarm(actor, alarm_id)
    except NotFound:
        return Outcome(alarm_id, None, _("There is no such alarm."))
    except Refused as refusal:
        return Outcome(alarm_id, selectors.alarm(actor, alarm_id), refusal.sentence)
    return Outcome(alarm_id, alarm, "" if answered else _why_not(alarm))


def _why_not(alarm: Alarm) -> str:
    if alarm.acknowledged_by and alarm.acknowledged_at:
        return _("%(who)s acknowledged it at %(time)s.") % {
            "who": alarm.acknowledged_by,
            "time": f"{timezone.localtime(alarm.acknowledged_at):%H:%M:%S}",
        }
    return _("It is over.") if alarm.ended_at else _("It asks for no answer now: %(state)s.") % {"state": alarm.get_state_display()}
