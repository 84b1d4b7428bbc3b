"""The response level of an incident: a decision with a reason, with the plan that goes with it and what that will do."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from access.faces import allowed, done
from incidents import permissions, plans, selectors, services
from incidents.forms import ResponseForm, refused
from kit.errors import Refused


@require_http_methods(["GET", "POST"])
@allowed(permissions.SET_LEVEL)
def respond(request: HttpRequest, number: str) -> HttpResponse:
    """Choose a level by its number key, read what its plan will do, and decide; it can be taken back."""
    actor = request.actor  # type: ignore[attr-defined]
    incident = selectors.incident(actor, number)
    choices = plans.choices(incident)
    form = ResponseForm(request.POST or None, levels=[(choice.level.value, choice.level.label) for choice in choices])
    if request.method == "POST" and form.is_valid():
        chosen = next(choice for choice in choices if choice.level == form.cleaned_data["level"])
        reason, now = form.cleaned_data["reason"], timezone.now()
        try:
            if chosen.plan is None:
                services.set_response_level(actor, incident_id=incident.pk, level=chosen.level, reason=reason, now=now)
                return done(_("%(number)s: %(level)s") % {"number": number, "level": chosen.level.label}, incident=incident.pk)
            running = services.activate_plan(actor, incident_id=incident.pk, plan_id=chosen.plan.pk, reason=reason, now=now)
        except Refused as refusal:
            refused(form, refusal)
        else:
            sentence = _("%(number)s: “%(plan)s” in motion, %(n)s tasks given.") % {"number": number, "plan": chosen.plan.name, "n": chosen.new}
            return done(sentence, undo={"url": reverse("plan_stand_down", args=[running.pk])}, incident=incident.pk)
    context = {"incident": incident, "form": form, "choices": choices, "running": plans.running(incident)}
    return render(request, "incidents/_respond.html", context, status=422 if form.is_bound else 200)


@require_POST
@allowed(permissions.SET_LEVEL)
def stand_down(request: HttpRequest, activation_id: int) -> HttpResponse:
    """End a plan in motion: what was not begun is cancelled."""
    activation = services.stand_down_plan(request.actor, activation_id=activation_id, now=timezone.now())  # type: ignore[attr-defined]
    return done(_("“%(plan)s” is stood down.") % {"plan": activation.plan.name}, incident=activation.incident_id)
