"""The recommendation on the screen: the set with its reasons, swapping a unit, greater alarms."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from access.faces import allowed, done
from incidents import permissions, selectors, services
from incidents.models import Incident
from incidents.recommending import recommendation

SHOWN = 30
MOST_IDS = 60


@require_GET
@allowed(permissions.DISPATCH)
def recommend(request: HttpRequest, number: str) -> HttpResponse:
    """The set that is recommended, chosen already; `without` are units put aside, `at` is the row that was swapped."""
    actor = request.actor  # type: ignore[attr-defined]
    incident = selectors.incident(actor, number)
    without = _ids(request.GET.get("without", ""))
    response = _dialog(request, incident, without, at=request.GET.get("at", "0"))
    return response


@require_POST
@allowed(permissions.STRIKE_ALARM)
def strike(request: HttpRequest, number: str) -> HttpResponse:
    """Strike a greater alarm; what it adds is recommended at once."""
    actor = request.actor  # type: ignore[attr-defined]
    incident = selectors.incident(actor, number)
    alarm = request.POST.get("alarm", "")
    services.strike_alarm(
        actor,
        incident_id=incident.pk,
        alarm=int(alarm) if alarm.isascii() and alarm.isdigit() and len(alarm) < 3 else 0,
        reason=request.POST.get("reason", ""),
        now=timezone.now(),
    )
    return _dialog(request, incident, [], at="0")


@require_POST
@allowed(permissions.STRIKE_ALARM)
def withdraw(request: HttpRequest, number: str) -> HttpResponse:
    """Take the last greater alarm back."""
    actor = request.actor  # type: ignore[attr-defined]
    incident = selectors.incident(actor, number)
    alarm = request.POST.get("alarm", "")
    services.withdraw_alarm(actor, incident_id=incident.pk, alarm=int(alarm) if alarm.isascii() and alarm.isdigit() else 0, now=timezone.now())
    return done(_("Alarm %(alarm)s of %(number)s is taken back.") % {"alarm": alarm, "number": number}, incident=incident.pk)


def _dialog(request: HttpRequest, incident: Incident, without: list[int], *, at: str) -> HttpResponse:
    actor = request.actor  # type: ignore[attr-defined]
    advice = recommendation(actor, incident, limit=SHOWN, without=without)
    services.note_recommendation(actor, incident_id=incident.pk, unit_ids=list(advice.first_ids), now=timezone.now())
    address = reverse("incident_dispatch", args=[incident.number])
    context = {
        "incident": incident,
        "recommendation": advice,
        "rows": [_row(address, without, number, unit) for number, unit in enumerate(advice.first)],
        "others": advice.others,
        "at": int(at) if at.isascii() and at.isdigit() and len(at) < 4 else 0,
        "without": without,
        "address": address,
    }
    return render(request, "incidents/_dispatch.html", context)


def _row(address: str, without: list[int], number: int, unit: object) -> dict[str, object]:
    """A unit of the set with the address that puts another in its place."""
    unit_id: int = unit.unit_id  # type: ignore[attr-defined]
    ids = ",".join(map(str, [*without, unit_id]))
    return {"unit": unit, "swap": f"{address}?without={ids}&at={number}", "number": number}


def _ids(text: str) -> list[int]:
    return [int(each) for each in text.split(",")[:MOST_IDS] if each.isascii() and each.isdigit() and len(each) < 12]
