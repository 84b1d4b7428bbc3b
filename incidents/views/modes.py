"""Routine and emergency: the chip in the header, and the two deliberate steps behind it."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from access import policy
from access.actors import Actor
from access.faces import allowed, done
from incidents import modes, permissions, selectors, services
from incidents.forms import ModeEndForm, ModeForm, refused
from incidents.models import CityMode
from incidents.services.modes import NotLookedThrough
from kit.errors import Refused


@require_GET
@allowed(permissions.VIEW)
def chip(request: HttpRequest) -> HttpResponse:
    """What the header says of the state of the city."""
    return render(request, "incidents/_mode_chip.html", {"modes": modes.in_force()})


@require_http_methods(["GET", "POST"])
@allowed(permissions.VIEW)
def switch(request: HttpRequest) -> HttpResponse:
    """What holds now and what a switch would change; then the switch, once its level has been typed."""
    actor = request.actor  # type: ignore[attr-defined]
    if request.method == "POST":
        policy.require(actor, permissions.SWITCH_MODE, None)
    form = _mode_form(request)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            services.switch_mode(
                actor, region_id=values["region_id"], level=values["level"], reason=values["reason"],
                incident_id=values["incident_id"], now=timezone.now(),
            )  # fmt: skip
        except Refused as refusal:
            refused(form, refusal)
        else:
            return done(_("Emergency, response level %(level)s.") % {"level": values["level"]})
    return _dialog(request, form, status=422 if form.is_bound else 200)


def _dialog(request: HttpRequest, form: ModeForm, *, status: int, refused: dict[str, Any] | None = None) -> HttpResponse:
    actor = request.actor  # type: ignore[attr-defined]
    context = {
        "form": form,
        "modes": [_in_force(actor, mode, refused) for mode in modes.in_force()],
        "effects": modes.effects(actor, None, level="", now=timezone.now()),
    }
    return render(request, "incidents/_mode.html", context, status=status)


def _in_force(actor: Actor, mode: CityMode, refused: dict[str, Any] | None) -> dict[str, Any]:
    """An emergency with its hand-back list; where ending it was refused, with what was entered, so that only the rest is left to tick."""
    mine = refused if refused is not None and refused["mode_id"] == mode.pk else None
    standing = modes.hand_back(actor, mode)
    left = modes.unseen(standing, mine["looked"] if mine else {})
    return {"mode": mode, "hand_back": [(each, each not in left) for each in standing], "refused": mine}


def _mode_form(request: HttpRequest) -> ModeForm:
    """The form of a switch, filled in when one was sent."""
    basis = selectors.open_incidents(request.actor)[:50]  # type: ignore[attr-defined]
    sent = request.POST if request.method == "POST" and "level" in request.POST else None
    return ModeForm(sent, regions=list(modes.possible_regions()), incidents=list(basis))


@require_GET
@allowed(permissions.VIEW)
def effects(request: HttpRequest) -> HttpResponse:
    """What a switch of one region, to a level once one is chosen, would change."""
    asked = request.GET.get("region_id", "")
    region = modes.region_of(int(asked)) if asked.isdigit() and len(asked) < 18 else None
    found = modes.effects(request.actor, region, level=request.GET.get("level", ""), now=timezone.now())  # type: ignore[attr-defined]
    return render(request, "incidents/_mode_effects.html", {"effects": found})


@require_POST
@allowed(permissions.SWITCH_MODE)
def end(request: HttpRequest, mode_id: int) -> HttpResponse:
    """Back to routine, once everything that stood still was looked through."""
    form = ModeEndForm(request.POST)
    looked = form.looked()
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    try:
        services.end_mode(request.actor, mode_id=mode_id, reason=reason, looked=looked, now=timezone.now())  # type: ignore[attr-defined]
    except NotLookedThrough as refusal:
        again = {"mode_id": mode_id, "sentence": refusal.sentence, "reason": reason, "looked": looked}
        return _dialog(request, _mode_form(request), status=422, refused=again)
    return done(_("Back to routine."))
