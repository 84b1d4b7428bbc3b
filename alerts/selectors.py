"""Questions about alarms, already narrowed to what the actor may see."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Case, Count, Exists, Max, OuterRef, Q, QuerySet, When
from django.utils import timezone

from access import policy
from access.actors import Actor
from alerts import flood, permissions
from alerts.flood import Rate
from alerts.models import ANNUNCIATED, UNANSWERED, Alarm, Pulse, Source, State, WelfareCheck
from alerts.paging import chain_codes as chain_codes
from alerts.paging import escalations as escalations
from alerts.paging import has_pages as has_pages
from alerts.paging import own_pages as own_pages
from alerts.paging import pages_of_alarm as pages_of_alarm
from alerts.paging import run_with_pages as run_with_pages
from alerts.paging import say_what_of as say_what_of
from alerts.rehearsing import Occurrence
from incidents import permissions as incident_permissions
from incidents.models import Assignment, Incident
from incidents.models.assignments import ENDED, Step
from kit import paging
from kit.errors import NotFound
from kit.paging import Page
from resources.models import Unit

MOST_ROWS = 500
UNANSWERED_FIRST = Case(When(state__in=UNANSWERED, then=0), default=1)
RATE_LOOKS_BACK = timedelta(hours=1)
PULSE_IS_OLD = timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the strip: an alarm, or in a flood the first alarm of a source with all others of it behind."""

    lead: Alarm
    unanswered_ids: tuple[int, ...]
    count: int
    is_first_out: bool = False

    @property
    def ids(self) -> str:
        """The unanswered alarms of the line, as its button sends them."""
        return ",".join(map(str, self.unanswered_ids))

    @property
    def others(self) -> int:
        return self.count - 1


@dataclass(frozen=True, slots=True)
class Strip:
    """What an operator sees of the alarms: unanswered first, then by level, the oldest of equals on top."""

    lines: list[Line]
    rate: Rate
    unanswered: int
    standing: int
    shelved: int
    suppressed: int
    is_watched: bool
    pulse_at: datetime | None
    last: Alarm | None
    sounding: tuple[Alarm, ...] = field(repr=False, default=())
    is_paged: bool = False

    @property
    def top(self) -> Line | None:
        """What the key acknowledges."""
        return self.lines[0] if self.lines and self.lines[0].unanswered_ids else None

    @property
    def tag(self) -> str:
        """Tells one state of the strip from another."""
        rows = ",".join(
            f"{line.lead.pk}{line.lead.state}{line.lead.times}:{line.ids}:{line.count}:{line.lead.escalated_at}{line.lead.told_of}"
            for line in self.lines
        )
        last = self.last.pk if self.last else 0
        return f"{rows}|{self.rate.in_window}|{self.rate.flood_since}|{self.shelved}|{self.suppressed}|{self.is_watched}|{last}|{self.is_paged}"


def alarms(actor: Actor) -> QuerySet[Alarm]:
    """Every alarm the actor may see, the newest first."""
    return policy.visible(actor, permissions.VIEW, Alarm.objects.all()).select_related("rule", "unit", "incident", "incident__type", "help_call")


def alarm(actor: Actor, alarm_id: int) -> Alarm:
    """One alarm. Raises `NotFound` when there is none the actor may see."""
    found = alarms(actor).filter(pk=alarm_id).first()
    if found is None:
        raise NotFound
    say_what_of(actor, [found])
    return found


