"""One look of the watch: raise what is due, end what is over, take expired alarms off the shelf, page those on duty."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction

from access.actors import Actor
from alerts import conditions, facts
from alerts.conditions import Condition, Look
from alerts.models import Alarm, AlarmRule, Pulse, State
from alerts.services import paging
from alerts.telling import happening
from journal import services as journal
from journal.facts import Fact
from journal.services import Happening

LOCK = 0x616C_6172  # "alar": one look at a time, whoever looks
LEAST_APART = timedelta(seconds=0.5)


@dataclass(frozen=True, slots=True)
class Looked:
    """What came of a look: how many alarms were raised and ended."""

    raised: int
    ended: int


@transaction.atomic
def look_around(actor: Actor, *, now: datetime, took_ms: float) -> Looked | None:
    """Bring the alarms in step with what stands now; None when another watch has just looked. `took_ms` is what the look before cost.

    All in one transaction under one lock: a watch that is killed has done all of it or nothing, and the next look does the rest. The
    partial unique index is the last wall against the same alarm twice.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        is_ours = cursor.fetchone()[0]
    pulse = Pulse.objects.filter(pk=1).first()
    if not is_ours or (pulse is not None and timedelta(0) <= now - pulse.at < LEAST_APART):
        return None
    look = conditions.look(conditions.rules_in_force(), now=now)
    told = [*_keep_in_step(actor, look, now), *_raise(look, now)]
    journal.record_many(actor, told)
    unanswered = [each.fact.alarm_id for each in told if isinstance(each.fact, facts.AlarmEscalated)]
    paging.page_for_alarms(actor, alarm_ids=unanswered, now=now)
    paging.move_on(actor, now=now)
    Pulse(pk=1, at=now, took_ms=took_ms, looked_at=look.looked_at, is_cut=look.is_cut).save()
    return Looked(sum(isinstance(each.fact, facts.AlarmRaised) for each in told), sum(isinstance(each.fact, facts.AlarmEnded) for each in told))


def _raise(look: Look, now: datetime) -> list[Happening]:
    """New alarms for what stands and has none yet. What is kept back by another is written down, and makes no sound."""
    known = set(Alarm.objects.live().values_list("rule_id", "subject"))
    new = [each for each in look.standing.values() if each.key not in known and each.is_fresh(now)]
    alarms = [_made(condition, now) for condition in new]
    keepers = [look.keepers.keeper_of(condition) for condition in new]
    for alarm, keeper in zip(alarms, keepers, strict=True):
        if keeper is not None:
            alarm.suppress()
    Alarm.objects.bulk_create(alarms)
    return [happening(alarm, _raised(alarm, keeper), now) for alarm, keeper in zip(alarms, keepers, strict=True)]


def _made(condition: Condition, now: datetime) -> Alarm:
    return Alarm(
        rule_id=condition.rule.id,
        subject=condition.subject,
        incident_id=condition.incident_id,
        unit_id=condition.unit_id,
        help_call_id=condition.help_call_id,
        words=condition.words,
        level=condition.rule.level,
        department_id=condition.department_id,
        department_ids=list(condition.department_ids),
        region_id=condition.region_id,
        since=condition.since,
        due_at=condition.due_at,
        raised_at=now,
    )


def _raised(alarm: Alarm, keeper: int | None) -> Fact:
    if keeper is not None:
        return facts.AlarmSuppressed(alarm_id=alarm.pk, rule_id=keeper)
    return facts.AlarmRaised(alarm_id=alarm.pk, rule_id=alarm.rule_id, level=alarm.level, times=alarm.times)


def _keep_in_step(actor: Actor, look: Look, now: datetime) -> list[Happening]:
    """Known alarms whose cause came or went, whose shelf time is over, or that nobody answers. Only those are locked, then asked again."""
    changing = [alarm.pk for alarm in _live() if _change(alarm, look, now) is not None]
    if not changing:
        return []
    told, changed = [], []
    for alarm in Alarm.objects.locked(changing):
        steps = _change(alarm, look, now)
        if steps is not None:
            changed.append(alarm)
            told += [happening(alarm, fact, now) for fact in steps]
    Alarm.objects.bulk_update(changed, [*Alarm.STATE_COLUMNS, "department_id", "department_ids", "region_id"])
    return told


