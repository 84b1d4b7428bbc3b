"""Commands about one incident: dispatch, change its status, write, give a task, close."""

from datetime import timedelta
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from access.faces import allowed, done
from incidents import permissions, selectors, services, status
from incidents.forms import CloseForm, EditForm, NoteForm, StatusForm, TaskForm, refused
from incidents.models.incidents import ResponseLevel
from incidents.services.commanding import Undo
from incidents.services.common import Moment
from incidents.services.work import NewTask
from incidents.views.common import way_back
from kit.errors import Refused

form_view = require_http_methods(["GET", "POST"])


@require_POST
@allowed(permissions.DISPATCH)
def dispatch(request: HttpRequest, number: str) -> HttpResponse:
    """Send the chosen units, one by one: a busy one does not keep the others."""
    actor = request.actor  # type: ignore[attr-defined]
    incident = selectors.incident(actor, number)
    sent, refusals = [], []
    for unit_id in request.POST.getlist("unit"):
        now = timezone.now()
        try:
            sent.append(services.dispatch_unit(actor, incident_id=incident.pk, unit_id=int(unit_id), moment=Moment(at=now), now=now))
        except Refused as refusal:
            refusals.append(refusal.sentence)
    if not sent:
        return _refusal(" ".join(refusals) or _("Choose at least one unit."))
    codes = _(", ").join(each.unit.code for each in sent)
    sentence = _("%(units)s sent to %(number)s.") % {"units": codes, "number": incident.number}
    undo = {"url": reverse("assignments_recall"), "values": {"ids": ",".join(str(each.pk) for each in sent)}}
    return done(" ".join([sentence, *refusals]), undo=undo, incident=incident.pk)


@require_POST
@allowed(permissions.SEE_CALLER)
def callers(request: HttpRequest, number: str) -> HttpResponse:
    """Who called and from which number; the look is recorded."""
    incident = selectors.incident(request.actor, number)  # type: ignore[attr-defined]
    reports = services.see_caller(request.actor, incident_id=incident.pk, now=timezone.now())  # type: ignore[attr-defined]
    return render(request, "incidents/_callers.html", {"reports": reports})


@require_POST
@allowed(permissions.SEE_CONFIDENTIAL)
def confidential(request: HttpRequest, number: str) -> HttpResponse:
    """What was told in confidence, and by whom; the look is recorded."""
    incident = selectors.incident(request.actor, number)  # type: ignore[attr-defined]
    reports = services.see_confidential(request.actor, incident_id=incident.pk, now=timezone.now())  # type: ignore[attr-defined]
    return render(request, "incidents/_confidential.html", {"reports": reports})


@require_POST
@allowed(permissions.TRIAGE)
def triage(request: HttpRequest, number: str) -> HttpResponse:
    """Take a new incident on."""
    incident = selectors.incident(request.actor, number)  # type: ignore[attr-defined]
    services.start_triage(request.actor, incident_id=incident.pk, now=timezone.now())  # type: ignore[attr-defined]
    return done(_("You took on %(number)s.") % {"number": number}, incident=incident.pk)


@form_view
@allowed(permissions.VIEW)
def change_status(request: HttpRequest, number: str) -> HttpResponse:
    """The steps that are open now, by number key; some ask for a reason."""
    actor = request.actor  # type: ignore[attr-defined]
    incident = selectors.incident(actor, number)
    steps = status.open_steps(actor, incident)
    form = StatusForm(request.POST or None, verbs=[(step.name, step.label) for step in steps], levels=ResponseLevel.choices)
    if request.method == "POST" and form.is_valid():
        step = status.BY_NAME[form.cleaned_data["verb"]]
        try:
            step.call(actor, incident.pk, form.cleaned_data, timezone.now())
        except Refused as refusal:
            refused(form, refusal)
        else:
            return done(f"{number}: {step.label}", undo=_back_from(request, number, step.name), incident=incident.pk)
    return _dialog(request, "incidents/_status.html", {"incident": incident, "form": form, "steps": steps}, form)


