"""All that is shown of a shared incident at its level: what is not named here is not shown, whatever is added to an incident later."""

from dataclasses import dataclass

from access.actors import Actor
from access.models import Share
from access.sharing.reading import DEPTH, Seen
from incidents import seeing
from incidents.models import Assignment, Attachment, Incident, Note, Report, Task
from incidents.models.states import with_state
from incidents.selectors import assignments_of
from journal import selectors as journal
from journal.selectors import TimelineLine
from kit.errors import NotFound

Level = Share.Level
DONE = frozenset(
    f"incidents.{name}"
    for name in (
        *("incident_opened", "triage_started", "incident_validated", "incident_controlled", "incident_resolved", "incident_verified"),
        *("incident_closed", "incident_resumed", "emergency_raised", "unit_dispatched", "assignment_advanced", "step_taken_back"),
        *("assignment_cancelled", "alarm_struck", "alarm_withdrawn"),
    )
)
"""What was done, in sentences that hold nobody's words."""
SAID = DONE | {
    f"incidents.{name}"
    for name in (
        *("incident_reopened", "incident_held", "incident_returned", "incident_transferred", "incident_cancelled", "response_level_set"),
        *("assignment_declined", "task_issued", "task_advanced", "note_written", "note_struck", "file_attached", "evidence_shown"),
        *("plan_activated", "plan_stood_down", "aid_requested", "aid_advanced", "incident_edited"),
    )
}
"""That, and what holds the words of those who work on it."""
LINES_OF: dict[int, frozenset[str]] = {DEPTH[Level.OUTLINE]: frozenset(), DEPTH[Level.SITUATION]: DONE, DEPTH[Level.FULL]: SAID}


@dataclass(frozen=True, slots=True)
class ShownPanel:
    """What the reader sees of a shared incident; what its level does not show is empty."""

    incident: Incident
    seen: Seen | None
    assignments: list[Assignment]
    reports: list[Report]
    tasks: list[Task]
    notes: list[Note]
    attachments: list[Attachment]
    lines: list[TimelineLine]


def shown_panel(actor: Actor, number: str, *, lines: int) -> ShownPanel:
    """A shared incident with all that its level shows. Raises `NotFound` for what is not shared with the actor now, and for its own."""
    found = seeing.seen(actor, number)
    how = found.seen
    if how is None:
        raise NotFound
    return _panel(found, how, how.depth, lines)


def report(incident_id: int, level: str, *, lines: int) -> ShownPanel:
    """What stands in a situation report at a level, for somebody outside; `seen` is None. Raises `NotFound`."""
    found = with_state(Incident.objects.filter(pk=incident_id)).select_related("type", "department", "region", "disposition").first()
    if found is None:
        raise NotFound
    seeing.mask(found, DEPTH[level])
    return _panel(found, None, DEPTH[level], lines)


def _panel(found: Incident, how: Seen | None, depth: int, lines: int) -> ShownPanel:
    knows_situation, knows_all = depth >= DEPTH[Level.SITUATION], depth >= DEPTH[Level.FULL]
    told = _lines(found, depth, before=None, limit=lines)  # first, as the newest of them is part of the version of what is shown
    return ShownPanel(
        incident=found,
        seen=how,
        assignments=_assignments(found, depth) if knows_situation else [],
        reports=_reports(found) if knows_all else [],
        tasks=list(found.tasks.select_related("department", "person").order_by("issued_at", "id")[:200]) if knows_all else [],
        notes=list(found.notes.filter(struck_at=None).order_by("written_at", "id")[:500]) if knows_all else [],
        attachments=list(found.attachments.shown()[:200]) if knows_all else [],
        lines=told,
    )


def timeline(actor: Actor, number: str, *, before: int | None, limit: int) -> list[TimelineLine]:
    """What was done about a shared incident, as far as its level shows it, newest first. Raises `NotFound`."""
    found = seeing.seen(actor, number)
    return _lines(found, found.seen.depth, before=before, limit=min(limit, 200)) if found.seen is not None else []


def _lines(found: Incident, depth: int, *, before: int | None, limit: int) -> list[TimelineLine]:
    names = LINES_OF[depth]
    lines = journal.timeline(found, before=before, limit=limit, names=names) if names else []
    for line in lines:
        line.entry.data, line.entry.about = {}, [f"incident:{found.pk}"]
    return lines


def _reports(found: Incident) -> list[Report]:
    """What was reported, without who did; of what was told in confidence only that there was a report."""
    rows = list(found.reports.order_by("received_at", "id")[:200])
    for row in rows:
        row.caller_name = row.caller_phone = row.external_id = row.language = ""
        row.point, row.geocoder_answer = None, {}  # where the caller was, and what was typed to find it
        if row.is_confidential:
            row.words = row.place_words = ""
            row.answers = {}
    return rows


def _assignments(found: Incident, depth: int) -> list[Assignment]:
    """Which units were sent and how far they came; why one declined are words, and where its tablet was is its own."""
    rows = list(assignments_of(found.pk))
    for row in rows:
        row.sources = {}
        if depth < DEPTH[Level.FULL]:
            row.reason = ""
    return rows
