"""Messages to reporters that nobody could deliver: the list of them, and sending one once more."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from access.faces import allowed, done
from incidents import permissions, selectors, services

SHOWN = 100


@require_GET
@allowed(permissions.RETRY_MESSAGES)
def undelivered(request: HttpRequest) -> HttpResponse:
    """The newest undelivered messages, each with what every channel said."""
    rows = list(selectors.undelivered_messages(request.actor)[: SHOWN + 1])  # type: ignore[attr-defined]
    reports = list(selectors.unmailed_handouts(request.actor)[:SHOWN])  # type: ignore[attr-defined]
    return render(request, "incidents/undelivered.html", {"rows": rows[:SHOWN], "is_cut": len(rows) > SHOWN, "reports": reports})


@require_POST
@allowed(permissions.RETRY_MESSAGES)
def retry(request: HttpRequest, message_id: int) -> HttpResponse:
    """Send one once more."""
    message = services.retry_message(request.actor, message_id=message_id, now=timezone.now())  # type: ignore[attr-defined]
    return done(_("It is sent once more."), incident=message.incident_id)