@form_view
@allowed(permissions.NOTE)
def note(request: HttpRequest, number: str) -> HttpResponse:
    """Write a line into the incident's log."""
    incident = selectors.incident(request.actor, number)  # type: ignore[attr-defined]
    form = NoteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            written = services.write_note(request.actor, incident_id=incident.pk, words=form.cleaned_data["words"], now=timezone.now())  # type: ignore[attr-defined]
        except Refused as refusal:
            refused(form, refusal)
        else:
            undo = {"url": reverse("note_strike", args=[number, written.pk])}
            return done(_("Noted on %(number)s.") % {"number": number}, undo=undo, incident=incident.pk)
    return _dialog(request, "incidents/_note.html", {"incident": incident, "form": form}, form)


@require_POST
@allowed(permissions.NOTE)
def strike_note(request: HttpRequest, number: str, note_id: int) -> HttpResponse:
    """Strike a note of one's own; it stays readable."""
    struck = services.strike_note(request.actor, note_id=note_id, now=timezone.now())  # type: ignore[attr-defined]
    return done(_("The note is struck through."), incident=struck.incident_id)


@form_view
@allowed(permissions.EDIT)
def edit(request: HttpRequest, number: str) -> HttpResponse:
    """Change what is known, built on the version that was read."""
    actor = request.actor  # type: ignore[attr-defined]
    incident = selectors.incident(actor, number)
    point = incident.point
    first = {
        "version": incident.version, "type_id": incident.type_id, "severity": incident.severity, "address": incident.address,
        "summary": incident.summary, "lon": point.x if point else None, "lat": point.y if point else None,
    }  # fmt: skip
    form = EditForm(request.POST or None, initial=first)
    if request.method == "POST" and form.is_valid():
        version = form.cleaned_data["version"]
        try:
            services.edit_incident(actor, incident_id=incident.pk, version=version, changes=form.changes(), now=timezone.now())
        except Refused as refusal:
            refused(form, refusal)
        else:
            return done(_("%(number)s is changed.") % {"number": number}, incident=incident.pk)
    return _dialog(request, "incidents/_edit.html", {"incident": incident, "form": form}, form)


@form_view
@allowed(permissions.TASK)
def task(request: HttpRequest, number: str) -> HttpResponse:
    """Give a department a task."""
    actor = request.actor  # type: ignore[attr-defined]
    incident = selectors.incident(actor, number)
    form = TaskForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        now, values = timezone.now(), form.cleaned_data
        due = now + timedelta(minutes=values["due_minutes"]) if values["due_minutes"] else None
        try:
            new = NewTask(title=values["title"], department_id=values["department_id"], due_at=due)
            given = services.issue_task(actor, incident_id=incident.pk, task=new, now=now)
        except Refused as refusal:
            refused(form, refusal)
        else:
            return done(_("The task is given."), undo=way_back(Undo(tasks=(given.pk,))), incident=incident.pk)
    return _dialog(request, "incidents/_task.html", {"incident": incident, "form": form}, form)


@form_view
@allowed(permissions.CLOSE)
def close(request: HttpRequest, number: str) -> HttpResponse:
    """Close with a disposition."""
    incident = selectors.incident(request.actor, number)  # type: ignore[attr-defined]
    form = CloseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        now = timezone.now()
        try:
            services.close_incident(request.actor, incident_id=incident.pk, disposition=form.cleaned_data["disposition"], at=now, now=now)  # type: ignore[attr-defined]
        except Refused as refusal:
            refused(form, refusal)
        else:
            undo = {"url": reverse("incident_status", args=[number]), "values": {"verb": "reopen", "reason": _("Closed by mistake")}}
            return done(_("%(number)s is closed.") % {"number": number}, undo=undo, incident=incident.pk)
    return _dialog(request, "incidents/_close.html", {"incident": incident, "form": form}, form)


def _back_from(request: HttpRequest, number: str, verb: str) -> dict[str, Any] | None:
    """How to undo a step of an incident's life that ends or halts it, where the person may; the others lead on, and are no slip that hides."""
    actor, back = request.actor, status.BACK.get(verb)  # type: ignore[attr-defined]
    if back is None or back not in {step.name for step in status.open_steps(actor, selectors.incident(actor, number))}:
        return None
    return {"url": reverse("incident_status", args=[number]), "values": {"verb": back, "reason": _("By mistake")}}


def _dialog(request: HttpRequest, template: str, context: dict[str, Any], form: forms.Form) -> HttpResponse:
    return render(request, template, context, status=422 if form.is_bound and form.errors else 200)


def _refusal(sentence: str) -> HttpResponse:
    return HttpResponse(sentence, status=409, content_type="text/plain; charset=utf-8")
