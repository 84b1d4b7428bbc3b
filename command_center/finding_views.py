"""Search over everything, and the short way to one thing."""

from contextlib import suppress

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from access.faces import allowed, signed_in
from command_center import finding
from incidents import finding as incident_finding
from incidents import permissions
from kit.errors import NotFound, Refused
from kit.geo import Position
from resources import selectors as resources


@require_GET
@signed_in
def find(request: HttpRequest) -> HttpResponse:
    """What `q` may mean; places near the middle of the map (`near`, lon,lat) first."""
    near = None
    with suppress(ValueError, TypeError, Refused):
        lon, lat = request.GET.get("near", "").split(",")
        near = Position(float(lon), float(lat))
    chosen = request.GET.get("incident", "")
    incident_id = int(chosen) if chosen.isdigit() else None
    groups = finding.find(request.actor, request.GET.get("q", ""), near=near, incident_id=incident_id, now=timezone.now())  # type: ignore[attr-defined]
    return render(request, "command_center/_found.html", {"groups": groups, "asked": request.GET.get("q", "").strip()})


@require_GET
@allowed(permissions.VIEW)
def go(request: HttpRequest, handle: str) -> HttpResponse:
    """The short form of an address, to be said or typed: `/go/0047`, `/go/E7`."""
    actor = request.actor  # type: ignore[attr-defined]
    for incident in incident_finding.find_incidents(actor, handle, limit=1, now=timezone.now()):
        return redirect("incident", incident.number)
    units = resources.find_units(actor, handle, limit=2)
    if len(units) != 1:
        raise NotFound
    return redirect(finding.unit_option(units[0]).url)