def strip(actor: Actor, *, now: datetime) -> Strip:
    """The alarms of an operator's screen, the rate of the last ten minutes and whether it is a flood; at most 500 alarms.

    Of more it is the gravest of those nobody has answered, and of equals the newest: one that comes is seen and heard however many stand.
    """
    counts = policy.visible(actor, permissions.VIEW, Alarm.objects.live()).aggregate(
        shelved=Count("pk", filter=Q(state=State.SHELVED)), suppressed=Count("pk", filter=Q(state=State.SUPPRESSED)),
        unanswered=Count("pk", filter=Q(state__in=UNANSWERED)), standing=Count("pk", filter=Q(state__in=ANNUNCIATED)),
    )  # fmt: skip
    standing = alarms(actor).filter(ended_at=None, state__in=ANNUNCIATED)
    shown = sorted(standing.order_by(UNANSWERED_FIRST, "level", "-raised_at", "-pk")[:MOST_ROWS], key=_rank)
    say_what_of(actor, shown)
    raised = policy.visible(actor, permissions.VIEW, Alarm.objects.filter(raised_at__gt=now - RATE_LOOKS_BACK).exclude(state=State.SUPPRESSED))
    rate = flood.rate(raised.order_by("-raised_at").values_list("raised_at", flat=True)[: 4 * MOST_ROWS], now=now)
    pulse = Pulse.objects.filter(pk=1).first()
    return Strip(
        lines=_by_source(shown) if rate.is_flood else [_line([each]) for each in shown],
        rate=rate,
        is_watched=pulse is not None and now - pulse.at < PULSE_IS_OLD,
        pulse_at=pulse.at if pulse else None,
        last=None if shown else alarms(actor).exclude(state=State.SUPPRESSED).order_by("-raised_at", "-pk").first(),
        sounding=tuple(each for each in shown if each.is_unanswered()),
        is_paged=has_pages(actor),
        **counts,
    )


def _rank(alarm: Alarm) -> tuple[bool, int, datetime, int]:
    return (not alarm.is_unanswered(), alarm.level, alarm.raised_at, alarm.pk)


def _line(members: list[Alarm], *, is_first_out: bool = False) -> Line:
    lead = min(members, key=_rank)
    return Line(lead, tuple(each.pk for each in members if each.is_unanswered()), len(members), is_first_out)


def source_of(alarm: Alarm) -> tuple[str, int]:
    """What an alarm comes from, as its rule says; one without an incident comes from its unit."""
    wanted = alarm.rule.source
    if wanted == Source.INCIDENT and alarm.incident_id is not None:
        return wanted, alarm.incident_id
    if wanted != Source.RULE and alarm.unit_id is not None:
        return Source.UNIT, alarm.unit_id
    return Source.RULE, alarm.rule_id


def _by_source(shown: list[Alarm]) -> list[Line]:
    """One line for each source. The source whose alarm came first of all that stand is kept on top: it is often the cause of the others."""
    groups: dict[tuple[str, int], list[Alarm]] = {}
    for each in shown:
        groups.setdefault(source_of(each), []).append(each)
    open_ones = [each for each in shown if each.is_unanswered()] or shown
    first = source_of(min(open_ones, key=lambda each: (each.raised_at, each.pk))) if shown else None
    lines = [_line(members, is_first_out=source == first) for source, members in groups.items()]
    return sorted(lines, key=lambda line: (not line.is_first_out, _rank(line.lead)))


def tabs(actor: Actor) -> dict[str, int]:
    """How many alarms live, by what became of them."""
    rows = policy.visible(actor, permissions.VIEW, Alarm.objects.live()).values("state").annotate(n=Count("pk")).order_by()
    return {row["state"]: row["n"] for row in rows}


def listed(actor: Actor, states: Iterable[str]) -> QuerySet[Alarm]:
    """Alarms in these states: of those that live the unanswered first, then the gravest; those that are over the newest first."""
    wanted = list(states)
    found = alarms(actor).filter(state__in=wanted)
    return found.order_by("-raised_at", "-pk") if State.ENDED in wanted else found.order_by(UNANSWERED_FIRST, "level", "raised_at", "pk")


@dataclass(frozen=True, slots=True)
class Crew:
    """A crew on scene, when it was last known to be well, and whether it may be asked here."""

    assignment: Assignment
    last: WelfareCheck | None


