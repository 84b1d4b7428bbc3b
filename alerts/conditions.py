"""What stands now: for each rule the subjects whose clock has run out. Reads, compares, writes nothing."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from alerts import beside, clocks, reading
from alerts.clocks import Case, Job, Span
from alerts.models import AlarmRule, Watch
from incidents.models import HelpCall

# What fell due long before anybody watched is work in a list, not an alarm: a city that is taken over does not begin with a flood.
OLDEST = timedelta(hours=24)
OF_HELP_CALLS = {Watch.HELP_CALLED: HelpCall.Kind.EMERGENCY, Watch.SUPPORT_ASKED: HelpCall.Kind.SUPPORT}


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule as the watch needs it, with its incident types and with the rules that keep it back."""

    id: int
    watch: str
    seconds: int | None
    level: int
    type_ids: frozenset[int]
    worst_severity: int
    kept_back_by: frozenset[int]
    hold: timedelta

    @classmethod
    def of(cls, row: AlarmRule, type_ids: Iterable[int], kept_back_by: Iterable[int]) -> "Rule":
        """A stored rule, or one that is only being tried."""
        return cls(
            row.pk or 0, row.watch, row.seconds, row.level, frozenset(type_ids), row.worst_severity, frozenset(kept_back_by),
            timedelta(seconds=row.hold_seconds),
        )  # fmt: skip

    def concerns(self, case: Case) -> bool:
        return clocks.concerns(self.type_ids, self.worst_severity, case)


@dataclass(frozen=True, slots=True)
class Condition:
    """That a rule's clock has run out for a subject: since when it ran, when it ran out, and whose it is."""

    rule: Rule
    subject: str
    since: datetime
    due_at: datetime
    incident_id: int | None
    unit_id: int | None
    department_id: int
    department_ids: tuple[int, ...]
    region_id: int | None
    help_call_id: int | None = None
    words: str = ""

    @property
    def key(self) -> tuple[int, str]:
        return self.rule.id, self.subject

    def is_fresh(self, now: datetime) -> bool:
        return self.due_at > now - OLDEST


@dataclass(frozen=True, slots=True)
class Keepers:
    """Which rules' conditions stand for each unit and incident, so that asking who keeps one back costs the same in a flood.

    Two conditions that both name a unit are about the same thing when it is the same unit, else when it is the same incident.
    """

    by_unit: dict[int, set[int]]
    by_incident: dict[int, set[int]]
    without_unit: dict[int, set[int]]

    @classmethod
    def of(cls, standing: Iterable[Condition]) -> "Keepers":
        found = cls({}, {}, {})
        for each in standing:
            if each.unit_id is not None:
                found.by_unit.setdefault(each.unit_id, set()).add(each.rule.id)
            if each.incident_id is not None:
                found.by_incident.setdefault(each.incident_id, set()).add(each.rule.id)
                if each.unit_id is None:
                    found.without_unit.setdefault(each.incident_id, set()).add(each.rule.id)
        return found

    def keeper_of(self, condition: Condition) -> int | None:
        """The rule that keeps a condition back because it says the graver thing of the same unit or incident, None when none does."""
        if not condition.rule.kept_back_by:
            return None
        if condition.unit_id is None:
            there = self.by_incident.get(condition.incident_id or 0, set())
        else:
            there = self.by_unit.get(condition.unit_id, set()) | self.without_unit.get(condition.incident_id or 0, set())
        return min(there & condition.rule.kept_back_by, default=None)


@dataclass(frozen=True, slots=True)
class Look:
    """What one look at the city found: the conditions that stand by rule and subject, and what it cost."""

    standing: dict[tuple[int, str], Condition]
    keepers: Keepers
    looked_at: int
    is_cut: bool


def rules_in_force() -> list[Rule]:
    """The active rules, the gravest first."""
    rows = AlarmRule.objects.filter(is_active=True).prefetch_related("types", "suppressed_by").order_by("level", "code")
    return [Rule.of(row, (each.pk for each in row.types.all()), (each.pk for each in row.suppressed_by.all())) for row in rows]


def look(rules: list[Rule], *, now: datetime) -> Look:
    """Everything that stands now. Each kind of thing is read once, however many rules there are about it."""
    watched = {rule.watch for rule in rules}
    cases = list(reading.open_cases()) if watched & (clocks.OF_CASES.keys() - {Watch.TASK_OVERDUE}) else []
    tasks = list(reading.open_tasks()) if Watch.TASK_OVERDUE in watched else []
    jobs = list(reading.running_jobs()) if watched & clocks.OF_JOBS.keys() or Watch.DISTRESS in watched else []
    found = [
        *_of_cases([rule for rule in rules if rule.watch in clocks.OF_CASES and rule.watch != Watch.TASK_OVERDUE], cases, now),
        *_of_cases([rule for rule in rules if rule.watch == Watch.TASK_OVERDUE], tasks, now),
        *_of_jobs([rule for rule in rules if rule.watch in clocks.OF_JOBS], jobs, now),
        *_distress([rule for rule in rules if rule.watch == Watch.DISTRESS], jobs, now),
        *_unanswered([rule for rule in rules if rule.watch == Watch.NOBODY_ANSWERED]),
        *_help_calls([rule for rule in rules if rule.watch in OF_HELP_CALLS], now),
        *_broken_glass([rule for rule in rules if rule.watch == Watch.GLASS_BROKEN], now),
        *_beside([rule for rule in rules if rule.watch in beside.watched()], now),
    ]
    is_cut = reading.MOST in (len(cases), len(tasks), len(jobs))
    return Look({each.key: each for each in found}, Keepers.of(found), len(cases) + len(tasks) + len(jobs), is_cut)


