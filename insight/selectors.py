"""How long things took: figures over the incidents an actor may analyse, computed in SQL."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Case, Count, ExpressionWrapper, F, FloatField, IntegerField, Max, Min, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce

from access import regions
from access import selectors as access
from access.actors import Actor
from access.models import Department, Region
from incidents import selectors as incidents
from incidents.models import Incident
from insight.models import Clock
from insight.spans import SPANS, PercentileCont, Seconds, Span


@dataclass(frozen=True, slots=True)
class Question:
    """Which incidents: called in `since` <= t < `until`, and (None: any) of a department, in a region or below, of a call group."""

    since: datetime
    until: datetime
    now: datetime
    department_id: int | None = None
    region_id: int | None = None
    group: str | None = None


@dataclass(frozen=True, slots=True)
class SpanFigures:
    """One span of one call group (None: of all). Seconds throughout.

    `n` were measured and are what the percentiles are of; `reversed` ended before they began and are counted apart. `judged` of the n
    have a clock, `within` of those kept it; `overdue` are still running and past their clock, and count as not kept.
    """

    group: str | None
    span: Span
    n: int
    reversed: int
    p50: float | None
    p90: float | None
    p95: float | None
    clock_min: float | None
    clock_max: float | None
    judged: int
    within: int
    overdue: int

    @property
    def share(self) -> float | None:
        """The share that kept its clock, those still running and past it included; None where there is no clock."""
        asked = self.judged + self.overdue
        return self.within / asked if asked else None

    def as_json(self) -> dict[str, Any]:
        """The figures by name."""
        names = ("n", "reversed", "p50", "p90", "p95")
        clock = self.clock_min if self.clock_min == self.clock_max else [self.clock_min, self.clock_max]
        kept = {"within": self.within if clock else None, "overdue": self.overdue if clock else None}
        return {**{name: getattr(self, name) for name in names}, "clock_seconds": clock, **kept, "share": self.share}


def intervals(actor: Actor, question: Question) -> list[SpanFigures]:
    """The figures of every span: first of all groups together, then of each group by name.

    Two statements for incidents and two for assignments, however many spans there are: who may see what is asked once in each.
    """
    rows = _incidents(actor, question)
    figures: list[SpanFigures] = []
    for found, prefix, of_assignment in ((rows, "", False), (incidents.assignments_among(rows), "incident__", True)):
        spans = [span for span in SPANS if span.of_assignment == of_assignment]
        measured = _measured(found, spans, prefix, question.now)
        wanted = {name: aggregate for span in spans for name, aggregate in _aggregates(span).items()}
        whole = measured.aggregate(**wanted)
        by_group = measured.order_by().values(call_group=F(f"{prefix}type__group")).annotate(**wanted).order_by("call_group")
        figures += [_figures(None, span, whole) for span in spans]
        figures += [_figures(row["call_group"], span, row) for row in by_group for span in spans]
    return sorted(figures, key=lambda one: (one.group is not None, one.group or "", SPANS.index(one.span)))


@dataclass(frozen=True, slots=True)
class Size:
    """How many incidents and assignments the figures are of, and how many of the incidents are still open."""

    incidents: int
    assignments: int
    open: int


def size(actor: Actor, question: Question) -> Size:
    """What the figures are of."""
    rows = _incidents(actor, question)
    return Size(rows.count(), incidents.assignments_among(rows).count(), incidents.still_open(rows).count())


@dataclass(frozen=True, slots=True)
class Choices:
    """What the figures may be narrowed to: only what occurs in the incidents the actor may analyse."""

    departments: list[Department]
    regions: list[Region]
    groups: list[str]


def choices(actor: Actor) -> Choices:
    """Departments, regions with all above them, and call groups that occur."""
    rows = incidents.analysable(actor)
    region_ids = {place for pk in rows.values_list("region_id", flat=True).distinct() for place in regions.lineage(pk).ids}
    return Choices(
        list(access.departments().filter(pk__in=rows.values("department_id"))),
        list(access.regions_below(None).filter(pk__in=region_ids).defer("geometry")),
        list(rows.order_by("type__group").values_list("type__group", flat=True).distinct()),
    )


def first_and_last_call(actor: Actor) -> tuple[datetime | None, datetime | None]:
    """When the first and the last call came that the actor may analyse."""
    found = incidents.analysable(actor).aggregate(first=Min("call_received_at"), last=Max("call_received_at"))
    return found["first"], found["last"]


def clocks() -> QuerySet[Clock]:
    """Every clock, those of all groups first."""
    return Clock.objects.order_by("span", "group")


def _incidents(actor: Actor, question: Question) -> "QuerySet[Incident]":
    rows: QuerySet[Incident] = incidents.analysable(actor).filter(call_received_at__gte=question.since, call_received_at__lt=question.until)
    if question.department_id is not None:
        rows = rows.filter(department_id=question.department_id)
    if question.region_id is not None:
        rows = incidents.within_region(rows, question.region_id)
    return rows if question.group is None else rows.filter(type__group=question.group)


def _measured(rows: QuerySet[Any], spans: Sequence[Span], prefix: str, now: datetime) -> QuerySet[Any]:
    """Adds to each row, for each span: the seconds it took, the seconds it has been running if it still does, and its clock."""
    every = list(Clock.objects.all())
    added: dict[str, Any] = {}
    for span in spans:
        runs = span.is_waiting & Q(**{f"{span.start}__isnull": False})
        added[f"{span.code}_seconds"] = Seconds(F(span.end), F(span.start))
        added[f"{span.code}_waited"] = Case(When(runs, then=Seconds(Value(now), F(span.start))), output_field=FloatField())
        added[f"{span.code}_clock"] = _clock(span, prefix, [clock for clock in every if clock.span == span.code])
    measured: QuerySet[Any] = rows.annotate(**added)
    return measured


def _aggregates(span: Span) -> dict[str, Any]:
    """What is counted of a span, by the names of `SpanFigures` behind the span's own."""
    seconds, waited, clock = (f"{span.code}_{name}" for name in ("seconds", "waited", "clock"))
    kept_order = Q(**{f"{span.end}__gte": F(span.start)})
    judged = kept_order | Q(**{f"{waited}__isnull": False})
    counted = {
        "n": Count("pk", filter=kept_order),
        "reversed": Count("pk", filter=Q(**{f"{span.end}__lt": F(span.start)})),
        "percentiles": PercentileCont(F(seconds), filter=kept_order),
        "clock_min": Min(clock, filter=judged),
        "clock_max": Max(clock, filter=judged),
        "judged": Count("pk", filter=kept_order & Q(**{f"{clock}__isnull": False})),
        "within": Count("pk", filter=kept_order & Q(**{f"{seconds}__lte": F(clock)})),
        "overdue": Count("pk", filter=Q(**{f"{waited}__gt": F(clock)})),
    }
    return {f"{span.code}_{name}": aggregate for name, aggregate in counted.items()}


_OWN_CLOCK = {"process": "dispatch_seconds", "total": "arrival_seconds"}


def _clock(span: Span, prefix: str, clocks_of_span: Iterable[Clock]) -> Any:
    """The type's own clock, else the group's, else the one of all groups, else none."""
    known = {clock.group: float(clock.seconds) for clock in clocks_of_span}
    general = known.pop("", None)
    cases: Iterable[When] = [When(**{f"{prefix}type__group": group}, then=Value(seconds)) for group, seconds in sorted(known.items())]
    by_group = Case(*cases, default=Value(general), output_field=FloatField())
    own = _OWN_CLOCK.get(span.code)
    if own is None:
        return by_group
    return Coalesce(ExpressionWrapper(F(f"{prefix}type__{own}"), output_field=IntegerField()), by_group, output_field=FloatField())


def _figures(group: str | None, span: Span, row: dict[str, Any]) -> SpanFigures:
    p50, p90, p95 = row[f"{span.code}_percentiles"] or (None, None, None)
    names = ("n", "reversed", "clock_min", "clock_max", "judged", "within", "overdue")
    return SpanFigures(group=group, span=span, p50=p50, p90=p90, p95=p95, **{name: row[f"{span.code}_{name}"] for name in names})
