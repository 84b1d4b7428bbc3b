"""One unit from anywhere: what it is, what it does, and the crew's keys pressed for it by the desk."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from access.faces import allowed, done
from incidents import selectors as incidents
from incidents import services as incident_services
from incidents import unit_states
from incidents.services.commanding import Undo
from incidents.services.common import Moment
from incidents.views.common import way_back
from resources import board, permissions, selectors, services

# What the desk may press for a crew.
KEYS = tuple((key, unit_states.BY_KEY[key].label) for key in ("1", "2", "3", "4", "6", "7", "8"))


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
    now, key = timezone.now(), request.POST.get("key", "")
    said = incident_services.say_of_unit(
        request.actor,  # type: ignore[attr-defined]
        unit_id=unit_id,
        state=unit_states.BY_KEY[key].code if key in unit_states.BY_KEY else "",
        label="",
        reason="",
        moment=Moment(at=now),
        now=now,
    )
    sentence = _("%(unit)s: %(step)s") % {"unit": said.unit.code, "step": board.state_label(said.unit)}
    return done(sentence, undo=way_back(Undo.of(said.taken_back_by)))


@require_POST
@allowed(permissions.SET_STATUS)
def end_distress(request: HttpRequest, unit_id: int) -> HttpResponse:
    """The room has dealt with the unit's emergency call."""
    found = services.end_distress(request.actor, unit_id=unit_id, now=timezone.now())  # type: ignore[attr-defined]
    return done(_("Emergency call of %(unit)s ended.") % {"unit": found.code})