def ran_out(span: Span | None, seconds: int | None, now: datetime) -> datetime | None:
    """When a clock that still runs ran out, None when it has not or stands."""
    if span is None or seconds is None or span.until is not None:
        return None
    due_at = span.since + timedelta(seconds=seconds)
    return due_at if due_at <= now else None


def _of_cases(rules: list[Rule], cases: list[Case], now: datetime) -> Iterator[Condition]:
    for rule in rules:
        clock = clocks.OF_CASES[rule.watch]
        for case in cases:
            if not rule.concerns(case):
                continue
            span = clock(case)
            due_at = ran_out(span, clocks.seconds_of(rule.watch, rule.seconds, case), now)
            if span is not None and due_at is not None:
                subject = f"task:{case.task_id}" if case.task_id is not None else f"incident:{case.incident_id}"
                yield _condition(rule, subject, span.since, due_at, case, None)


def _of_jobs(rules: list[Rule], jobs: list[Job], now: datetime) -> Iterator[Condition]:
    for rule in rules:
        late = list(_late_jobs(rule, jobs, now))
        if rule.watch == Watch.NOT_MOVING:
            still = reading.still_units([job.unit_id for job, _span, _due in late], seconds=rule.seconds or 0, now=now)
            late = [each for each in late if each[0].unit_id in still]
        for job, span, due_at in late:
            yield _condition(rule, f"assignment:{job.assignment_id}", span.since, due_at, job.case, job.unit_id)


def _late_jobs(rule: Rule, jobs: list[Job], now: datetime) -> Iterator[tuple[Job, Span, datetime]]:
    clock = clocks.OF_JOBS[rule.watch]
    for job in jobs:
        if rule.concerns(job.case):
            span = clock(job)
            due_at = ran_out(span, rule.seconds, now)
            if span is not None and due_at is not None:
                yield job, span, due_at


def _distress(rules: list[Rule], jobs: list[Job], now: datetime) -> Iterator[Condition]:
    if not rules:
        return
    cases = {job.unit_id: job.case for job in jobs}
    for unit in reading.units_in_distress():
        case = cases.get(unit.pk)
        for rule in rules:
            due_at = ran_out(Span(unit.distress_at, None), rule.seconds or 0, now) if unit.distress_at else None
            if due_at is None or unit.distress_at is None or (case is not None and not rule.concerns(case)):
                continue
            departments = tuple(dict.fromkeys([*unit.department_ids, *(case.department_ids if case else ())]))
            incident_id = case.incident_id if case else None
            yield Condition(rule, f"unit:{unit.pk}", unit.distress_at, due_at, incident_id, unit.pk, unit.department_id, departments, unit.region_id)


def _unanswered(rules: list[Rule]) -> Iterator[Condition]:
    """Pages that nobody on duty answered, with the incident and the unit of their alarm; a matter goes by its first, of all its departments."""
    for matter in reading.unanswered_escalations() if rules else ():
        run = matter[0]
        incident_id, unit_id = (run.alarm.incident_id, run.alarm.unit_id) if run.alarm is not None else (None, None)
        due_at = run.exhausted_at or run.began_at
        departments = tuple(dict.fromkeys(pk for each in matter for pk in each.department_ids))
        for rule in rules:
            yield Condition(rule, f"escalation:{run.pk}", run.began_at, due_at, incident_id, unit_id, run.department_id, departments, run.region_id)


def _help_calls(rules: list[Rule], now: datetime) -> Iterator[Condition]:
    """Calls for help from the field, as soon as the city heard them; the emergency call of a unit's crew has its own alarm."""
    for call in reading.help_calls() if rules else ():
        for rule in rules:
            due_at = ran_out(Span(call.recorded_at, None), rule.seconds or 0, now)
            if OF_HELP_CALLS[Watch(rule.watch)] != call.kind or due_at is None or (call.unit_id is not None and rule.watch == Watch.HELP_CALLED):
                continue
            yield Condition(
                rule, f"helpcall:{call.pk}", call.called_at, due_at, call.incident_id, call.unit_id, call.department_id,
                tuple(call.department_ids), call.region_id, call.pk,
            )  # fmt: skip


def _broken_glass(rules: list[Rule], now: datetime) -> Iterator[Condition]:
    """Incidents that somebody without a part in them sees through broken glass, for as long as it lasts."""
    for share_id, since, incident in reading.broken_glass(now) if rules else ():
        for rule in rules:
            due_at = ran_out(Span(since, None), rule.seconds or 0, now)
            if due_at is not None:
                departments = tuple(incident.department_ids)
                yield Condition(rule, f"share:{share_id}", since, due_at, incident.pk, None, incident.department_id, departments, incident.region_id)


def _beside(rules: list[Rule], now: datetime) -> Iterator[Condition]:
    """What rooms beside this one know of."""
    for rule in rules:
        for each in beside.standing(rule.watch, now):
            due_at = ran_out(Span(each.due_at, None), rule.seconds or 0, now)
            if due_at is not None:
                yield Condition(
                    rule, each.subject, each.since, due_at, each.incident_id, None, each.department_id, each.department_ids, each.region_id,
                    words=each.words,
                )  # fmt: skip


def _condition(rule: Rule, subject: str, since: datetime, due_at: datetime, case: Case, unit_id: int | None) -> Condition:
    return Condition(rule, subject, since, due_at, case.incident_id, unit_id, case.department_id, case.department_ids, case.region_id)
