"""The command line, from the board and from the box in the header of every screen."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from access.faces import allowed, done
from incidents import permissions, services
from incidents.command_line import reading
from incidents.command_line.orders import OpenIncident, OpenUnit, Reading, Recommend
from incidents.services.commanding import NotUnderstood
from incidents.views.board import told


@require_GET
@allowed(permissions.VIEW)
def read(request: HttpRequest) -> HttpResponse:
    """What a `line` says, before it is given: in words, with what could be meant."""
    return render(request, "dispatch/_reading.html", {"reading": _reading(request, request.GET.get("line", ""), request.GET.get("incident", ""))})


@require_POST
@allowed(permissions.VIEW)
def run(request: HttpRequest) -> HttpResponse:
    """Do what a `line` says, or say what is missing."""
    understood = _reading(request, request.POST.get("line", ""), request.POST.get("incident", ""))
    match understood.order:
        case None:
            raise NotUnderstood(why=understood.says)
        case OpenIncident(number=number):
            return done("", go=reverse("incident", args=[number]))
        case OpenUnit(unit_id=unit_id):
            return done("", dialog=reverse("unit", args=[unit_id]))
        case Recommend(number=number):
            return done("", dialog=reverse("incident_dispatch", args=[number]))
        case order:
            return told(services.carry_out(request.actor, order, now=timezone.now()))  # type: ignore[attr-defined]


def _reading(request: HttpRequest, line: str, incident: str) -> Reading:
    return reading.read(request.actor, line, incident_id=int(incident) if incident.isdigit() else None)  # type: ignore[attr-defined]
