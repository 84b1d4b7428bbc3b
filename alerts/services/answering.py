"""What operators do about alarms: acknowledge, shelve, take off the shelf. Silencing is a matter of the desk and changes nothing here."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from access import policy
from access.actors import Actor
from alerts import facts, permissions
from alerts.models import LONGEST_SHELF, Alarm, State
from alerts.services import paging
from alerts.telling import happening
from incidents.models.reference import Severity
from journal import services as journal
from kit.errors import Forbidden, Invalid, NotFound, Refused

MOST_AT_ONCE = 500
SHORTEST_SHELF = timedelta(minutes=1)


class AlarmOver(Refused):
    code = "alarm_over"
    says = _("This alarm is over.")


class NotShelved(Refused):
    code = "alarm_not_shelved"
    says = _("This alarm is not on the shelf.")


class ShelfTooLong(Refused):
    code = "shelf_too_long"
    status = 422
    says = _("An alarm is shelved for 1 minute to 8 hours.")


class GravestIsNotShelved(Forbidden):
    code = "gravest_is_not_shelved"
    says = _("Only a supervisor or commander may shelve an alarm of level 1.")


@transaction.atomic
def acknowledge_alarms(actor: Actor, *, alarm_ids: list[int], now: datetime) -> list[Alarm]:
    """Answer for alarms: each becomes acknowledged, one whose cause is gone is over. Those answered or over already are left as they are.

    Two operators at once: the second waits for the row, finds it answered, and nothing is told twice. Raises `NotFound` for one the actor
    may not know of.
    """
    _check_known(actor, permissions.ACKNOWLEDGE, alarm_ids)
    answered = [alarm for alarm in Alarm.objects.locked(alarm_ids) if alarm.is_unanswered()]
    for alarm in answered:
        alarm.acknowledge(actor.label[:80], now)
    Alarm.objects.bulk_update(answered, Alarm.STATE_COLUMNS)
    journal.record_many(actor, [happening(alarm, facts.AlarmAcknowledged(alarm_id=alarm.pk), now) for alarm in answered])
    paging.close_escalations(actor, alarms=answered, now=now)
    return answered


@transaction.atomic
def shelve_alarm(actor: Actor, *, alarm_id: int, reason: str, seconds: int, now: datetime) -> Alarm:
    """Put an alarm aside for a time (60 s to 8 h, ISA-18.2) with a reason; then it comes back by itself if its cause still stands.

    Raises `ShelfTooLong`, `GravestIsNotShelved`, `AlarmOver`.
    """
    alarm = _locked(actor, permissions.SHELVE, alarm_id)
    if alarm.level == Severity.EXCEPTIONAL and not policy.can(actor, permissions.SHELVE_GRAVEST, alarm):
        raise GravestIsNotShelved
    if not reason.strip():
        raise Invalid({"reason": _("Say why.")})
    if not SHORTEST_SHELF <= timedelta(seconds=seconds) <= LONGEST_SHELF:
        raise ShelfTooLong
    until = now + timedelta(seconds=seconds)
    alarm.shelve(actor.label[:80], reason.strip()[:200], now, until)
    alarm.save(update_fields=Alarm.STATE_COLUMNS)
    fact = facts.AlarmShelved(alarm_id=alarm.pk, until=until.isoformat(), reason=alarm.shelve_reason)
    journal.record_many(actor, [happening(alarm, fact, now)])
    return alarm


@transaction.atomic
def unshelve_alarm(actor: Actor, *, alarm_id: int, now: datetime) -> Alarm:
    """Take an alarm off the shelf: it sounds again when its cause stands, else it is over. Raises `NotShelved`, `AlarmOver`."""
    alarm = _locked(actor, permissions.SHELVE, alarm_id)
    if alarm.state != State.SHELVED:
        raise NotShelved
    told = [happening(alarm, facts.AlarmUnshelved(alarm_id=alarm.pk, is_expired=False), now)]
    if alarm.is_standing:
        alarm.announce(now)
        told.append(happening(alarm, facts.AlarmRaised(alarm_id=alarm.pk, rule_id=alarm.rule_id, level=alarm.level, times=alarm.times), now))
    else:
        alarm.end(now)
        told.append(happening(alarm, facts.AlarmEnded(alarm_id=alarm.pk), now))
    alarm.save(update_fields=Alarm.STATE_COLUMNS)
    journal.record_many(actor, told)
    return alarm


def _locked(actor: Actor, action: str, alarm_id: int) -> Alarm:
    _check_known(actor, action, [alarm_id])
    found = Alarm.objects.locked([alarm_id])
    if not found:
        raise AlarmOver
    return found[0]


def _check_known(actor: Actor, action: str, alarm_ids: list[int]) -> None:
    if len(alarm_ids) > MOST_AT_ONCE:
        raise Invalid({"alarms": _("At most 500 alarms at once.")})
    known = Alarm.objects.in_bulk(alarm_ids)
    if not alarm_ids:
        policy.require(actor, action, None)
    for alarm_id in alarm_ids:
        if alarm_id not in known:
            raise NotFound
        policy.require(actor, action, known[alarm_id])