def _live() -> Iterator[Alarm]:
    """Every alarm that lives, each with its rule from one reading of the rules: in a flood there are thousands of one rule."""
    rules = AlarmRule.objects.in_bulk()
    for alarm in Alarm.objects.live():
        alarm.rule = rules[alarm.rule_id]
        yield alarm


def _change(alarm: Alarm, look: Look, now: datetime) -> Sequence[Fact] | None:
    """Take the step that is due for one alarm and give its facts; None when nothing is to be written."""
    condition = look.standing.get((alarm.rule_id, alarm.subject))
    if condition is None:
        return _over(alarm, now)
    moved = _follow_scope(alarm, condition)
    facts_of_it = _still(alarm, look.keepers.keeper_of(condition), now)
    return facts_of_it if facts_of_it is not None else ([] if moved else None)


def _over(alarm: Alarm, now: datetime) -> Sequence[Fact] | None:
    """The cause is gone. It must stay gone for the rule's time before the alarm believes it."""
    if alarm.state == State.SHELVED:
        return _off_the_shelf(alarm, now, is_standing=False) if _shelf_is_over(alarm, now) else _note_fall(alarm)
    if not alarm.is_standing:
        return None
    if alarm.rule.hold_seconds and alarm.quiet_since is None:
        alarm.quiet_since = now
        return []
    if alarm.quiet_since is not None and now < alarm.quiet_since + timedelta(seconds=alarm.rule.hold_seconds):
        return None
    alarm.fall(now)
    return [facts.AlarmEnded(alarm_id=alarm.pk) if alarm.ended_at else facts.AlarmReturned(alarm_id=alarm.pk)]


def _note_fall(alarm: Alarm) -> Sequence[Fact] | None:
    if not alarm.is_standing:
        return None
    alarm.is_standing = False
    return []


def _still(alarm: Alarm, keeper: int | None, now: datetime) -> Sequence[Fact] | None:
    """The cause stands, or stands again."""
    if alarm.state == State.SHELVED:
        return _off_the_shelf(alarm, now, is_standing=True) if _shelf_is_over(alarm, now) else _note_stand(alarm)
    if alarm.state == State.RETURNED or (alarm.state == State.SUPPRESSED and keeper is None):
        alarm.announce(now)
        return [facts.AlarmRaised(alarm_id=alarm.pk, rule_id=alarm.rule_id, level=alarm.level, times=alarm.times)]
    if alarm.is_to_escalate(now):
        alarm.escalated_at = now
        return [facts.AlarmEscalated(alarm_id=alarm.pk, level=alarm.level)]
    if alarm.quiet_since is not None:
        alarm.quiet_since = None
        return []
    return None


def _note_stand(alarm: Alarm) -> Sequence[Fact] | None:
    if alarm.is_standing:
        return None
    alarm.is_standing = True
    return []


def _shelf_is_over(alarm: Alarm, now: datetime) -> bool:
    return alarm.shelved_until is not None and now >= alarm.shelved_until


def _off_the_shelf(alarm: Alarm, now: datetime, *, is_standing: bool) -> Sequence[Fact]:
    unshelved = facts.AlarmUnshelved(alarm_id=alarm.pk, is_expired=True)
    if not is_standing:
        alarm.is_standing = False
        alarm.end(now)
        return [unshelved, facts.AlarmEnded(alarm_id=alarm.pk)]
    alarm.announce(now)
    return [unshelved, facts.AlarmRaised(alarm_id=alarm.pk, rule_id=alarm.rule_id, level=alarm.level, times=alarm.times)]


def _follow_scope(alarm: Alarm, condition: Condition) -> bool:
    """An incident may be handed to others or be shown to more while its alarm lives: so is the alarm."""
    scope = (condition.department_id, list(condition.department_ids), condition.region_id)
    if (alarm.department_id, alarm.department_ids, alarm.region_id) == scope:
        return False
    alarm.department_id, alarm.department_ids, alarm.region_id = scope
    return True
