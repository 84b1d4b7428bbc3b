"""The list of incidents: narrowed, in pages, taken out of the house, and several changed together."""

import csv
from collections.abc import Iterator
from datetime import datetime, time
from typing import Any
from urllib.parse import urlencode

import orjson
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from access import selectors as access
from access.faces import allowed
from incidents import board, permissions, search, selectors, services, together
from incidents.forms import FilterForm, TogetherForm
from incidents.models import Incident
from incidents.models.incidents import ResponseLevel, State
from kit.sheets import MARK, safe_cell

PAGE = 50
MOST_EXPORTED = 5000


class _Echo:
    """A file that hands back what is written to it."""

    def write(self, text: str) -> str:
        return text


@require_GET
@allowed(permissions.VIEW)
def listing(request: HttpRequest) -> HttpResponse:
    """Incidents, narrowed and in pages, newest first."""
    form = FilterForm(request.GET, statuses=State.choices)
    rows = _narrowed(request, form)
    start = int(request.GET["after"]) if request.GET.get("after", "").isdigit() else 0
    shown = list(rows[start : start + PAGE + 1])
    applied = {name: value for name, value in request.GET.items() if value and name in form.fields}
    chips = [
        {"label": f"{form.fields[name].label}: {_shown(form, name)}", "without": urlencode({k: v for k, v in applied.items() if k != name})}
        for name in applied
    ]
    query = urlencode(applied)
    context = {
        "form": form,
        "rows": [board.row(request.actor, each) for each in shown[:PAGE]],  # type: ignore[attr-defined]
        "chips": chips,
        "query": query,
        "filters": [{"filter": each, "is_mine": each.owner_id == request.user.pk, "is_current": each.query == query} for each in _filters(request)],
        "matching": min(rows.count(), together.MOST + 1) if shown else 0,
        "most_together": together.MOST,
        "next": start + PAGE if len(shown) > PAGE else None,
        "previous": max(0, start - PAGE) if start else None,
        "first": start + 1,
    }
    return render(request, "incidents/incidents.html", context)


def _filters(request: HttpRequest) -> Any:
    return access.filters_of(request.actor, "incidents")  # type: ignore[attr-defined]


@require_GET
@allowed(permissions.VIEW)
def export(request: HttpRequest, kind: str) -> HttpResponse:
    """The narrowed list as CSV that Excel reads as Chinese, or as GeoJSON; taking it out is recorded."""
    rows = list(_narrowed(request, FilterForm(request.GET, statuses=State.choices))[:MOST_EXPORTED])
    services.note_export(request.actor, rows=len(rows), query=request.GET.urlencode()[:300], now=timezone.now())  # type: ignore[attr-defined]
    answer: HttpResponse | StreamingHttpResponse
    if kind == "geojson":
        answer = HttpResponse(_geojson(rows), content_type="application/geo+json")
    else:
        answer = StreamingHttpResponse(_csv(rows), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="incidents-{timezone.localdate():%Y%m%d}.{kind}"'
    return answer  # type: ignore[return-value]


def _csv(rows: list[Incident]) -> Iterator[str]:
    writer = csv.writer(_Echo())
    yield MARK
    yield writer.writerow(
        [_("Number"), _("Type"), _("Level"), _("State"), _("Place"), _("Longitude"), _("Latitude"), _("Department"),
         *(str(label) for _column, label in board.MILESTONES)]
    )  # fmt: skip
    for row in rows:
        times = [getattr(row, column) for column, _label in board.MILESTONES]
        yield writer.writerow(
            [
                row.number, safe_cell(row.type), row.severity, State(row.state).label, safe_cell(row.address),  # type: ignore[attr-defined]
                row.point.x if row.point else "", row.point.y if row.point else "", safe_cell(row.department),
                *(timezone.localtime(at).isoformat(timespec="seconds") if at else "" for at in times),
            ]
        )  # fmt: skip


def _geojson(rows: list[Incident]) -> bytes:
    """RFC 7946: WGS-84, longitude first; an incident whose place is not known has no geometry. Times are UTC."""
    features = [
        {
            "type": "Feature",
            "id": row.number,
            "geometry": {"type": "Point", "coordinates": [row.point.x, row.point.y]} if row.point else None,
            "properties": {
                "number": row.number, "type": str(row.type), "severity": row.severity, "state": row.state,  # type: ignore[attr-defined]
                "address": row.address, "department": str(row.department), **{column: getattr(row, column) for column, _label in board.MILESTONES},
            },
        }
        for row in rows
    ]  # fmt: skip
    return orjson.dumps({"type": "FeatureCollection", "features": features}, option=orjson.OPT_UTC_Z)


@require_http_methods(["GET", "POST"])
@allowed(permissions.VIEW)
def change_together(request: HttpRequest) -> HttpResponse:
    """One change to the incidents chosen in the list (`number`), or to all that match its filter (`all`); each is told of by itself."""
    chosen = _chosen(request)
    offers = together.offers(request.actor, chosen)  # type: ignore[attr-defined]
    form = TogetherForm(
        request.POST or None,
        verbs=[(offer.name, offer.label) for offer in offers],
        levels=ResponseLevel.choices,
    )
    context: dict[str, Any] = {"chosen": chosen, "offers": offers, "form": form}
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        context["report"] = together.change(request.actor, chosen, verb=values["verb"], values=values, now=timezone.now())  # type: ignore[attr-defined]
        return render(request, "incidents/_together_report.html", context)
    return render(request, "incidents/_together.html", context, status=422 if form.is_bound else 200)


def _chosen(request: HttpRequest) -> list[Incident]:
    asked = request.POST if request.method == "POST" else request.GET
    if asked.get("all"):
        return list(_narrowed(request, FilterForm(asked, statuses=State.choices))[: together.MOST])
    return list(selectors.incidents(request.actor).filter(number__in=asked.getlist("number")[: together.MOST]))  # type: ignore[attr-defined]


def _narrowed(request: HttpRequest, form: FilterForm) -> QuerySet[Incident]:
    values = form.cleaned_data if form.is_valid() else {}
    zone = timezone.get_current_timezone()
    return search.incidents(
        request.actor,  # type: ignore[attr-defined]
        words=values.get("q") or "",
        state=values.get("status") or "",
        severity=int(values["severity"]) if values.get("severity") else None,
        type_code=values.get("type") or "",
        since=datetime.combine(values["since"], time.min, zone) if values.get("since") else None,
        until=datetime.combine(values["until"], time.max, zone) if values.get("until") else None,
    )


def _shown(form: FilterForm, name: str) -> str:
    value = form.data.get(name, "")
    return str(dict(getattr(form.fields[name], "choices", [])).get(int(value) if name == "severity" and value.isdigit() else value, value))
