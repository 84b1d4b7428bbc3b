"""Commands that put incidents together and take them apart: merging duplicates, grouping under a parent."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from access.actors import Actor
from access.faces import allowed, done
from incidents import permissions, search, selectors, services
from incidents.forms import GroupForm, refused
from incidents.models import Incident
from kit.errors import Refused

form_view = require_http_methods(["GET", "POST"])


@form_view
@allowed(permissions.MERGE)
def merge(request: HttpRequest, number: str) -> HttpResponse:
    """Merge into another open incident, or be put under it; the nearest are offered first."""
    actor = request.actor  # type: ignore[attr-defined]
    incident = selectors.incident(actor, number)
    form = GroupForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        put = _merge if form.cleaned_data["verb"] != "link" else _link
        try:
            return put(actor, incident, form.cleaned_data["target"])
        except Refused as refusal:
            refused(form, refusal)
    words = request.POST.get("q", "")[:80]
    context = {"incident": incident, "form": form, "words": words, "near": search.near(actor, incident, words=words)}
    return render(request, "incidents/_merge.html", context, status=422 if form.is_bound and form.errors else 200)


@require_GET
@allowed(permissions.MERGE)
def near(request: HttpRequest, number: str) -> HttpResponse:
    """Open incidents that fit the words typed so far (`q`), nearest first."""
    actor = request.actor  # type: ignore[attr-defined]
    words = request.GET.get("q", "")[:80]
    found = search.near(actor, selectors.incident(actor, number), words=words)
    return render(request, "incidents/_near.html", {"near": found, "words": words})


@form_view
@allowed(permissions.MERGE)
def unmerge(request: HttpRequest, number: str) -> HttpResponse:
    """Undo a merge, after one question."""
    actor = request.actor  # type: ignore[attr-defined]
    incident = selectors.incident(actor, number)
    if request.method == "GET":
        return render(request, "incidents/_unmerge.html", {"incident": incident})
    services.unmerge_incident(actor, incident_id=incident.pk, now=timezone.now())
    return done(_("%(number)s stands by itself again.") % {"number": number}, incident=incident.pk, choose=incident.pk)


@require_POST
@allowed(permissions.MERGE)
def unlink(request: HttpRequest, number: str) -> HttpResponse:
    """Take an incident out from under its parent."""
    actor = request.actor  # type: ignore[attr-defined]
    incident = selectors.incident(actor, number)
    services.unlink_child(actor, incident_id=incident.pk, now=timezone.now())
    undo = {"url": reverse("incident_merge", args=[number]), "values": {"verb": "link", "target": incident.parent.number}}  # type: ignore[union-attr]
    return done(_("%(number)s stands by itself again.") % {"number": number}, undo=undo, incident=incident.pk)


def _merge(actor: Actor, incident: Incident, target: str) -> HttpResponse:
    target_id = selectors.id_of(actor, target)
    services.merge_incident(actor, incident_id=incident.pk, target_id=target_id, now=timezone.now())
    sentence = _("%(number)s is merged into %(target)s.") % {"number": incident.number, "target": target}
    undo = {"url": reverse("incident_unmerge", args=[incident.number]), "values": {}}
    return done(sentence, undo=undo, incident=incident.pk, choose=target_id)


def _link(actor: Actor, incident: Incident, target: str) -> HttpResponse:
    services.link_child(actor, incident_id=incident.pk, parent_id=selectors.id_of(actor, target), now=timezone.now())
    sentence = _("%(number)s is put under %(target)s.") % {"number": incident.number, "target": target}
    undo = {"url": reverse("incident_unlink", args=[incident.number]), "values": {}}
    return done(sentence, undo=undo, incident=incident.pk)
