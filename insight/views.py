"""The page of how long things took, and its figures as a file."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from io import StringIO
from itertools import groupby
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from access.faces import allowed
from incidents.permissions import ANALYSE
from insight import charts, selectors, services
from insight.forms import IntervalsForm
from insight.selectors import Question, SpanFigures
from insight.spans import SPANS
from kit import sheets

USUAL_DAYS = 14
COLUMNS = ("since", "until", "group", "span", "n", "p50_s", "p90_s", "p95_s", "clock_s", "within", "overdue_open", "share", "reversed")


@require_GET
@allowed(ANALYSE)
def page(request: HttpRequest) -> HttpResponse:
    """Percentiles of every span with their n, as bands and as tables."""
    actor = request.actor  # type: ignore[attr-defined]
    form, question = _asked(request)
    figures = selectors.intervals(actor, question)
    query = request.GET.copy()
    query.pop("group", None)
    return render(
        request,
        "insight/intervals.html",
        {
            "form": form,
            "question": question,
            "last_day": timezone.localtime(question.until - timedelta(microseconds=1)),
            "size": selectors.size(actor, question),
            "sections": list(_sections(figures)),
            "query": request.GET.urlencode(),
            "without_group": query.urlencode(),
            "clocks": selectors.clocks(),
        },
    )


@require_GET
@allowed(ANALYSE)
def export(request: HttpRequest) -> HttpResponse:
    """The same figures as CSV; that they were taken is recorded."""
    _form, question = _asked(request)
    figures = services.export_intervals(request.actor, question=question)  # type: ignore[attr-defined]
    out = StringIO()
    sheets.write(out, [COLUMNS, *(_row(question, one) for one in figures)])
    response = HttpResponse(out.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="intervals-{timezone.localtime(question.since):%Y%m%d}.csv"'
    response["Cache-Control"] = "no-store"
    return response


def _asked(request: HttpRequest) -> tuple[IntervalsForm, Question]:
    """What is asked; without a period, the fortnight up to the last call."""
    actor = request.actor  # type: ignore[attr-defined]
    _first, last = selectors.first_and_last_call(actor)
    until = timezone.localtime(last).date() if last else timezone.localdate()
    usual = {"since": until - timedelta(days=USUAL_DAYS - 1), "until": until}
    given = {name: value for name, value in request.GET.items() if value}
    form = IntervalsForm({**usual, **given}, choices=selectors.choices(actor), name=_named)
    sent = form.cleaned_data if form.is_valid() else {**usual, **getattr(form, "cleaned_data", {}), "until": until}
    group = sent.get("group") or None
    return form, Question(
        since=_midnight(min(sent["since"] or usual["since"], sent["until"] or until)),
        until=_midnight((sent["until"] or until) + timedelta(days=1)),
        now=timezone.now(),
        department_id=int(sent["department"]) if sent.get("department") else None,
        region_id=int(sent["region"]) if sent.get("region") else None,
        group="" if group == "-" else group,
    )


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def _named(thing: Any) -> str:
    return str(thing.name_en if thing.name_en and (get_language() or "").startswith("en") else thing.name)


def _sections(figures: list[SpanFigures]) -> Iterator[dict[str, Any]]:
    ordered = sorted(figures, key=lambda one: SPANS.index(one.span))
    for span, rows in groupby(ordered, key=lambda one: one.span):
        found = list(rows)
        yield {"span": span, "rows": found, "chart": charts.chart(found)}


def _row(question: Question, one: SpanFigures) -> tuple[Any, ...]:
    clock = one.clock_max if one.clock_min == one.clock_max else f"{one.clock_min:g}-{one.clock_max:g}"
    period = (timezone.localtime(question.since).isoformat(), timezone.localtime(question.until).isoformat())
    group = _("All groups") if one.group is None else one.group
    kept = (one.within, one.overdue, one.share) if clock is not None else (None, None, None)
    return (*period, group, one.span.code, one.n, one.p50, one.p90, one.p95, clock, *kept, one.reversed)
