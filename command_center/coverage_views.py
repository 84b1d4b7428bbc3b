"""Coverage on the operations screen: the map's layer and the same in words."""

import re
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from access import policy
from access.faces import allowed
from gis import selectors as gis
from incidents import permissions as incident_permissions
from incidents import selectors as incidents
from resources import coverage as covering
from resources import permissions
from resources import selectors as resources

MOST_CODES = 30


@require_GET
@allowed(permissions.VIEW)
def coverage(request: HttpRequest) -> HttpResponse:
    """What is reached now with `capability`, and what if the units `without` left, or those recommended for `incident`."""
    actor = request.actor  # type: ignore[attr-defined]
    capabilities = list(resources.capabilities())
    chosen = next((each for each in capabilities if each.code == request.GET.get("capability", "")), None) or covering.usual_capability(actor)
    without = [code for code in re.split(r"[\s,;，、；]+", request.GET.get("without", "")[:400]) if code][:MOST_CODES]
    asked = request.GET.get("incident", "")[:40]
    recommended = _recommended(actor, asked)
    found = covering.coverage(actor, capability=chosen, without=[*without, *recommended]) if chosen else None
    context = {
        "capabilities": capabilities,
        "chosen": chosen,
        "without": " ".join(without),
        "recommended": recommended,
        "unknown": [code for code in found.hole.unknown if code not in {each.upper() for each in recommended}] if found and found.hole else [],
        "incident": asked,
        "found": found,
        "routing": gis.routing() if found and found.is_estimate else None,
        "shapes": _shapes(found) if found else {},
    }
    response = render(request, "command_center/_coverage.html", context)
    response["Cache-Control"] = "private, no-store"
    return response


def _recommended(actor: Any, number: str) -> list[str]:
    """The codes of the units that would be sent first to an incident the actor may see."""
    if not number or not policy.can(actor, incident_permissions.VIEW, None):
        return []
    incident = incidents.incidents(actor).filter(number=number).first()
    if incident is None:
        return []
    return [unit.code for unit in incidents.recommendation(actor, incident, limit=10).units if unit.is_first]


def _shapes(found: covering.Coverage) -> dict[str, Any]:
    """What the map draws: bands from the widest in, the hole, and where units could move."""
    bands = [{"minutes": minutes, "geometry": area} for minutes, area in zip(found.minutes, found.bands, strict=True)]
    return {
        "bands": bands[::-1],
        "hole": found.hole.area if found.hole else None,
        "moves": [{"lon": move.position.lon, "lat": move.position.lat, "unit": move.unit} for move in found.moves],
        "again": found.is_partial,
    }
