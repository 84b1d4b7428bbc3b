"""What a rule would have raised on recorded incidents and assignments, before it is saved (the rationalisation of ISA-18.2).

The same clocks as the live watch, held against the recorded times. What is kept back by another rule counts as that rule would have it.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from access import policy
from access.actors import Actor
from alerts import clocks, flood, permissions, reading
from alerts.clocks import Case, Job, Span
from alerts.conditions import Rule
from alerts.models import AlarmRule, Watch
from journal import selectors as journal

MOST = 50_000
MOST_SHOWN = 20
BUDGET_PER_WINDOW = 1.0
NOT_RECORDED = (
    Watch.NOT_MOVING,
    Watch.REVIEW_DUE,
    Watch.NOBODY_ANSWERED,
    Watch.HELP_CALLED,
    Watch.SUPPORT_ASKED,
    Watch.GLASS_BROKEN,
    Watch.ORDER_OVERDUE,
)
DISTRESS, DISTRESS_ENDED = "resources.unit_in_distress", "resources.distress_ended"
LOST, REGAINED = "resources.unit_lost_contact", "resources.unit_contact_regained"


@dataclass(frozen=True, slots=True)
class Occurrence:
    """An alarm that would have been: from when until when (None: to the end of the record), about what."""

    at: datetime
    until: datetime | None
    incident_id: int | None
    unit_id: int | None


@dataclass(frozen=True, slots=True)
class Figures:
    """How often alarms come: in all, in ten minutes on average and at worst, and the share of time in a flood in per cent."""

    alarms: int
    per_window: float
    worst_window: int
    flood_percent: float


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """The rule alone, and all rules together as they are and with the rule as tried."""

    since: datetime
    until: datetime
    cases: int
    jobs: int
    is_cut: bool
    is_recorded: bool
    alone: Figures
    before: Figures
    after: Figures
    median_seconds: float | None
    top: list[tuple[int, int]]
    shown: list[Occurrence]

    @property
    def is_within_budget(self) -> bool:
        """At most one alarm in ten minutes on average (EEMUA 191)."""
        return self.after.per_window <= BUDGET_PER_WINDOW


@dataclass(frozen=True, slots=True)
class Record:
    """What happened in a period, as the clocks need it."""

    since: datetime
    until: datetime
    cases: list[Case]
    tasks: list[Case]
    jobs: list[Job]
    calls_for_help: list[tuple[int, Span]]
    is_cut: bool


def rehearse(actor: Actor, *, row: AlarmRule, type_ids: Iterable[int], kept_back_by: Iterable[int], since: datetime, until: datetime) -> Rehearsal:
    """Play a rule as it is being tried over what was recorded in a period. Nothing is saved; figures are those of the whole city."""
    policy.require(actor, permissions.MANAGE_RULES, None)
    record = reading_of(since, until)
    tried = Rule.of(row, type_ids, kept_back_by)
    saved = [Rule.of(each, (one.pk for one in each.types.all()), (one.pk for one in each.suppressed_by.all())) for each in _saved_rules()]
    before = _played(saved, record)
    others = [rule for rule in saved if rule.id != tried.id]
    after = _played([*others, tried] if row.is_active else others, record)
    alone = _played([tried, *others], record)[tried.id]
    ended = [(each.until - each.at).total_seconds() for each in alone if each.until is not None]
    units = Counter(each.unit_id for each in alone if each.unit_id is not None)
    return Rehearsal(
        since, until, len(record.cases), len(record.jobs), record.is_cut, tried.watch not in NOT_RECORDED,
        _figures(alone, record), _figures([one for each in before.values() for one in each], record),
        _figures([one for each in after.values() for one in each], record),
        median(ended) if ended else None, units.most_common(5), sorted(alone, key=lambda each: each.at, reverse=True)[:MOST_SHOWN],
    )  # fmt: skip


def reading_of(since: datetime, until: datetime) -> Record:
    """Everything recorded of calls received in a period."""
    cases, jobs, tasks = list(reading.past_cases(since, until, MOST)), list(reading.past_jobs(since, until, MOST)), []
    tasks = list(reading.past_tasks(since, until, MOST))
    silences = _episodes(LOST, REGAINED, since, until)
    jobs += [_silent(job, silence) for job in jobs for silence in silences.get(job.unit_id, ()) if _is_at_work(job, silence.since)]
    calls = [(unit_id, span) for unit_id, spans in _episodes(DISTRESS, DISTRESS_ENDED, since, until).items() for span in spans]
    return Record(since, until, cases, tasks, jobs, calls, MOST in (len(cases), len(jobs), len(tasks)))


def _saved_rules() -> Iterable[AlarmRule]:
    return AlarmRule.objects.filter(is_active=True).prefetch_related("types", "suppressed_by")


def _played(rules: list[Rule], record: Record) -> dict[int, list[Occurrence]]:
    """What each rule raises, once those that keep it back have had their say."""
    raw = {rule.id: list(_occurrences(rule, record)) for rule in rules}
    return {rule.id: list(_not_kept_back(rule, raw)) for rule in rules}


def _occurrences(rule: Rule, record: Record) -> Iterator[Occurrence]:
    if rule.watch == Watch.DISTRESS:
        for unit_id, span in record.calls_for_help:
            yield from _one(span, rule.seconds, record, None, unit_id)
    elif rule.watch in NOT_RECORDED:
        return
    elif rule.watch in clocks.OF_CASES:
        clock = clocks.OF_CASES[rule.watch]
        for case in record.tasks if rule.watch == Watch.TASK_OVERDUE else record.cases:
            if rule.concerns(case):
                yield from _one(clock(case), clocks.seconds_of(rule.watch, rule.seconds, case), record, case.incident_id, None)
    else:
        of_job = clocks.OF_JOBS[rule.watch]
        for job in record.jobs:
            if rule.concerns(job.case) and (job.lost_at is None or rule.watch == Watch.LOST_CONTACT):
                for run in _runs(rule.watch, job, of_job(job)):
                    yield from _one(run, rule.seconds, record, job.case.incident_id, job.unit_id)


def _runs(watch: str, job: Job, span: Span | None) -> Iterator[Span | None]:
    """The runs of a clock: that of the welfare check begins anew with each check."""
    if watch != Watch.WELFARE_DUE or span is None or job.on_scene_at is None:
        yield span
        return
    begins = [job.on_scene_at, *(each for each in job.checks if each > job.on_scene_at)]
    for at, following in zip(begins, [*begins[1:], span.until], strict=True):
        yield Span(at, following)


def _one(span: Span | None, seconds: int | None, record: Record, incident_id: int | None, unit_id: int | None) -> Iterator[Occurrence]:
    if span is None or seconds is None:
        return
    due_at = span.since + timedelta(seconds=seconds)
    if due_at < (span.until or record.until):
        yield Occurrence(due_at, span.until, incident_id, unit_id)


def _not_kept_back(rule: Rule, raw: dict[int, list[Occurrence]]) -> Iterator[Occurrence]:
    keepers: dict[tuple[str, int | None], list[Occurrence]] = {}
    for other in rule.kept_back_by:
        for each in raw.get(other, ()):
            keepers.setdefault(("unit", each.unit_id) if each.unit_id is not None else ("incident", each.incident_id), []).append(each)
            if each.unit_id is not None:
                keepers.setdefault(("incident", each.incident_id), []).append(each)
    for each in raw[rule.id]:
        key = ("unit", each.unit_id) if ("unit", each.unit_id) in keepers and each.unit_id is not None else ("incident", each.incident_id)
        over = [one.until for one in keepers.get(key, ()) if one.at <= each.at and (one.until is None or each.at < one.until)]
        if not over:
            yield each
        elif None not in over:
            at = max(one for one in over if one is not None)
            if each.until is None or at < each.until:
                yield Occurrence(at, each.until, each.incident_id, each.unit_id)


def _figures(occurrences: list[Occurrence], record: Record) -> Figures:
    times = sorted(each.at for each in occurrences)
    length = max((record.until - record.since).total_seconds(), 1.0)
    worst, begin = 0, 0
    for end, at in enumerate(times):
        while times[begin] <= at - flood.WINDOW:
            begin += 1
        worst = max(worst, end - begin + 1)
    in_flood = flood.flood_seconds(times, until=record.until)
    return Figures(len(times), len(times) * flood.WINDOW.total_seconds() / length, worst, 100 * in_flood / length)


def _episodes(begins: str, ends: str, since: datetime, until: datetime) -> dict[int, list[Span]]:
    """Spans between two facts about a unit, from the journal."""
    found: dict[int, list[Span]] = {}
    open_since: dict[int, datetime] = {}
    for entry in journal.entries_named([begins, ends], since=since, until=until, limit=MOST):
        unit_id = int(entry.data["unit_id"])
        if entry.name == begins:
            open_since.setdefault(unit_id, entry.at)
        elif unit_id in open_since:
            found.setdefault(unit_id, []).append(Span(open_since.pop(unit_id), entry.at))
    for unit_id, at in open_since.items():
        found.setdefault(unit_id, []).append(Span(at, None))
    return found


def _is_at_work(job: Job, at: datetime) -> bool:
    return job.began_at <= at and (job.ended_at is None or at < job.ended_at)


def _silent(job: Job, silence: Span) -> Job:
    """The same job as one during which contact was lost, until it was regained or the job ended."""
    return Job(
        job.case, job.assignment_id, job.unit_id, job.is_primary, job.began_at, job.acknowledged_at, job.en_route_at, job.staged_at,
        job.on_scene_at, job.transporting_at, clocks.first(job.ended_at, silence.until), lost_at=silence.since,
    )  # fmt: skip
