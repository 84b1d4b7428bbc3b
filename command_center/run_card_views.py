"""Settings: run cards, with their versions and with how many units the city has for each line."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from access.faces import allowed, sheet
from command_center.catalogues import BY_SLUG
from command_center.settings_views import settings_page
from incidents import cards, permissions, services
from incidents import selectors as incidents
from incidents.forms_cards import LINES, CardForm
from incidents.models import IncidentType
from incidents.models.cards import GREATEST_ALARM
from kit.errors import Refused
from resources import selectors as resources

SLUG = "run-cards"


@require_GET
@allowed(permissions.MANAGE_CARDS)
def listing(request: HttpRequest) -> HttpResponse:
    """Every type with what each alarm adds."""
    if request.GET.get("format") == "csv":
        return _csv()
    by_type: dict[str, dict[int, Any]] = {}
    for card in incidents.cards_in_force():
        by_type.setdefault(card.type.code, {})[card.alarm] = card
    alarms = list(range(1, GREATEST_ALARM + 1))
    words = request.GET.get("q", "").strip().lower()[:80]
    types = [type_ for type_ in incidents.incident_types() if words in f"{type_.code} {type_.name} {type_.name_en}".lower()]
    rows = [{"type": type_, "cells": [(alarm, by_type.get(type_.code, {}).get(alarm)) for alarm in alarms]} for type_ in types]
    return settings_page(request, "settings/run_cards.html", {"catalogue": BY_SLUG[SLUG], "rows": rows, "alarms": alarms, "words": words})


@require_http_methods(["GET", "POST"])
@allowed(permissions.MANAGE_CARDS)
def edit(request: HttpRequest, code: str, alarm: int) -> HttpResponse:
    """One card: its lines, the versions before, and whether the city has what it asks for."""
    type_ = _type(code, alarm)
    versions = list(cards.versions_of(type_, alarm)[:50])
    last = versions[0] if versions else None
    form = CardForm(request.POST or None, card=last, alarm=alarm)
    if request.method == "POST" and form.is_valid():
        try:
            card = services.save_run_card(
                request.actor,  # type: ignore[attr-defined]
                type_id=type_.pk, alarm=alarm, lines=form.lines(), from_severity=form.cleaned_data["from_severity"],
                note=form.cleaned_data["note"], based_on=form.cleaned_data["based_on"], now=timezone.now(),
            )  # fmt: skip
        except Refused as refusal:
            form.add_error(None, refusal.in_full)
        else:
            messages.info(request, _("Version %(version)s of the card is saved.") % {"version": card.version})
            return redirect("settings_run_card", code, alarm)
    context = {
        "catalogue": BY_SLUG[SLUG], "type": type_, "alarm": alarm, "form": form, "last": last, "versions": versions, "numbers": range(LINES),
        "stock": resources.units_in_service_by_capability(),
    }  # fmt: skip
    return settings_page(request, "settings/run_card.html", context, 422 if form.is_bound and form.errors else 200)


def _csv() -> HttpResponse:
    """The lines of every card in force, one row each, by codes."""
    header = ("type", "alarm", "version", "from_severity", "order", "capability", "count", "own")
    lines = [
        (card.type.code, card.alarm, card.version, card.from_severity or "", line.order, line.capability.code, line.count, int(line.is_own))
        for card in incidents.cards_in_force()
        for line in card.lines.all()
    ]
    return sheet(SLUG, [header, *lines])


def _type(code: str, alarm: int) -> IncidentType:
    found = incidents.incident_type_of_code(code)
    if found is None or not 1 <= alarm <= GREATEST_ALARM:
        raise Http404
    return found
