"""The page for whoever looks after messages to closed tablets."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from access.faces import allowed
from push import permissions, sealing, selectors

SHOWN = 100


@require_safe
@allowed(permissions.VIEW)
def given_up(request: HttpRequest) -> HttpResponse:
    """What each push service did in the last day, and what was given up, with the reason."""
    actor: Any = request.actor  # type: ignore[attr-defined]
    rows = list(selectors.given_up(actor)[: SHOWN + 1])
    found = {"rows": rows[:SHOWN], "is_cut": len(rows) > SHOWN, "services": selectors.services(actor, now=timezone.now())}
    return render(request, "push/given_up.html", found | {"is_offered": sealing.is_offered()})
