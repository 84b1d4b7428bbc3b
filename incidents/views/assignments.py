"""Commands about assignments: the next step, all steps, recall."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from access.faces import allowed, done
from incidents import permissions, selectors, services
from incidents.models.assignments import ORDER, Step
from incidents.services.commanding import Undo
from incidents.services.common import Moment
from incidents.services.saying import StepSaid
from incidents.views.common import way_back
from kit.errors import Refused


@require_GET
@allowed(permissions.ADVANCE)
def steps(request: HttpRequest, assignment_id: int) -> HttpResponse:
    """Every step the assignment can still take, by number key; and the ways out."""
    found = selectors.assignment(request.actor, assignment_id)  # type: ignore[attr-defined]
    open_steps = [step for step in ORDER if found.may_reach(step)]
    early = found.step in (Step.DISPATCHED, Step.ACKNOWLEDGED)
    return render(request, "incidents/_steps.html", {"assignment": found, "incident": found.incident, "steps": open_steps, "early": early})


@require_POST
@allowed(permissions.ADVANCE)
def advance(request: HttpRequest, assignment_id: int) -> HttpResponse:
    """Take the assignment to a step."""
    now = timezone.now()
    found = services.advance_assignment(
        request.actor,
        assignment_id=assignment_id,
        step=request.POST.get("step", ""),
        moment=Moment(at=now),
        now=now,  # type: ignore[attr-defined]
    )
    sentence = _("%(unit)s: %(step)s") % {"unit": found.unit.code, "step": Step(found.step).label}
    return done(sentence, undo=way_back(Undo(steps=(StepSaid(found.pk, found.version),))), incident=found.incident_id)


@require_POST
@allowed(permissions.ADVANCE)
def decline(request: HttpRequest, assignment_id: int) -> HttpResponse:
    """The crew cannot take the job."""
    found = services.decline_assignment(
        request.actor,
        assignment_id=assignment_id,
        reason=request.POST.get("reason", ""),
        now=timezone.now(),  # type: ignore[attr-defined]
    )
    return done(_("%(unit)s declined.") % {"unit": found.unit.code}, incident=found.incident_id)


@require_POST
@allowed(permissions.DISPATCH)
def recall(request: HttpRequest) -> HttpResponse:
    """Call units back (`ids`), as for an undo."""
    reason = request.POST.get("reason", "")
    recalled, refusals = [], []
    for each in request.POST.get("ids", "").split(","):
        if not each.isdigit():
            continue
        try:
            recalled.append(services.cancel_assignment(request.actor, assignment_id=int(each), reason=reason, now=timezone.now()))  # type: ignore[attr-defined]
        except Refused as refusal:
            refusals.append(refusal.sentence)
    if not recalled:
        return HttpResponse(" ".join(refusals), status=409, content_type="text/plain; charset=utf-8")
    codes = _(", ").join(each.unit.code for each in recalled)
    return done(" ".join([_("%(units)s recalled.") % {"units": codes}, *refusals]), incident=recalled[0].incident_id)
