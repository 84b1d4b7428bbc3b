"""A call that may be about something known: what it may be, adding it there, and taking it out again."""

from typing import Any
from uuid import NAMESPACE_OID, UUID, uuid4, uuid5

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from access.actors import Actor
from access.faces import allowed, done
from incidents import duplicates, permissions, selectors, services
from incidents.forms import HeardForm, answers_of
from incidents.locating import located, place_of
from incidents.models import DeskCall, Incident, IncidentType, Report
from incidents.services.reporting import NewReport
from kit.errors import Invalid, NotFound, Refused


@require_POST
@allowed(permissions.REPORT)
def offered(request: HttpRequest) -> HttpResponse:
    """Incidents the call on the form may be about. It writes nothing; it is a POST to keep the caller's words out of logs and addresses."""
    form = HeardForm(request.POST)
    form.is_valid()
    said = form.cleaned_data
    type_ = _type(said.get("type"))
    words = said.get("place") or ""
    call = duplicates.Call(
        at=timezone.now(), position=form.position() or place_of(words), type=type_, place_words=words, words=said.get("words") or ""
    )
    context = {"call": call, "candidates": duplicates.candidates(request.actor, call)}  # type: ignore[attr-defined]
    return render(request, "incidents/_same.html", context)


@require_POST
@allowed(permissions.REPORT)
def attach(request: HttpRequest, number: str) -> HttpResponse:
    """Add the call on the form to an incident: its caller is one more reporter. What is refused leaves the form as it is."""
    actor = request.actor  # type: ignore[attr-defined]
    incident = selectors.incident(actor, number)
    form = HeardForm(request.POST)
    if not form.is_valid():
        return _refusal(" ".join(str(reason) for reasons in form.errors.values() for reason in reasons))
    try:
        call = services.add_call(actor, key=_key(actor, form), incident_id=incident.pk, report=_report(actor, form, incident), now=timezone.now())
    except NotFound:
        raise
    except Refused as refusal:
        return _refusal(_sentence(refusal))
    return done(
        _("The call is added to %(number)s.") % {"number": number}, undo=_undo(form, call, incident), incident=incident.pk, choose=incident.pk
    )


def _key(actor: Actor, form: HeardForm) -> UUID:
    """The call's own key, else one of the moment its form was opened: a press whose answer was lost adds nothing twice."""
    said = form.cleaned_data
    made = uuid5(NAMESPACE_OID, f"{actor.key}:{said['received_at'].isoformat()}") if said["received_at"] else uuid4()
    return said["call"] or made


def _undo(form: HeardForm, call: DeskCall, incident: Incident) -> dict[str, Any]:
    """A call that had its own incident gets it back; a report that was only added becomes one of its own."""
    if call.incident is not None and call.incident_id != incident.pk:
        return {"url": reverse("incident_unmerge", args=[call.incident.number])}
    type_ = _type(form.cleaned_data["type"])
    return {"url": reverse("report_split", args=[incident.number, call.report_id]), "values": {"type": str(type_.pk)} if type_ else {}}


@require_POST
@allowed(permissions.MERGE)
def split(request: HttpRequest, number: str, report_id: int) -> HttpResponse:
    """Take a report out of an incident again: it becomes one of its own, with everything that was said."""
    actor = request.actor  # type: ignore[attr-defined]
    incident = selectors.incident(actor, number)
    if not incident.reports.filter(pk=report_id).exists():
        raise NotFound
    type_ = _type(int(request.POST["type"]) if request.POST.get("type", "").isdigit() else None)
    new = services.split_report(actor, report_id=report_id, type_id=type_.pk if type_ else None, now=timezone.now())
    undo = {"url": reverse("incident_merge", args=[new.number]), "values": {"verb": "merge", "target": number}}
    return done(_("%(number)s stands by itself.") % {"number": new.number}, undo=undo, incident=incident.pk, choose=new.pk)


def _type(type_id: int | None) -> IncidentType | None:
    return selectors.incident_types().filter(pk=type_id).first() if type_id else None


def _report(actor: Actor, form: HeardForm, incident: Incident) -> NewReport:
    """The call as a report."""
    said = form.cleaned_data
    report = NewReport(
        source=Report.Source.PHONE,
        type_id=said["type"] or incident.type_id,
        place_words=said["place"],
        received_at=said["received_at"] or timezone.now(),
        answered_at=said["received_at"],
        position=form.position(),
        words=said["words"],
        caller_name=said["caller_name"],
        caller_phone=said["caller_phone"],
        is_confidential=said["is_confidential"],
        is_at_place=said["is_at_place"],
        language=said["language"],
        answers=answers_of(form.data),
    )
    return located(actor, report) if said["place"].strip() else report


def _sentence(refusal: Refused) -> str:
    return " ".join(map(str, refusal.fields.values())) if isinstance(refusal, Invalid) else refusal.sentence


def _refusal(sentence: str) -> HttpResponse:
    return HttpResponse(sentence, status=409, content_type="text/plain; charset=utf-8")
