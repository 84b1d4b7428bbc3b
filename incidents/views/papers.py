"""Incidents on paper: one incident with all that happened, as PDF."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.http import require_GET

from access.actors import Actor
from access.faces import allowed
from incidents import board, permissions, selectors
from incidents.models.incidents import State
from incidents.services import exporting
from incidents.views.common import crew_line
from incidents.views.reading import _callers, _with_words
from kit import paper

PAGE, MOST_PAGES = 200, 10


@require_GET
@allowed(permissions.VIEW)
def incident(request: HttpRequest, number: str) -> HttpResponse:
    """One incident with its timeline, newest first, as the reader may see it; taking it out is recorded."""
    actor = request.actor  # type: ignore[attr-defined]
    now = timezone.now()
    found = selectors.incident_panel(actor, number)
    lines = _timeline(actor, number)
    context = {
        "incident": found.incident,
        "panel": found,
        "five": board.five(found.incident),
        "milestones": board.milestones(found.incident),
        "tasks": found.tasks,
        "crew": [crew_line(each) for each in found.assignments],
        "callers": _callers(found.reports) if found.may_see_caller else [],
        "lines": _with_words(actor, found.incident, lines, found.notes),
        "is_cut": len(lines) == PAGE * MOST_PAGES,
        "state_label": State(found.incident.state).label,
        "city_name": settings.CITY_NAME,
        "made_by": actor.label,
        "made_at": now,
    }
    made = paper.render(render_to_string("paper/incident.html", context))
    exporting.note_incident_export(actor, incident_id=found.incident.pk, now=now)
    answer = HttpResponse(made, content_type="application/pdf")
    answer["Content-Disposition"] = f'attachment; filename="incident-{found.incident.number}.pdf"'
    return answer


def _timeline(actor: Actor, number: str) -> list[Any]:
    """All of it, newest first, at most two thousand lines."""
    lines: list[Any] = []
    for _page in range(MOST_PAGES):
        more = selectors.timeline(actor, number, before=lines[-1].id if lines else None, limit=PAGE)
        lines += more
        if len(more) < PAGE:
            break
    return lines
