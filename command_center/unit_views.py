"""One unit from anywhere: what it is, what it does, and the crew's keys pressed for it by the desk."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from access.faces import allowed, done
from incidents import selectors as incidents
from incidents import services as incident_services
from incidents.services.common import Moment
from resources import board, permissions, selectors, services

# What the desk may press for a crew; the words follow the German FMS, as the domain's words do.
KEYS = (
    ("1", gettext_lazy("Available by radio")),
    ("2", gettext_lazy("At station")),
    ("3", gettext_lazy("En route")),
    ("4", gettext_lazy("On scene")),
    ("6", gettext_lazy("Out of service")),
    ("7", gettext_lazy("Transporting")),
    ("8", gettext_lazy("At destination")),
)


@require_GET
@allowed(permissions.VIEW)
def unit(request: HttpRequest, unit_id: int) -> HttpResponse:
    """A unit as a dialog."""
    actor = request.actor  # type: ignore[attr-defined]
    found = selectors.unit(actor, unit_id)
    context = {
        "unit": found,
        "shape": board.shape(found),
        "state": board.state_label(found),
        "fix": getattr(found, "last_position", None),
        "assignment": incidents.open_assignment_of(actor, found.pk),
        "keys": KEYS,
    }
    return render(request, "resources/_unit.html", context)


@require_POST
@allowed(permissions.SET_STATUS)
def press(request: HttpRequest, unit_id: int) -> HttpResponse:
    """Press a crew's key for it: its assignment moves on, or its state is set."""
    now = timezone.now()
    key = request.POST.get("key", "")
    found = incident_services.press_crew_key(request.actor, unit_id=unit_id, key=key, moment=Moment(at=now), now=now)  # type: ignore[attr-defined]
    return done(_("%(unit)s: %(step)s") % {"unit": found.code, "step": board.state_label(found)})


@require_POST
@allowed(permissions.SET_STATUS)
def end_distress(request: HttpRequest, unit_id: int) -> HttpResponse:
    """The room has dealt with the unit's emergency call."""
    found = services.end_distress(request.actor, unit_id=unit_id, now=timezone.now())  # type: ignore[attr-defined]
    return done(_("Emergency call of %(unit)s ended.") % {"unit": found.code})
