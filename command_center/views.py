"""The operations screen: it joins the rooms and holds no rule."""

import math
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import asdict
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from access import permissions as access_permissions
from access import policy
from access.faces import address, allowed, signed_in, tagged, unchanged
from alerts import permissions as alert_permissions
from alerts import selectors as alerts
from gis import selectors as gis
from gis import tiles
from incidents import board as incident_board
from incidents import modes, seeing
from incidents import permissions as incident_permissions
from incidents import selectors as incidents
from incidents.models import CityMode, Incident
from kit.errors import Refused
from kit.geo import Position
from resources import board as unit_board
from resources import selectors as resources
from resources.sharing import shown as shown_areas

MOST_ROWS = 500
TABS = (("all", _("All")), ("new", _("New")), ("pending", _("Assign")), ("working", _("Active")), ("ending", _("Ending")))
LAYERS = {"places": _("Places and house numbers")}
COMPASS = (_("N"), _("NE"), _("E"), _("SE"), _("S"), _("SW"), _("W"), _("NW"))


@require_GET
@signed_in
def ops(request: HttpRequest) -> HttpResponse:
    """Map, queue and panel; who has no part in the watch is led to what is theirs."""
    actor = request.actor  # type: ignore[attr-defined]
    if not policy.can(actor, incident_permissions.VIEW, None):
        return redirect("settings" if policy.can(actor, access_permissions.MANAGE_REFERENCE, None) else "profile")
    rows = _rows(actor, seeing.known_open(actor)[:MOST_ROWS], modes.in_force())
    chosen = request.GET.get("incident", "")
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    context = {
        "rows": rows,
        "layouts": request.user.layouts,  # type: ignore[union-attr]
        "chosen": chosen,
        "chosen_id": next((row.incident.pk for row in rows if row.incident.number == chosen), ""),
        "tabs": TABS,
        "counts": incidents.counts(actor, day_began_at=midnight),
        "tally": unit_board.tally(resources.units(actor)),
        "legend": unit_board.LEGEND,
        "layers": [(name, LAYERS.get(name, name), _tiles(name)) for name in tiles.names()],
        "basemap": asdict(gis.basemap()),
        "regions_url": address("regions-geojson"),
        "has_areas": shown_areas.is_any_shown_to(actor),
        "strip": alerts.strip(actor, now=timezone.now()) if policy.can(actor, alert_permissions.VIEW, None) else None,
    }
    return render(request, "command_center/ops.html", context)


@require_GET
@allowed(incident_permissions.VIEW)
def rows(request: HttpRequest) -> HttpResponse:
    """The rows of these incidents (`ids`), or all; one that is missing is open no more."""
    actor = request.actor  # type: ignore[attr-defined]
    found = seeing.known_open(actor)
    if "ids" in request.GET:
        found = found.filter(pk__in=[int(each) for each in request.GET["ids"].split(",") if each.isdigit()][:100])
    shown = list(found[:MOST_ROWS])
    emergencies = modes.in_force()
    tag = incident_board.tag(actor, shown, emergencies)
    answer = unchanged(request, tag)
    return answer or tagged(render(request, "incidents/_rows.html", {"rows": _rows(actor, shown, emergencies)}), tag)


@require_GET
@allowed(incident_permissions.VIEW)
def tally(request: HttpRequest) -> HttpResponse:
    """What the panel shows while no incident is chosen."""
    actor = request.actor  # type: ignore[attr-defined]
    return render(request, "command_center/_tally.html", {"tally": unit_board.tally(resources.units(actor))})


@require_GET
@allowed(incident_permissions.VIEW)
def units(request: HttpRequest) -> JsonResponse:
    """Units and stations for the map; after this only positions and news travel."""
    actor = request.actor  # type: ignore[attr-defined]
    found = resources.units(actor).select_related("last_position")
    stations = [{"code": each.code, "name": str(each), "lon": each.point.x, "lat": each.point.y} for each in resources.stations(actor)]
    return JsonResponse(
        {
            "units": [unit_board.on_map(unit) for unit in found],
            "stations": stations,
            "shapes": unit_board.shapes(),
        }
    )


@require_GET
@allowed(incident_permissions.VIEW)
def table(request: HttpRequest) -> HttpResponse:
    """The same as the map in words: units and incidents with distance and bearing from one place."""
    actor = request.actor  # type: ignore[attr-defined]
    chosen = seeing.known(actor).filter(number=request.GET.get("incident", "")).first()
    origin = _origin(request, chosen)
    found = resources.units(actor).select_related("last_position")
    lines = [unit_board.on_map(unit) | {"fix_at": getattr(getattr(unit, "last_position", None), "at", None)} for unit in found]
    for line in lines:
        line |= _from(origin, line["lon"], line["lat"])
    open_rows = [
        {"incident": row.incident, "row": row, **_from(origin, *(row.incident.point.coords if row.incident.point else (None, None)))}
        for row in _rows(actor, seeing.known_open(actor)[:MOST_ROWS], modes.in_force())
    ]
    context = {
        "units": sorted(lines, key=lambda line: (line["metres"] is None, line["metres"] or 0, line["code"])),
        "incidents": sorted(open_rows, key=lambda line: (line["metres"] is None, line["metres"] or 0)),
        "origin_label": chosen.number if chosen else "",
    }
    return render(request, "command_center/_table.html", context)


@require_GET
@allowed(incident_permissions.REPORT)
def places(request: HttpRequest) -> HttpResponse:
    """Places for what is typed (`q`), near the middle of the map (`near`, lon,lat)."""
    near = None
    with suppress(ValueError, Refused):
        near = Position(*(float(each) for each in request.GET.get("near", "").split(",")[:2]))
    found = gis.find_places(request.GET.get("q", "")[:120], near=near, limit=8)
    return render(request, "command_center/_places.html", {"places": found})


def _tiles(name: str) -> str:
    """The address of a layer's tiles, with the places for zoom, column and row."""
    return reverse("tile", args=[name, 0, 0, 0]).replace("/0/0/0.", "/{z}/{x}/{y}.")


def _rows(actor: Any, found: Iterable[Incident], emergencies: Sequence[CityMode]) -> list[incident_board.Row]:
    return sorted((incident_board.row(actor, each, emergencies) for each in found), key=lambda row: row.rank)


def _origin(request: HttpRequest, chosen: Incident | None) -> Position | None:
    if chosen is not None and chosen.point:
        return Position(chosen.point.x, chosen.point.y)
    try:
        return Position(float(request.GET["lon"]), float(request.GET["lat"]))
    except (KeyError, ValueError):
        return None


def _from(origin: Position | None, lon: float | None, lat: float | None) -> dict[str, Any]:
    """Distance and bearing on the sphere, good to half a percent: enough to say who is near."""
    if origin is None or lon is None or lat is None:
        return {"metres": None, "distance": "", "bearing": ""}
    east = math.radians(lon - origin.lon) * math.cos(math.radians((lat + origin.lat) / 2))
    north = math.radians(lat - origin.lat)
    metres = 6_371_008.8 * math.hypot(east, north)
    bearing = COMPASS[round(math.degrees(math.atan2(east, north)) / 45) % 8]
    return {"metres": metres, "distance": f"{metres / 1000:.1f} km" if metres >= 950 else f"{metres:.0f} m", "bearing": bearing}
