"""Taking calls: the form as a page and as a slide-over, what it saves by itself, and parking, ending and taking over."""

import json
from dataclasses import asdict
from typing import Any
from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from access import policy
from access.faces import address, allowed, done
from gis import elsewhere as geocoder
from gis import selectors as gis
from incidents import desk, permissions, pins, selectors, services
from incidents.forms import CallForm, HeardForm, refused
from incidents.locating import located
from incidents.models import DeskCall
from incidents.models.calls import DiscardReason
from incidents.services.calls import CallChanged, CallEnded, Heard
from incidents.views import intake
from kit.errors import Invalid, Refused

NOT_HEARD = {"csrfmiddlewaretoken", "call", "base", "received_at", "open", "advice"}
WRITE_SECONDS = 5


@require_GET
@allowed(permissions.REPORT)
def page(request: HttpRequest, call_key: UUID | None = None) -> HttpResponse:
    """The desk of a call-taker: one call in full, the others parked beside it. Without a key: a new call."""
    call = desk.desk_call(request.actor, call_key) if call_key else None  # type: ignore[attr-defined]
    if call is not None and call.is_ended():
        return redirect("incident", call.incident.number) if call.incident else redirect("intake")
    context = (
        _form_context(request, call, call_key)
        | _lists(request)
        | {"is_page": True, "basemap": asdict(gis.basemap()), "regions_url": address("regions-geojson")}
    )
    return render(request, "incidents/intake.html", context)


@require_http_methods(["GET", "POST"])
@allowed(permissions.REPORT)
def new(request: HttpRequest) -> HttpResponse:
    """The form for a call, new or (`call`) taken up again; sent, it ends the call: type, place and words make an incident.

    With `advice` the recommendation follows, for those who may send units.
    """
    if request.method == "GET":
        asked = HeardForm(request.GET)
        key = asked.cleaned_data["call"] if asked.is_valid() else None
        call = desk.desk_call(request.actor, key) if key else None  # type: ignore[attr-defined]
        if call is not None and call.is_ended():
            return _ended()
        return render(request, "incidents/_new.html", _form_context(request, call, key))
    form = CallForm(request.POST)
    if form.is_valid():
        try:
            return _finished(request, form)
        except Refused as refusal:
            refused(form, refusal)
    context = _form_context(request, None, form.cleaned_data.get("call")) | {"form": form} | intake.context(request.POST)
    return render(request, "incidents/_new.html", context, status=422)


def _finished(request: HttpRequest, form: CallForm) -> HttpResponse:
    actor, now = request.actor, timezone.now()  # type: ignore[attr-defined]
    report = located(actor, form.report(now=now))
    call = services.finish_call(actor, key=form.cleaned_data["call"] or uuid4(), report=report, now=now)
    incident = selectors.by_id(actor, call.incident_id or 0)
    sentence = _("%(number)s is on the board.") % {"number": incident.number}
    is_advised = "advice" in request.POST and incident.may_receive_units() and policy.can(actor, permissions.DISPATCH, incident)
    advice = {"dialog": reverse("incident_dispatch", args=[incident.number])} if is_advised else {}
    return done(sentence, incident=incident.pk, choose=incident.pk, call=str(call.key), **advice)


@require_POST
@allowed(permissions.REPORT)
def save(request: HttpRequest, call_key: UUID) -> HttpResponse:
    """Keep what has been heard; with `open` put it on the board, once type and place are there. Safe to send again."""
    actor, now = request.actor, timezone.now()  # type: ignore[attr-defined]
    form = CallForm(request.POST)
    is_complete = form.is_valid()
    began_at = form.cleaned_data.get("received_at") or now
    base = request.POST.get("base", "")
    heard = Heard({name: value for name, value in request.POST.items() if name not in NOT_HEARD}, int(base) if base.isdigit() else 0, began_at)
    refusal = ""
    try:
        call = services.save_call(actor, key=call_key, heard=heard, now=now)
        if is_complete:
            call = _written(request, call, form)
    except CallChanged as other:
        return JsonResponse({"code": other.code, "revision": other.call.revision, "heard": other.call.heard}, status=409)
    except CallEnded as end:
        ended = desk.desk_call(actor, call_key)
        number = ended.incident.number if ended and ended.incident else ""
        return JsonResponse({"code": end.code, "sentence": end.sentence, "number": number}, status=409)
    except Refused as no:
        refusal = " ".join(map(str, no.fields.values())) if isinstance(no, Invalid) else no.sentence
        found = desk.desk_call(actor, call_key)
        if found is None:
            return JsonResponse({"code": no.code, "sentence": refusal}, status=no.status)
        call = found
    return JsonResponse(_state(call) | {"refused": refusal})


def _written(request: HttpRequest, call: DeskCall, form: CallForm) -> DeskCall:
    """On the board when the form asks for it; after that, what was heard since goes there every few seconds."""
    actor, now = request.actor, timezone.now()  # type: ignore[attr-defined]
    if call.incident_id is None:
        if "open" not in request.POST:
            return call
        return services.open_call(actor, key=call.key, report=located(actor, form.report(now=now)), now=now)
    is_due = call.written_at is None or (call.written_at < call.saved_at and (now - call.written_at).total_seconds() >= WRITE_SECONDS)
    return services.continue_call(actor, key=call.key, report=located(actor, form.report(now=now)), now=now) if is_due else call


