"""The dispatch board: its page, fresh cards, the unit column, and what is done on it with units."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from access import selectors as access
from access.faces import allowed, done
from incidents import dispatch_board, dispatch_units, permissions, selectors, services, unit_states
from incidents.command_line.orders import SayOfUnits
from incidents.dispatch_units import Wanted
from incidents.models import Incident
from incidents.models.assignments import Source
from incidents.services.commanding import Outcome, Undo
from incidents.services.saying import Before, StepSaid
from incidents.views.common import way_back

KEYS = ("ON_RADIO", "AT_STATION", "EN_ROUTE", "ON_SCENE", "SPEAK", "OUT_OF_SERVICE", "TRANSPORTING", "AT_DESTINATION", "DISTRESS")


@require_GET
@allowed(permissions.VIEW)
def page(request: HttpRequest) -> HttpResponse:
    """The whole board."""
    actor = request.actor  # type: ignore[attr-defined]
    cards = dispatch_board.cards(actor, incident_ids=None, now=timezone.now())
    columns = [(column, [card for card in cards if card.column == column.code]) for column in dispatch_board.COLUMNS_OF_BOARD]
    wanted = _wanted(request)
    context = {
        "columns": columns,
        "wanted": wanted,
        "units": dispatch_units.column(actor, incident=None, wanted=wanted),
        "types": dispatch_units.types(actor),
        "departments": access.departments().filter(is_active=True),
        "keys": unit_states.offered(KEYS),
        "chosen_number": request.GET.get("incident", ""),
    }
    return render(request, "dispatch/board.html", context)


@require_GET
@allowed(permissions.VIEW)
def cards(request: HttpRequest) -> HttpResponse:
    """The cards of these incidents (`ids`), or all; one without a card has left the board."""
    ids = [int(each) for each in request.GET["ids"].split(",") if each.isdigit()][:100] if "ids" in request.GET else None
    found = dispatch_board.cards(request.actor, incident_ids=ids, now=timezone.now())  # type: ignore[attr-defined]
    return render(request, "dispatch/_cards.html", {"cards": found})


@require_GET
@allowed(permissions.VIEW)
def units(request: HttpRequest) -> HttpResponse:
    """The unit column, for an incident (`incident`, its number) or narrowed."""
    actor = request.actor  # type: ignore[attr-defined]
    incident = _incident(request)
    found = dispatch_units.column(actor, incident=incident, wanted=_wanted(request))
    return render(request, "dispatch/_units.html", {"units": found, "incident": incident})


@require_POST
@allowed(permissions.ADVANCE)
def say(request: HttpRequest) -> HttpResponse:
    """Say of units (`units`) what they do: a `state`, or a crew's `key`."""
    key = request.POST.get("key", "")
    state = unit_states.BY_KEY[key].code if key in unit_states.BY_KEY else request.POST.get("state", "")
    order = SayOfUnits(_ids(request.POST.get("units", "")), state, (), request.POST.get("reason", ""))
    return told(services.say_of_units(request.actor, order=order, source=Source.COMMAND, now=timezone.now()))  # type: ignore[attr-defined]


@require_POST
@allowed(permissions.ADVANCE)
def accept(request: HttpRequest, assignment_id: int) -> HttpResponse:
    """Agree with what a unit's position suggests (`step`)."""
    now = timezone.now()
    said = services.accept_hint(request.actor, assignment_id=assignment_id, step=request.POST.get("step", ""), now=now)  # type: ignore[attr-defined]
    outcome = Outcome(done=[_("%(unit)s: %(step)s") % {"unit": said.unit.code, "step": said.state.label}])
    outcome.undo = Undo.of(said.taken_back_by)
    return told(outcome)


@require_POST
@allowed(permissions.VIEW)
def undo(request: HttpRequest) -> HttpResponse:
    """Take back what was just done: `sent`, `steps`, `units` and `tasks` as `way_back` wrote them."""
    outcome = services.undo(request.actor, what=_read_undo(request), now=timezone.now())  # type: ignore[attr-defined]
    return done(outcome.sentence)


def told(outcome: Outcome, **detail: Any) -> HttpResponse:
    """What came of it, in words, with the way back where there is one; refused when nothing was done."""
    if not outcome.done:
        return HttpResponse(outcome.sentence, status=409, content_type="text/plain; charset=utf-8")
    detail["undo"] = way_back(outcome.undo)
    if len(outcome.incident_ids) == 1:
        detail["incident"] = next(iter(outcome.incident_ids))
    return done(outcome.sentence, **detail)


def _read_undo(request: HttpRequest) -> Undo:
    """Parts that are not as we wrote them are left out."""
    steps = [each.split(".") for each in request.POST.get("steps", "").split(",")]
    units = [each.split(".", 4) for each in request.POST.get("units", "").split(",")]
    return Undo(
        sent=_ids(request.POST.get("sent", "")),
        steps=tuple(StepSaid(int(pk), int(version)) for pk, version in (each for each in steps if len(each) == 2 and all(map(str.isdigit, each)))),
        units=tuple(Before(int(each[0]), int(each[1]), *each[2:]) for each in units if len(each) == 5 and each[0].isdigit() and each[1].isdigit()),
        tasks=_ids(request.POST.get("tasks", "")),
    )


def _ids(joined: str) -> tuple[int, ...]:
    return tuple(int(each) for each in joined.split(",") if each.isdigit())


def _incident(request: HttpRequest) -> Incident | None:
    number = request.GET.get("incident", "")
    return selectors.incidents(request.actor).filter(number=number).first() if number else None  # type: ignore[attr-defined]


def _wanted(request: HttpRequest) -> Wanted:
    department, kind = request.GET.get("department", ""), request.GET.get("type", "")
    return Wanted(
        words=request.GET.get("q", "")[:60],
        department_id=int(department) if department.isdigit() else None,
        type_id=int(kind) if kind.isdigit() else None,
        is_free=request.GET.get("free") == "1",
    )
