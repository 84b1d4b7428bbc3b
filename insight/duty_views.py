"""The page of who is on duty: posts as they are held now, where nobody will be, and the reader's own duty."""

from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from access.faces import allowed
from resources import permissions as resource_permissions
from resources import selectors as resources

AHEAD = timedelta(days=7)
MOST_GAPS = 50
OWN_DAYS, OWN_MOST = 31, 8


@require_GET
@allowed(resource_permissions.VIEW_ROSTER)
def page(request: HttpRequest) -> HttpResponse:
    """Who is on duty, and what the reader has to do with it."""
    return render(request, "duty/now.html", _watch(request))


def _watch(request: HttpRequest) -> dict[str, Any]:
    actor, now = request.actor, timezone.now()  # type: ignore[attr-defined]
    gaps = resources.gaps(actor, since=now, until=now + AHEAD)
    mine = resources.duty_of(actor.user_id, now)
    own = resources.duties_of_person(actor.user_id, since=now, days=OWN_DAYS)
    ahead = [each for each in own if mine is None or each.pk != mine.pk][:OWN_MOST]
    return {
        "watch": resources.watch_at(actor, now),
        "gaps": gaps[:MOST_GAPS],
        "more_gaps": len(gaps) - MOST_GAPS,
        "mine": mine,
        "ahead": ahead,
        "now": now,
    }
