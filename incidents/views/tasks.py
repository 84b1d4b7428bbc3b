"""Commands about tasks: the usual next step, and all that are open with their reasons."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from access.faces import allowed, done
from incidents import permissions, selectors, services, tasking
from incidents.forms import TaskStateForm, refused
from incidents.models import Task
from incidents.models.work import TaskState
from kit.errors import Refused


@require_http_methods(["GET", "POST"])
@allowed(permissions.ANSWER_TASK)
def steps(request: HttpRequest, task_id: int) -> HttpResponse:
    """Every state the task can be taken to now, by number key; some ask for a reason."""
    actor = request.actor  # type: ignore[attr-defined]
    task = selectors.task(actor, task_id)
    ways = tasking.ways(actor, task.incident, task)
    form = TaskStateForm(request.POST or None, states=[(way.state.value, way.label) for way in ways])
    if request.method == "POST" and form.is_valid():
        try:
            if form.cleaned_data["evidence"]:
                services.show_evidence(actor, task_id=task_id, attachment_id=form.cleaned_data["evidence"], now=timezone.now())
            return _advance(request, task_id, form.cleaned_data["state"], form.cleaned_data["reason"])
        except Refused as refusal:
            refused(form, refusal)
    context = {"incident": task.incident, "task": task, "ways": ways, "form": form, "files": selectors.files_of(task.incident_id)}
    return render(request, "incidents/_task_steps.html", context, status=422 if form.is_bound and form.errors else 200)


@require_POST
@allowed(permissions.ANSWER_TASK)
def advance(request: HttpRequest, task_id: int) -> HttpResponse:
    """Take the task to a state by one press."""
    return _advance(request, task_id, request.POST.get("state", ""), request.POST.get("reason", ""))


def _advance(request: HttpRequest, task_id: int, state: str, reason: str) -> HttpResponse:
    task: Task = services.advance_task(request.actor, task_id=task_id, state=state, reason=reason, now=timezone.now())  # type: ignore[attr-defined]
    return done(_("%(task)s: %(state)s") % {"task": task.title, "state": TaskState(task.state).label}, incident=task.incident_id)


@require_POST
@allowed(permissions.END_HELP)
def end_help_call(request: HttpRequest, help_call_id: int) -> HttpResponse:
    """The room has dealt with somebody's call for help."""
    call = services.end_help_call(request.actor, call_id=help_call_id, now=timezone.now())  # type: ignore[attr-defined]
    return done(_("Call for help of %(who)s ended.") % {"who": call.caller})
