"""Beside a call: warnings for the place, what happened there, and what this number said before."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from access import policy
from access.faces import allowed
from gis import elsewhere as geocoder
from incidents import permissions, services
from incidents.forms import HeardForm
from incidents.hazards import hazards_near
from incidents.locating import place_of
from incidents.nearby import history_of_place
from kit.errors import Unavailable


@require_POST
@allowed(permissions.REPORT)
def place(request: HttpRequest) -> HttpResponse:
    """Hazards and history of the place on the form, and where its words are when no point was put. A POST: the caller's words stand in no log."""
    form = HeardForm(request.POST)
    form.is_valid()
    put = form.position()
    position = put or place_of(form.cleaned_data.get("place") or "")
    now = timezone.now()
    if position is None:
        return render(request, "incidents/_about_place.html", {"is_nowhere": True})
    context = {
        "read": None if put else position,
        "hazards": hazards_near(position, on=timezone.localdate(now)),
        "history": history_of_place(request.actor, position, now=now),  # type: ignore[attr-defined]
    }
    return render(request, "incidents/_about_place.html", context)


@require_POST
@allowed(permissions.REPORT)
def number(request: HttpRequest) -> HttpResponse:
    """Earlier calls of the number on the form, for those who may know who called; a look that finds some is recorded."""
    actor = request.actor  # type: ignore[attr-defined]
    if not policy.can(actor, permissions.SEE_CALLER, None):
        return render(request, "incidents/_about_number.html", {})
    found = services.look_up_number(actor, number=request.POST.get("caller_phone", "")[:40], now=timezone.now())
    return render(request, "incidents/_about_number.html", {"reports": found})


@require_GET
@allowed(permissions.REPORT)
def elsewhere(request: HttpRequest) -> HttpResponse:
    """What the outside geocoder says of `q`, beside the own places; after three seconds a plain sentence."""
    try:
        return render(request, "incidents/_elsewhere.html", {"places": geocoder.answers(request.GET.get("q", "")[:120])})
    except Unavailable as refusal:
        return render(request, "incidents/_elsewhere.html", {"trouble": refusal.sentence})
