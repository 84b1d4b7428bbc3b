"""Files of an incident: adding one, opening one."""

from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from access.faces import allowed, done, is_fragment
from incidents import permissions, selectors, services
from kit.errors import Invalid


@require_POST
@allowed(permissions.NOTE)
def attach(request: HttpRequest, number: str) -> HttpResponse:
    """Attach a file."""
    sent = request.FILES.get("file")
    if sent is None:
        raise Invalid({"file": _("Choose a file.")})
    incident = selectors.incident(request.actor, number)  # type: ignore[attr-defined]
    services.attach_file(request.actor, incident_id=incident.pk, name=sent.name or "", content=sent.read(), now=timezone.now())  # type: ignore[attr-defined]
    return done(_("The file is attached."), incident=incident.pk) if is_fragment(request) else redirect("incident", number)


@require_GET
@allowed(permissions.VIEW)
def show(request: HttpRequest, attachment_id: int) -> FileResponse:
    """The file itself, never run as a page of ours; looking is recorded."""
    found, path = services.open_attachment(request.actor, attachment_id=attachment_id, now=timezone.now())  # type: ignore[attr-defined]
    answer = FileResponse(path.open("rb"), content_type=found.media_type, as_attachment=True, filename=found.name)
    answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return answer
