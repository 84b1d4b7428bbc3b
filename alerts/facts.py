"""What this room announces: what became of an alarm, and that a crew is well."""

from django.utils.translation import gettext_lazy as _

from journal.facts import Fact, fact


@fact("alerts.alarm_raised", says=_("Alarm: {alarm}"))
class AlarmRaised(Fact):
    alarm_id: int
    rule_id: int
    level: int
    times: int


@fact("alerts.alarm_acknowledged", says=_("{actor} acknowledged the alarm: {alarm}"))
class AlarmAcknowledged(Fact):
    alarm_id: int


@fact("alerts.alarm_returned", says=_("Alarm returned to normal before anybody acknowledged it: {alarm}"))
class AlarmReturned(Fact):
    alarm_id: int


@fact("alerts.alarm_ended", says=_("Alarm over: {alarm}"))
class AlarmEnded(Fact):
    alarm_id: int


@fact("alerts.alarm_shelved", says=_("{actor} shelved the alarm until {until:time}: {alarm} ({reason})"))
class AlarmShelved(Fact):
    alarm_id: int
    until: str
    reason: str


@fact("alerts.alarm_unshelved", says=_("The alarm is off the shelf: {alarm}"))
class AlarmUnshelved(Fact):
    alarm_id: int
    is_expired: bool


@fact("alerts.alarm_suppressed", says=_("Alarm kept back by design, because another one says the same: {alarm}"))
class AlarmSuppressed(Fact):
    alarm_id: int
    rule_id: int


@fact("alerts.alarm_escalated", says=_("Nobody acknowledged the alarm in time: the supervisor is called: {alarm}"))
class AlarmEscalated(Fact):
    alarm_id: int
    level: int


@fact("alerts.welfare_confirmed", says=_("{actor} noted that the crew of {unit} is well"))
class WelfareConfirmed(Fact):
    incident_id: int
    unit_id: int
    assignment_id: int
