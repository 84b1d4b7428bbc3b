"""Mutual aid on the screen: ask a neighbour, answer, follow; and the page of those who are asked."""

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from access.faces import allowed, done
from incidents import aid, permissions, selectors, services
from incidents.forms import refused
from incidents.forms_aid import AidForm, AnswerForm
from incidents.models.aid import AidState
from incidents.services.aid import AidAnswer, NewAid
from kit.errors import Refused
from kit.naming import called

form_view = require_http_methods(["GET", "POST"])
SHOWN = 100


@form_view
@allowed(permissions.REQUEST_AID)
def ask(request: HttpRequest, number: str) -> HttpResponse:
    """Ask a neighbour for units: those that have what is short stand first, the nearest of them chosen."""
    actor = request.actor  # type: ignore[attr-defined]
    incident = selectors.incident(actor, number)
    form = AidForm(request.POST or None, initial={"capability": request.GET.get("capability", ""), "asked": request.GET.get("asked", "1")})
    if request.method == "POST" and form.is_valid():
        try:
            row = services.request_aid(actor, incident_id=incident.pk, aid=NewAid(**form.cleaned_data), now=timezone.now())
        except Refused as refusal:
            refused(form, refusal)
        else:
            return done(_("%(neighbour)s is asked for help.") % {"neighbour": called(row.neighbour)}, incident=incident.pk)
    wanted = form["capability"].value()
    helpers = aid.helpers(actor, incident, capabilities=[wanted] if wanted else [])
    context = {"incident": incident, "form": form, "helpers": helpers, "chosen": form["neighbour"].value()}
    return render(request, "incidents/_aid_ask.html", context, status=422 if form.is_bound and form.errors else 200)


@form_view
@allowed(permissions.VIEW_AID)
def steps(request: HttpRequest, request_id: int) -> HttpResponse:
    """One request: what became of it, and what the reader may make of it."""
    actor = request.actor  # type: ignore[attr-defined]
    row = aid.request(actor, request_id)
    open_steps = aid.open_steps(actor, row)
    form = AnswerForm(request.POST or None, states=[(step.value, step.label) for step in AidState], initial={"committed": row.asked})
    if request.method == "POST" and form.is_valid():
        values, now = form.cleaned_data, timezone.now()
        eta = now + timedelta(minutes=values["eta_minutes"]) if values["eta_minutes"] is not None else None
        answer = AidAnswer(state=values["state"], committed=values["committed"], eta_at=eta, words=values["words"])
        try:
            row = services.advance_aid(actor, request_id=row.pk, answer=answer, now=now)
        except Refused as refusal:
            refused(form, refusal)
        else:
            sentence = _("%(neighbour)s: %(state)s") % {"neighbour": called(row.neighbour), "state": row.get_state_display()}
            return done(sentence, incident=row.incident_id)
    context = {"aid": row, "form": form, "steps": open_steps, "overdue": aid.is_overdue(row, timezone.now())}
    return render(request, "incidents/_aid_steps.html", context, status=422 if form.is_bound and form.errors else 200)


@require_GET
@allowed(permissions.VIEW_AID)
def page(request: HttpRequest) -> HttpResponse:
    """The requests for help that the reader may see: of neighbours to us, and of ours to them."""
    actor = request.actor  # type: ignore[attr-defined]
    with_ended = "ended" in request.GET
    rows = list(aid.requests_for(actor, with_ended=with_ended)[: SHOWN + 1])
    now = timezone.now()
    shown = [{"aid": row, "overdue": aid.is_overdue(row, now)} for row in rows[:SHOWN]]
    next_due = min((row.due_at for row in rows[:SHOWN] if row.state == AidState.REQUESTED and row.due_at > now), default=None)
    context = {"rows": shown, "with_ended": with_ended, "more": len(rows) > SHOWN, "most": SHOWN, "next_due": next_due}
    return render(request, "incidents/aid.html", context)
