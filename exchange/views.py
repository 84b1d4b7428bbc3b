"""Pages: what the form for a call is offered. Translates; every rule is in `services`."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_POST

from access.faces import allowed
from exchange import permissions, services
from kit.errors import Invalid

MOST_OFFERED = 3


@require_POST
@allowed(permissions.VIEW_CALLER_LOCATION)
def look_up(request: HttpRequest) -> HttpResponse:
    """The places of a caller's phone as choices; the number comes in the body, because addresses are logged."""
    try:
        found = services.look_up_caller(request.actor, number=request.POST.get("number", ""), now=timezone.now())  # type: ignore[attr-defined]
    except Invalid:
        found = []  # a number half typed
    response = render(request, "exchange/_caller_locations.html", {"locations": found[:MOST_OFFERED]})
    response["Cache-Control"] = "no-store"
    return response
