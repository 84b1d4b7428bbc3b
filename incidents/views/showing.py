"""A shared incident as the other side sees it, and the shares of one's own: made, taken back, and taken by breaking the glass."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from access import permissions as access_permissions
from access import policy
from access.faces import address, allowed, done, is_fragment, tagged, unchanged
from access.sharing import reading
from access.sharing import verbs as sharing
from access.sharing.faces import dialog
from access.sharing.forms import GlassForm
from incidents import board, permissions, seeing, selectors, shown
from incidents.forms import refused
from incidents.models.incidents import State
from incidents.views.common import crew_lines
from kit.errors import NotFound, Refused

LINES = 60


def page(request: HttpRequest, number: str) -> HttpResponse:
    """What is shared of an incident, as a page; looking is told to those who share it. Who sees nothing may be shown the way to the glass."""
    try:
        context = _shown(request, number, lines=LINES, is_refresh=False)
    except NotFound as refusal:
        if not policy.can(request.actor, access_permissions.BREAK_GLASS, None):  # type: ignore[attr-defined]
            raise
        return render(request, "incidents/unknown.html", {"refusal": refusal, "number": number}, status=refusal.status)
    return render(request, "incidents/shown.html", context)


def panel(request: HttpRequest, number: str) -> HttpResponse:
    """The same, as the panel of the operations screen."""
    context = _shown(request, number, lines=30, is_refresh=True)
    newest = context["lines"][0].id if context["lines"] else 0
    tag = f"{context['incident'].version}.{context['incident'].state}.{newest}.{context['seen'].tag}"
    return unchanged(request, tag) or tagged(render(request, "incidents/_shown_panel.html", context), tag)


def body(request: HttpRequest, number: str) -> HttpResponse:
    """The live part of the page."""
    return render(request, "incidents/_shown.html", _shown(request, number, lines=LINES, is_refresh=True))


@require_http_methods(["GET", "POST"])
@allowed(permissions.SHARE)
def share(request: HttpRequest, number: str) -> HttpResponse:
    """With whom an incident is shared, and with whom else."""
    actor = request.actor  # type: ignore[attr-defined]
    incident = selectors.incident(actor, number)
    return dialog(request, seeing.KIND, incident.pk, called=number, told={"incident": incident.pk}, incident=incident)


@require_POST
@allowed(permissions.SHARE)
def revoke(request: HttpRequest, share_id: int) -> HttpResponse:
    """Take a share back."""
    return _revoked(request, share_id)


@require_POST
@allowed(access_permissions.BREAK_GLASS)
def give_back(request: HttpRequest, share_id: int) -> HttpResponse:
    """Give back what one took by breaking the glass."""
    return _revoked(request, share_id)


def _revoked(request: HttpRequest, share_id: int) -> HttpResponse:
    ended = sharing.revoke_share(request.actor, share_id=share_id, now=timezone.now())  # type: ignore[attr-defined]
    if not is_fragment(request):
        return redirect("shared")
    return done(_("The share is taken back."), **({"incident": ended.subject_id} if ended.kind == seeing.KIND.name else {}))


@require_http_methods(["GET", "POST"])
@allowed(access_permissions.BREAK_GLASS)
def break_glass(request: HttpRequest, number: str) -> HttpResponse:
    """See an incident one has no part in, for an hour, with a reason. Whether there is such an incident is said only afterwards."""
    actor = request.actor  # type: ignore[attr-defined]
    form = GlassForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            sharing.break_glass_for(actor, kind=seeing.KIND.name, subject_id=seeing.id_of(number), now=timezone.now(), **form.cleaned_data)
        except Refused as refusal:
            refused(form, refusal)
        else:
            return redirect("incident", number)
    context = {"number": number, "form": form, "minutes": sharing.GLASS_SECONDS // 60}
    return render(request, "incidents/break_glass.html", context, status=422 if form.is_bound else 200)


def _shown(request: HttpRequest, number: str, *, lines: int, is_refresh: bool) -> dict[str, Any]:
    actor = request.actor  # type: ignore[attr-defined]
    found = shown.shown_panel(actor, number, lines=lines)
    sharing.note_look(actor, share_id=found.seen.share.pk, is_refresh=is_refresh, now=timezone.now())
    return {
        "incident": found.incident,
        "row": board.row(actor, found.incident),
        "panel": found,
        "seen": found.seen,
        "is_outline": found.seen.depth == reading.DEPTH[reading.Level.OUTLINE],
        "is_full": found.seen.depth == reading.DEPTH[reading.Level.FULL],
        "five": board.five(found.incident),
        "milestones": board.milestones(found.incident),
        "crew": crew_lines(found.assignments),
        "lines": found.lines,
        "notes": found.notes,
        "basemap_url": address("basemap-description"),
        "state_label": State(found.incident.state).label,  # type: ignore[attr-defined]
    }
