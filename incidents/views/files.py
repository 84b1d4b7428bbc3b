"""Files of an incident: adding one, opening one."""

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from access.faces import allowed, done, is_fragment
from files import serving
from incidents import permissions, selectors, services
from kit.errors import Invalid


@require_POST
@allowed(permissions.NOTE)
def attach(request: HttpRequest, number: str) -> HttpResponse:
    """Attach files, one by one: a bad one does not keep the others."""
    actor = request.actor  # type: ignore[attr-defined]
    incident = selectors.incident(actor, number)
    kept, refusals = [], []
    for sent in request.FILES.getlist("file"):
        try:
            kept.append(services.attach_file(actor, incident_id=incident.pk, name=sent.name or "", content=sent.read(), now=timezone.now()))
        except Invalid as refusal:
            refusals.append(" ".join([f"{sent.name}:", *map(str, refusal.fields.values())]))
    if not is_fragment(request) and kept:
        return redirect("incident", number)
    if not kept:
        return HttpResponse(" ".join(refusals) or _("Choose a file."), status=409, content_type="text/plain; charset=utf-8")
    sentence = ngettext("%(n)s file is attached.", "%(n)s files are attached.", len(kept)) % {"n": len(kept)}
    return done(" ".join([sentence, *refusals]), incident=incident.pk)


@require_safe
@allowed(permissions.VIEW)
def show(request: HttpRequest, attachment_id: int) -> HttpResponseBase:
    """The file itself as a download, never run as a page of ours; looking is recorded."""
    actor = request.actor  # type: ignore[attr-defined]
    opened = services.open_attachment(actor, attachment_id=attachment_id, is_piece=serving.is_piece(request), now=timezone.now())
    return serving.respond(request, opened, is_download=True)
