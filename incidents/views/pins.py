"""The queue of places that are not sure: what the caller said, what geocoders make of it, and where it is."""

from dataclasses import asdict

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from access.faces import address, allowed, done
from gis import selectors as gis
from incidents import permissions, pins, selectors, services
from incidents.forms import PinForm
from kit.errors import Invalid, Refused


@require_GET
@allowed(permissions.EDIT)
def queue(request: HttpRequest) -> HttpResponse:
    """The places that wait; with `rows` only the list."""
    waiting = list(pins.weak_pins(request.actor)[: pins.MOST])  # type: ignore[attr-defined]
    words = pins.words_for(waiting)
    rows = [{"pin": each, "incident": each.incident, "words": words.get(each.incident_id, "")} for each in waiting]
    if "rows" in request.GET:
        return render(request, "incidents/_pins.html", {"rows": rows})
    context = {"rows": rows, "basemap": asdict(gis.basemap()), "regions_url": address("regions-geojson")}
    return render(request, "incidents/pins.html", context)


@require_POST
@allowed(permissions.EDIT)
def settle(request: HttpRequest, number: str) -> HttpResponse:
    """Move the point, confirm it, or say that nobody can tell."""
    actor = request.actor  # type: ignore[attr-defined]
    incident = selectors.incident(actor, number)
    form = PinForm(request.POST)
    try:
        if not form.is_valid():
            raise Invalid({"outcome": _("Choose a point, or say that it stays.")})
        outcome = form.cleaned_data["outcome"]
        services.settle_pin(actor, incident_id=incident.pk, position=form.position(), outcome=outcome, now=timezone.now())
    except Invalid as refusal:
        return HttpResponse(" ".join(map(str, refusal.fields.values())), status=409, content_type="text/plain; charset=utf-8")
    except Refused as refusal:
        return HttpResponse(refusal.sentence, status=refusal.status, content_type="text/plain; charset=utf-8")
    return done(_("The place of %(number)s is settled.") % {"number": number}, incident=incident.pk)
