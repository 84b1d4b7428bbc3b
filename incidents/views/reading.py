"""The incident's page, its panel and its timeline."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from access import policy
from access.actors import Actor
from access.faces import address, allowed, tagged, unchanged
from access.sharing import reading
from incidents import aid, board, permissions, plans, seeing, selectors, talking, tasking
from incidents.models import Incident, Report
from incidents.models.incidents import State
from incidents.views import showing
from incidents.views.common import crew_lines
from kit.errors import NotFound

LINES = 60


@require_GET
@allowed(permissions.VIEW)
def page(request: HttpRequest, number: str) -> HttpResponse:
    """Everything about one incident; of a shared one what its level shows."""
    try:
        context = _panel(request, number, LINES)
    except NotFound:
        return showing.page(request, number)
    return render(request, "incidents/incident.html", context)


@require_GET
@allowed(permissions.VIEW)
def panel(request: HttpRequest, number: str) -> HttpResponse:
    """The same, as the panel of the operations screen."""
    try:
        context = _panel(request, number, 30)
    except NotFound:
        return showing.panel(request, number)
    newest = context["lines"][0]["id"] if context["lines"] else 0
    tag = f"{context['incident'].version}.{context['incident'].state}.{newest}.{board.tag(request.actor, [])}"  # type: ignore[attr-defined]
    return unchanged(request, tag) or tagged(render(request, "incidents/_panel.html", context), tag)


@require_GET
@allowed(permissions.VIEW)
def body(request: HttpRequest, number: str) -> HttpResponse:
    """The live part of the incident's page."""
    try:
        context = _panel(request, number, LINES)
    except NotFound:
        return showing.body(request, number)
    return render(request, "incidents/_incident.html", context)


@require_GET
@allowed(permissions.VIEW)
def timeline(request: HttpRequest, number: str) -> HttpResponse:
    """Older lines of the timeline, those before the entry `before`."""
    before = request.GET.get("before", "")
    lines = selectors.timeline(request.actor, number, before=int(before) if before.isdigit() else None, limit=LINES)  # type: ignore[attr-defined]
    found = selectors.incident(request.actor, number)  # type: ignore[attr-defined]
    return render(
        request,
        "incidents/_lines.html",
        {"incident": found, "lines": _with_words(request.actor, found, lines), "more": len(lines) == LINES, "oldest": lines[-1].id if lines else ""},
    )


def _panel(request: HttpRequest, number: str, lines: int) -> dict[str, Any]:
    # First the timeline, whose newest line is part of the panel's version: what is read after it is as new, or newer, and never kept as that version.
    shown = selectors.timeline(request.actor, number, before=None, limit=lines)  # type: ignore[attr-defined]
    found = selectors.incident_panel(request.actor, number)  # type: ignore[attr-defined]
    incident = found.incident
    return {
        "incident": incident,
        "row": board.row(request.actor, incident),  # type: ignore[attr-defined]
        "panel": found,
        "verbs": board.verbs(request.actor, incident),  # type: ignore[attr-defined]
        "five": board.five(incident),
        "milestones": board.milestones(incident),
        "running": plans.running(incident),
        "tasks": tasking.lines(request.actor, incident, found.tasks),  # type: ignore[attr-defined]
        "talk_groups": talking.talk_groups(incident.pk),
        "aids": aid.lines(request.actor, incident, now=timezone.now()),  # type: ignore[attr-defined]
        "crew": crew_lines(found.assignments),
        "shares": reading.shares_of(seeing.KIND, incident.pk),
        "may_hand_out": policy.can(request.actor, permissions.HAND_OUT, incident),  # type: ignore[attr-defined]
        "may_share": policy.can(request.actor, permissions.SHARE, incident),  # type: ignore[attr-defined]
        "lines": _with_words(request.actor, incident, shown, found.notes),  # type: ignore[attr-defined]
        "more": len(shown) == lines,
        "oldest": shown[-1].id if shown else "",
        "basemap_url": address("basemap-description"),
        "confided": any(each.is_confidential for each in found.reports),
        "callers": _callers(found.reports) if found.may_see_caller else [],
        "state_label": State(incident.state).label,  # type: ignore[attr-defined]
    }


def _callers(reports: list[Report]) -> list[Report]:
    """One report for each person who called."""
    return list({(each.caller_name, each.caller_phone): each for each in reports if each.caller_name or each.caller_phone}.values())


def _with_words(actor: Actor, incident: Incident, lines: list[Any], notes: list[Any] | None = None) -> list[dict[str, Any]]:
    """Timeline lines; one about a note carries its words, and its author may strike it."""
    may_write = policy.can(actor, permissions.NOTE, incident)
    short = incident.number.rpartition("-")[2]
    words = {note.pk: note for note in (notes if notes is not None else incident.notes.all())}
    return [
        {
            "id": line.id,
            "at": line.at,
            "entry": line.entry,
            "sentence": line.sentence.replace(incident.number, short).replace(f"\uff08{short}\uff09", ""),
            "note": (note := words.get(line.entry.data.get("note_id")) if line.entry.name == "incidents.note_written" else None),
            "may_strike": note is not None and note.struck_at is None and may_write and note.author_key == actor.key,
        }
        for line in lines
    ]
