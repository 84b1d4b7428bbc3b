"""Routine and emergency: the chip in the header, and the two deliberate steps behind it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from access import policy
from access.faces import allowed, done
from incidents import modes, permissions, selectors, services
from incidents.forms import ModeEndForm, ModeForm, refused
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
    regions = {region.pk: region for region in modes.possible_regions()}
    basis = selectors.open_incidents(actor)[:50]
    form = ModeForm(request.POST or None, regions=list(regions.values()), incidents=list(basis))
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
    context = {
        "form": form,
        "modes": [{"mode": mode, "hand_back": modes.hand_back(actor, mode)} for mode in modes.in_force()],
        "effects": modes.effects(actor, None),
        "end_form": ModeEndForm(),
    }
    return render(request, "incidents/_mode.html", context, status=422 if form.is_bound else 200)


@require_GET
@allowed(permissions.VIEW)
def effects(request: HttpRequest) -> HttpResponse:
    """What a switch of one region would change."""
    asked = request.GET.get("region_id", "")
    region = modes.region_of(int(asked)) if asked.isdigit() and len(asked) < 18 else None
    return render(request, "incidents/_mode_effects.html", {"effects": modes.effects(request.actor, region)})  # type: ignore[attr-defined]


@require_POST
@allowed(permissions.SWITCH_MODE)
def end(request: HttpRequest, mode_id: int) -> HttpResponse:
    """Back to routine."""
    form = ModeEndForm(request.POST)
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    services.end_mode(request.actor, mode_id=mode_id, reason=reason, now=timezone.now())  # type: ignore[attr-defined]
    return done(_("Back to routine."))