def crews_on_scene(actor: Actor, incident_id: int) -> list[Crew]:
    """Who is on scene of an incident the actor may see, with their last welfare checks."""
    rows = Assignment.objects.exclude(step__in=ENDED).filter(incident_id=incident_id, step__in=[Step.ON_SCENE, Step.PATIENT_CONTACT])
    found = list(rows.select_related("unit", "incident").order_by("on_scene_at", "id")[:100])
    if not found or not policy.can(actor, found[0].incident.view_action, found[0].incident):
        return []
    checks: dict[int, WelfareCheck] = {}
    for check in WelfareCheck.objects.filter(assignment__in=found).order_by("at", "pk"):
        checks[check.assignment_id] = check
    return [Crew(each, checks.get(each.pk)) for each in found]


def sample_crews_unheard_since(moment: datetime) -> list[int]:
    """Assignments on scene of sample incidents whose crew came and was last known to be well before a moment; at most two hundred."""
    there = Assignment.objects.filter(incident__is_sample=True, step__in=[Step.ON_SCENE, Step.PATIENT_CONTACT], on_scene_at__lt=moment)
    heard = WelfareCheck.objects.filter(assignment=OuterRef("pk"), at__gte=moment)
    return list(there.exclude(Exists(heard)).order_by("on_scene_at", "id").values_list("pk", flat=True)[:200])


def recorded_until() -> datetime:
    """Up to when there is a record to rehearse on: the last call, so that an imported fortnight of the past can be played."""
    last = Incident.objects.aggregate(last=Max("call_received_at"))["last"]
    return last + timedelta(seconds=1) if last is not None else timezone.now()


@dataclass(frozen=True, slots=True)
class Called:
    """A rehearsed alarm with the names of its unit and its incident; no number of an incident the reader may not see."""

    at: datetime
    until: datetime | None
    unit: str
    number: str


def called(actor: Actor, occurrences: Sequence[Occurrence]) -> list[Called]:
    """Rehearsed alarms as they are shown."""
    wanted = Incident.objects.filter(pk__in=[each.incident_id for each in occurrences if each.incident_id is not None])
    numbers = dict(policy.visible(actor, incident_permissions.VIEW, wanted).values_list("pk", "number"))
    codes = dict(Unit.objects.filter(pk__in=[each.unit_id for each in occurrences if each.unit_id is not None]).values_list("pk", "code"))
    return [Called(each.at, each.until, codes.get(each.unit_id or 0, ""), numbers.get(each.incident_id or 0, "")) for each in occurrences]


def unit_codes(top: list[tuple[int, int]]) -> list[tuple[str, int]]:
    """Units by code with how many alarms each gives, the worst first."""
    codes = dict(Unit.objects.filter(pk__in=[unit_id for unit_id, _count in top]).values_list("pk", "code"))
    return [(codes.get(unit_id, ""), count) for unit_id, count in top]


def alarm_page(actor: Actor, *, state: str | None, cursor: str | None, limit: int | None) -> Page[Alarm]:
    """Alarms of one state (None: all that are not over) that the actor may see, the newest first."""
    rows = alarms(actor).order_by("-raised_at", "-pk")
    rows = rows.filter(ended_at=None) if state is None else rows.filter(state=state)
    if cursor is not None:
        at, pk = paging.decode(cursor, datetime, int)
        rows = rows.filter(Q(raised_at__lt=at) | Q(raised_at=at, pk__lt=pk))
    size = paging.bounded(limit)
    found = list(rows[: size + 1])
    last = found[size - 1] if len(found) > size else None
    return Page(found[:size], paging.encode([last.raised_at, last.pk]) if last is not None else None)


def watch_age_seconds() -> float:
    """How long ago the watch last looked; infinite when it never did."""
    pulse = Pulse.objects.filter(pk=1).first()
    return max(0.0, (timezone.now() - pulse.at).total_seconds()) if pulse is not None else float("inf")
