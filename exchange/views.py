"""Pages: what the form for a call is offered, and telephone calls as they ring. Translates; every rule is in `services`."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from access.faces import allowed, done
from exchange import permissions, services
from exchange import ringing as phones
from exchange.models import PhoneCall
from kit.errors import Invalid

MOST_OFFERED = 3


@require_POST
@allowed(permissions.VIEW_CALLER_LOCATION)
def look_up(request: HttpRequest) -> HttpResponse:
    """The places of a caller's phone as choices; the number comes in the body, because addresses are logged."""
    try:
        found = services.look_up_caller(request.actor, number=request.POST.get("number", ""), now=timezone.now())  # type: ignore[attr-defined]
    except Invalid:
        found = []  # a number half typed
    response = render(request, "exchange/_caller_locations.html", {"locations": found[:MOST_OFFERED]})
    response["Cache-Control"] = "no-store"
    return response


@require_GET
@allowed(permissions.VIEW_PHONE_CALLS)
def ringing(request: HttpRequest) -> HttpResponse:
    """What rings now, for the box in the header of every desk that takes calls."""
    found = phones.ringing(request.actor, now=timezone.now())  # type: ignore[attr-defined]
    response = render(request, "exchange/_ringing_list.html", {"ringing": found})
    response["Cache-Control"] = "no-store"
    return response


@require_GET
@allowed(permissions.VIEW_PHONE_CALLS)
def phone_calls(request: HttpRequest) -> HttpResponse:
    """Who is to be called back, and the newest calls."""
    actor, now = request.actor, timezone.now()  # type: ignore[attr-defined]
    context = {
        "missed": phones.missed(actor, now=now),
        "newest": phones.newest_calls(actor),
        "shared": phones.shared_numbers(actor),
        "links": phones.links(actor),
        "outcomes": PhoneCall.Outcome.choices,
        "is_set_up": phones.is_set_up(),
    }
    return render(request, "exchange/phone_calls.html", context)


@require_POST
@allowed(permissions.CLAIM_PHONE_CALL)
def claim(request: HttpRequest, call_id: int) -> HttpResponse:
    """Take a call; its form opens. Whoever comes second is told who has it."""
    call = services.claim_phone_call(request.actor, call_id=call_id, now=timezone.now())  # type: ignore[attr-defined]
    undo = {"url": reverse("phone_call_release", args=[call.pk])}
    return _opened(call, _("The call is yours."), undo=undo)


@require_POST
@allowed(permissions.CLAIM_PHONE_CALL)
def release(request: HttpRequest, call_id: int) -> HttpResponse:
    """Give a call back that was taken by mistake."""
    _call, key = services.release_phone_call(request.actor, call_id=call_id, now=timezone.now())  # type: ignore[attr-defined]
    return done(_("The call rings at every desk again."), call=str(key))


@require_POST
@allowed(permissions.CLAIM_PHONE_CALL)
def call_back(request: HttpRequest, call_id: int) -> HttpResponse:
    """Call one back; a form opens with the number."""
    call = services.call_back_phone_call(request.actor, call_id=call_id, now=timezone.now())  # type: ignore[attr-defined]
    return _opened(call, _("The number stands in the form: call it."))


@require_POST
@allowed(permissions.CLAIM_PHONE_CALL)
def settle(request: HttpRequest, call_id: int) -> HttpResponse:
    """What became of calling back."""
    outcome = request.POST.get("outcome", "")
    call = services.settle_phone_call(request.actor, call_id=call_id, outcome=outcome, now=timezone.now())  # type: ignore[attr-defined]
    undo = {"url": reverse("phone_call_unsettle", args=[call.pk])} if call.number and call.settled_at else None
    return done(str(PhoneCall.Outcome(call.outcome).label), undo=undo)


@require_POST
@allowed(permissions.CLAIM_PHONE_CALL)
def unsettle(request: HttpRequest, call_id: int) -> HttpResponse:
    """Put a caller back on the list who was taken off it by a slip."""
    services.unsettle_phone_call(request.actor, call_id=call_id, now=timezone.now())  # type: ignore[attr-defined]
    return done(_("The caller is on the list again."))


@require_POST
@allowed(permissions.CLAIM_PHONE_CALL)
def share_number(request: HttpRequest, call_id: int) -> HttpResponse:
    """Many people call from this number: each of its calls is a caller of its own."""
    row = services.share_number(request.actor, call_id=call_id, now=timezone.now())  # type: ignore[attr-defined]
    return done(_("Each call from this number now waits by itself."), undo={"url": reverse("phone_number_unshare", args=[row.pk])})


@require_POST
@allowed(permissions.CLAIM_PHONE_CALL)
def unshare_number(request: HttpRequest, shared_id: int) -> HttpResponse:
    """The number is one caller's after all."""
    services.unshare_number(request.actor, shared_id=shared_id, now=timezone.now())  # type: ignore[attr-defined]
    return done(_("Calls from this number are of one caller again."))


@require_GET
@allowed(permissions.CLAIM_PHONE_CALL)
def of_form(request: HttpRequest, call_key: UUID) -> HttpResponse:
    """The line in a call's form that says when it rang and was answered, and who says so."""
    call = phones.call_of_form(request.actor, call_key)  # type: ignore[attr-defined]
    response = render(request, "exchange/_phone_times.html", {"call": call})
    response["Cache-Control"] = "no-store"
    return response


def _opened(call: PhoneCall, sentence: str, **detail: object) -> HttpResponse:
    assert call.desk_call is not None  # the verb has begun one
    key = call.desk_call.key
    return done(
        sentence, phone={"form": f"{reverse('incident_new')}?call={key}", "page": reverse("intake_call", args=[key]), "key": str(key)}, **detail
    )
