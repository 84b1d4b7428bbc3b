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


@fact("alerts.person_paged", says=_("{person_id:user} was paged: {escalation}"))
class PersonPaged(Fact):
    page_id: int
    escalation_id: int
    alarm_id: int | None
    person_id: int
    post_id: int | None
    step: int
    level: int


@fact("alerts.page_withheld", says=_("{person_id:user} was not paged ({reason:off_duty}): {escalation}"))
class PageWithheld(Fact):
    escalation_id: int
    alarm_id: int | None
    person_id: int
    post_id: int | None
    step: int
    reason: str


@fact("alerts.post_empty", says=_("Nobody is on duty at {post}, so nobody was paged there: {escalation}"))
class PostEmpty(Fact):
    escalation_id: int
    alarm_id: int | None
    post_id: int | None
    step: int


@fact("alerts.page_answered", says=_("{actor} answered the page: {escalation}"))
class PageAnswered(Fact):
    escalation_id: int
    alarm_id: int | None


@fact("alerts.chain_exhausted", says=_("Nobody on duty answered; the duty supervisor is called: {escalation}"))
class ChainExhausted(Fact):
    escalation_id: int
    alarm_id: int | None


@fact("alerts.escalation_over", says=_("Nobody needs to answer any more: {escalation}"))
class EscalationOver(Fact):
    escalation_id: int
    alarm_id: int | None


@fact("alerts.post_called", says=_("{actor} paged {post}: {words}"))
class PostCalled(Fact):
    escalation_id: int
    post_id: int
    words: str


@fact("alerts.page_delivered", says=_("The page of {person_id:user} went out by {channel}"))
class PageDelivered(Fact):
    page_id: int
    person_id: int
    channel: str


@fact("alerts.page_failed", says=_("The page of {person_id:user} could not go out by {channel}: {why}"))
class PageFailed(Fact):
    page_id: int
    person_id: int
    channel: str
    why: str


@fact("alerts.welfare_confirmed", says=_("{actor} noted that the crew of {unit} is well"))
class WelfareConfirmed(Fact):
    incident_id: int
    unit_id: int
    assignment_id: int
