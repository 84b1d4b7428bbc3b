"""The list of incidents: narrowed, in pages, taken out of the house, and several changed together."""

import io
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from access import policy
from access import selectors as access
from access.exports.faces import ask, file_name
from access.exports.kinds import AT_ONCE
from access.faces import allowed
from incidents import board, exports, permissions, selectors, together
from incidents.forms import TogetherForm
from incidents.models import Incident
from incidents.models.incidents import ResponseLevel
from kit import paper
from kit.errors import NotFound

PAGE = 50


@require_GET
@allowed(permissions.VIEW)
def listing(request: HttpRequest) -> HttpResponse:
    """Incidents, narrowed and in pages, newest first."""
    form = exports.form_of(request.GET)
    rows = exports.narrowed(request.actor, form)  # type: ignore[attr-defined]
    start = int(request.GET["after"]) if request.GET.get("after", "").isdigit() else 0
    shown = list(rows[start : start + PAGE + 1])
    applied = {name: value for name, value in request.GET.items() if value and name in form.fields}
    chips = [
        {"label": label, "without": urlencode({k: v for k, v in applied.items() if k != name})}
        for name, label in exports.filters_in_words(form).items()
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
        "has_paper": paper.is_available(),
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
    """The narrowed list as CSV, GeoJSON or PDF; what is too much to wait for is made in the background. Taking it out is recorded."""
    form = exports.form_of(request.GET)
    found = exports.narrowed(request.actor, form)  # type: ignore[attr-defined]
    query, total = request.GET.urlencode(), found.count()
    if total > AT_ONCE[kind]:
        return ask(request, kind=exports.KIND, format=kind, query=query, rows=total)
    target = io.BytesIO()
    exports.write(request.actor, query, kind, target, lambda done: None, timezone.now())  # type: ignore[attr-defined]
    answer = HttpResponse(target.getvalue(), content_type=exports.FORMATS[kind])
    answer["Content-Disposition"] = f'attachment; filename="{file_name(exports.KIND, timezone.now(), kind)}"'
    return answer


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


@require_POST
@allowed(permissions.VIEW)
def take_back_together(request: HttpRequest) -> HttpResponse:
    """Take back what was just done to several, as its report names them."""
    verb, ids = request.POST.get("verb", ""), [int(each) for each in request.POST.getlist("id") if each.isdigit() and len(each) < 19]
    if verb not in together.BACK or not ids:
        raise NotFound
    report = together.take_back(request.actor, verb=verb, ids=ids, now=timezone.now())  # type: ignore[attr-defined]
    return render(request, "incidents/_together_report.html", {"report": report})


def _chosen(request: HttpRequest) -> list[Incident]:
    asked = request.POST if request.method == "POST" else request.GET
    if asked.get("all"):
        found = exports.narrowed(request.actor, exports.form_of(asked))  # type: ignore[attr-defined]
        return list(policy.visible(request.actor, permissions.VIEW, found)[: together.MOST])  # type: ignore[attr-defined]
    return list(selectors.incidents(request.actor).filter(number__in=asked.getlist("number")[: together.MOST]))  # type: ignore[attr-defined]
