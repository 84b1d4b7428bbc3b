"""Settings: plans by type of incident and response level, with their versions."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from access.faces import allowed, sheet
from command_center.catalogues import BY_SLUG
from command_center.settings_views import settings_page
from incidents import permissions, plans, services
from incidents import selectors as incidents
from incidents.forms_plans import PlanForm
from incidents.models import IncidentType, Plan
from incidents.models.plans import LEVELS
from kit.errors import Refused

SLUG = "plans"
ANY = "any"
GRAVEST_FIRST = tuple(reversed(LEVELS))


@require_GET
@allowed(permissions.MANAGE_PLANS)
def listing(request: HttpRequest) -> HttpResponse:
    """Every type with its plan for each response level; the first row is for types without one of their own."""
    if request.GET.get("format") == "csv":
        return _csv()
    by_type: dict[str, dict[str, Plan]] = {}
    for plan in plans.plans_in_force():
        by_type.setdefault(plan.type.code if plan.type else ANY, {})[plan.level] = plan
    words = request.GET.get("q", "").strip().lower()[:80]
    types: list[IncidentType | None] = [None, *incidents.incident_types()]
    rows = [
        {"type": type_, "code": code, "cells": [(level, by_type.get(code, {}).get(level)) for level in GRAVEST_FIRST]}
        for type_ in types
        if words in (f"{type_.code} {type_.name} {type_.name_en}".lower() if type_ else "")
        for code in [type_.code if type_ else ANY]
    ]
    return settings_page(request, "settings/plans.html", {"catalogue": BY_SLUG[SLUG], "rows": rows, "levels": GRAVEST_FIRST, "words": words})


@require_http_methods(["GET", "POST"])
@allowed(permissions.MANAGE_PLANS)
def edit(request: HttpRequest, code: str, level: str) -> HttpResponse:
    """One plan: its tasks, and the versions before."""
    type_ = None if code == ANY else incidents.incident_type_of_code(code)
    if level not in LEVELS or (type_ is None and code != ANY):
        raise Http404
    versions = list(plans.versions_of(type_.pk if type_ else None, level)[:50])
    last = versions[0] if versions else None
    form = PlanForm(request.POST or None, plan=last)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            plan = services.save_plan(
                request.actor,  # type: ignore[attr-defined]
                type_id=type_.pk if type_ else None, level=level, name=values["name"], name_en=values["name_en"], items=form.items(),
                note=values["note"], based_on=values["based_on"], now=timezone.now(),
            )  # fmt: skip
        except Refused as refusal:
            form.add_error(None, refusal.in_full)
        else:
            messages.info(request, _("Version %(version)s of the plan is saved.") % {"version": plan.version})
            return redirect("settings_plan", code, level)
    context = {"catalogue": BY_SLUG[SLUG], "type": type_, "level": level, "form": form, "last": last, "versions": versions}
    return settings_page(request, "settings/plan.html", context, 422 if form.is_bound and form.errors else 200)


def _csv() -> HttpResponse:
    """The tasks of every plan in force, one row each, by codes."""
    header = ("type", "level", "version", "name", "order", "task", "department", "due_minutes", "evidence")
    lines = [
        (plan.type.code if plan.type else ANY, plan.level, plan.version, plan.name, item.order, item.title,
         item.department.code if item.department else "", item.due_minutes, int(item.needs_evidence))
        for plan in plans.plans_in_force() for item in plan.items.all()
    ]  # fmt: skip
    return sheet(SLUG, [header, *lines])
