"""Pages of watched areas: one's own and those that others show, each with its map; and with whom one is shared."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from access import policy
from access.faces import address, allowed
from access.sharing import reading, verbs
from access.sharing.faces import dialog
from resources import permissions
from resources.sharing import shown
from resources.sharing.keeping import KIND


@require_GET
@allowed(permissions.VIEW)
def listing(request: HttpRequest) -> HttpResponse:
    """The areas that are watched: one's own, and those that others show."""
    actor = request.actor  # type: ignore[attr-defined]
    return render(request, "resources/areas.html", {"own": shown.own(actor), "shown": shown.shown_to(actor), "most": shown.MOST})


@require_GET
@allowed(permissions.VIEW)
def on_map(request: HttpRequest) -> JsonResponse:
    """The areas that others show, for the map of the operations screen: each with until when, and its border or the rectangle around it."""
    actor, now = request.actor, timezone.now()  # type: ignore[attr-defined]
    rows = []
    for each in shown.shown_to(actor):
        if each.seen is None:
            continue
        verbs.note_look(actor, share_id=each.seen.share.pk, is_refresh=True, now=now)
        says = _("until %(time)s") % {"time": date_format(timezone.localtime(each.seen.share.until), "m-d H:i")}
        rows.append({"id": each.area.pk, "name": each.area.name, "says": says, "shape": each.geojson, "has_border": each.has_border})
    answer = JsonResponse({"areas": rows})
    answer["Cache-Control"] = "private, no-store"
    return answer


@require_GET
@allowed(permissions.VIEW)
def page(request: HttpRequest, area_id: int) -> HttpResponse:
    """One area with its map; looking at one that is shared is told to its owners."""
    return render(request, "resources/area.html", _shown(request, area_id, is_refresh=False))


@require_GET
@allowed(permissions.VIEW)
def body(request: HttpRequest, area_id: int) -> HttpResponse:
    """The live part of the page."""
    return render(request, "resources/_area.html", _shown(request, area_id, is_refresh=True))


@require_http_methods(["GET", "POST"])
@allowed(permissions.SHARE_AREA)
def share(request: HttpRequest, area_id: int) -> HttpResponse:
    """With whom an area is shared, and with whom else."""
    actor = request.actor  # type: ignore[attr-defined]
    found = shown.area(actor, area_id).area
    policy.require(actor, permissions.SHARE_AREA, found)
    return dialog(request, KIND, found.pk, called=found.name)


def _shown(request: HttpRequest, area_id: int, *, is_refresh: bool) -> dict[str, Any]:
    actor = request.actor  # type: ignore[attr-defined]
    found = shown.area(actor, area_id)
    if found.seen is not None:
        verbs.note_look(actor, share_id=found.seen.share.pk, is_refresh=is_refresh, now=timezone.now())
    may_share = policy.can(actor, permissions.SHARE_AREA, found.area)
    return {
        "found": found,
        "area": found.area,
        "seen": found.seen,
        "may_share": may_share,
        "shares": reading.shares_of(KIND, found.area.pk) if may_share else [],
        "basemap_url": address("basemap-description"),
    }