def _state(call: DeskCall) -> dict[str, Any]:
    incident = call.incident
    return {
        "revision": call.revision,
        "number": incident.number if incident else "",
        "incident": incident.pk if incident else None,
        "opened_at": f"{timezone.localtime(incident.created_at):%H:%M:%S}" if incident else "",
        "is_due": incident is not None and call.written_at is not None and call.written_at < call.saved_at,
    }


@require_POST
@allowed(permissions.REPORT)
def park(request: HttpRequest, call_key: UUID) -> HttpResponse:
    """Put the call aside; what was heard so far goes onto its incident."""
    actor, now = request.actor, timezone.now()  # type: ignore[attr-defined]
    call = desk.desk_call(actor, call_key)
    if call is None:
        return HttpResponse(status=204)
    if call.incident_id is not None and not call.is_ended():
        form = CallForm(call.heard | {"received_at": call.began_at.isoformat()})
        if form.is_valid():
            services.continue_call(actor, key=call_key, report=located(actor, form.report(now=now)), now=now)
    call = services.park_call(actor, key=call_key, now=now)
    return done(_("The call is parked.") if call.state == DeskCall.State.PARKED else "", call=str(call_key))


@require_POST
@allowed(permissions.REPORT)
def resume(request: HttpRequest, call_key: UUID) -> HttpResponse:
    """Go on with a parked call, where its form stands or, with `go`, on its page; one of another desk is taken over."""
    services.resume_call(request.actor, key=call_key, now=timezone.now())  # type: ignore[attr-defined]
    return done("", go=reverse("intake_call", args=[call_key])) if "go" in request.POST else HttpResponse(status=204)


@require_POST
@allowed(permissions.REPORT)
def discard(request: HttpRequest, call_key: UUID) -> HttpResponse:
    """End a call that is no report, with the reason."""
    call = services.discard_call(request.actor, key=call_key, reason=request.POST.get("reason", ""), now=timezone.now())  # type: ignore[attr-defined]
    undo = {"url": reverse("intake_restore", args=[call_key])}
    return done(
        _("The call is discarded: %(reason)s.") % {"reason": DiscardReason(call.reason).label if call.reason else "—"}, undo=undo, call=str(call_key)
    )


@require_POST
@allowed(permissions.REPORT)
def restore(request: HttpRequest, call_key: UUID) -> HttpResponse:
    """Take up a discarded call again."""
    services.restore_call(request.actor, key=call_key, now=timezone.now())  # type: ignore[attr-defined]
    return done(_("The call is parked."), call=str(call_key))


@require_GET
@allowed(permissions.REPORT)
def parked(request: HttpRequest) -> HttpResponse:
    """The calls that are not ended: one's own, and with `all` those parked at other desks."""
    if "all" in request.GET:
        return render(request, "incidents/_parked_list.html", _lists(request))
    return render(request, "incidents/_desk_calls_list.html", {"calls": desk.own_calls(request.actor)})  # type: ignore[attr-defined]


@require_http_methods(["GET", "POST"])
@allowed(permissions.REPORT)
def order(request: HttpRequest) -> HttpResponse:
    """Whether the form for calls begins with the caller's words; a part of the profile."""
    actor = request.actor  # type: ignore[attr-defined]
    if request.method == "POST":
        services.wish_words_first(actor, words_first=request.POST.get("words_first") == "1")
    return render(request, "incidents/_call_order.html", {"words_first": desk.words_first(actor)})


def _lists(request: HttpRequest) -> dict[str, Any]:
    actor = request.actor  # type: ignore[attr-defined]
    return {"calls": desk.own_calls(actor), "elsewhere": desk.calls_elsewhere(actor), "pins_waiting": pins.waiting(actor)}


def _form_context(request: HttpRequest, call: DeskCall | None, key: UUID | None) -> dict[str, Any]:
    """The form as the call left it; without a call, an empty one under a key of its own."""
    values = QueryDict(mutable=True)
    values.update(call.heard if call else {})
    began_at = call.began_at if call else timezone.now()
    return {
        "form": CallForm(initial=dict(values.items())),
        "call": call,
        "heard": json.dumps(call.heard if call else {}, ensure_ascii=False),
        "call_key": key or uuid4(),
        "began_at": timezone.localtime(began_at),
        "types": selectors.incident_types(),
        "places_url": address("places"),
        "has_geocoder": geocoder.is_set_up(),
        "words_first": desk.words_first(request.actor),  # type: ignore[attr-defined]
        "may_advise": policy.can(request.actor, permissions.DISPATCH, None),  # type: ignore[attr-defined]
        "discard_reasons": [each for each in DiscardReason.choices if each[0] != DiscardReason.EMPTY],
        **intake.context(values),
    }


def _ended() -> HttpResponse:
    return HttpResponse(CallEnded().sentence, status=409, content_type="text/plain; charset=utf-8")
