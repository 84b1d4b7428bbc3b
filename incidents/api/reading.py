"""Incidents read and edited."""

from typing import Any

from access.rest.shapes import page_of
from access.rest.views import Answer, ApiView, Call, operation
from access.sharing import verbs as sharing
from incidents import recommending, selectors, services, shown
from incidents.api.common import incident
from incidents.shapes import reading, writing
from kit.errors import NotFound

IN_PANEL = ("reports", "assignments", "tasks", "notes", "attachments")


class IncidentsView(ApiView):
    """Incidents."""

    tag = "incidents"

    @operation(gives=page_of(reading.IncidentRow), query=writing.IncidentFilter, also=(304,))
    def get(self, call: Call) -> Any:
        """The incidents that you may see, newest first."""
        wanted = dict(call.query)
        cursor, limit = wanted.pop("cursor", None), wanted.pop("limit", None)
        return Answer(raw=selectors.incident_page(call.actor, wanted=wanted, cursor=cursor, limit=limit))


class IncidentView(ApiView):
    """One incident."""

    tag = "incidents"

    @operation(gives=reading.IncidentDetail, is_versioned=True, also=(304,))
    def get(self, call: Call, number: str) -> Any:
        """One incident with its reports, assignments, tasks, notes, files and children."""
        try:
            panel = selectors.incident_panel(call.actor, number)
        except NotFound:
            return self._shown(call, number)
        return Answer(_Detail(panel), version=panel.incident.version)

    def _shown(self, call: Call, number: str) -> Any:
        """One that others share, as far as they show it; it has no version, because nothing may be built on it."""
        panel = shown.shown_panel(call.actor, number, lines=0)
        sharing.note_look(call.actor, share_id=panel.seen.share.pk, is_refresh=False, now=call.now)
        return Answer(_Detail(panel))

    @operation(takes=writing.EditIncident, gives=reading.IncidentCore, is_versioned=True, needs_match=True)
    def patch(self, call: Call, number: str) -> Any:
        """Change what is known of an incident, built on the version that you read."""
        version = call.expected_version(is_required=True)
        incident_id = selectors.id_of(call.actor, number)
        services.edit_incident(call.actor, incident_id=incident_id, version=version, **call.body, now=call.now)
        return incident(call, number)


class TimelineView(ApiView):
    """What happened to an incident."""

    tag = "incidents"

    @operation(gives=reading.TimelineRow, many=True, query=writing.Before, also=(304,))
    def get(self, call: Call, number: str) -> Any:
        """What happened, newest first, each with a sentence in the reader's language."""
        before, limit = call.query.get("before"), call.query.get("limit", 50)
        try:
            return selectors.timeline(call.actor, number, before=before, limit=limit)
        except NotFound:
            return shown.timeline(call.actor, number, before=before, limit=limit)


class RecommendationView(ApiView):
    """Which units to send."""

    tag = "assignments"

    @operation(gives=reading.RecommendationRow, query=writing.Most, is_private=True)
    def get(self, call: Call, number: str) -> Any:
        """The units to think of first, each with its reasons, and what nobody who may be sent can do."""
        return recommending.recommendation(call.actor, selectors.incident(call.actor, number), limit=call.query["limit"])


class IncidentTypesView(ApiView):
    """Types of incidents."""

    tag = "reference"

    @operation(gives=reading.IncidentTypeRow, many=True, also=(304,))
    def get(self, call: Call) -> Any:
        """The types in use."""
        return selectors.incident_types()


class DispositionsView(ApiView):
    """Dispositions."""

    tag = "reference"

    @operation(gives=reading.ReferenceRow, many=True, also=(304,))
    def get(self, call: Call) -> Any:
        """How an incident may end."""
        return selectors.dispositions()


class _Detail:
    """An incident's panel read as one object."""

    def __init__(self, panel: selectors.IncidentPanel | shown.ShownPanel) -> None:
        self._panel = panel
        self.children = [child.number for child in getattr(panel, "children", ())]
        self.may_see_caller = getattr(panel, "may_see_caller", False)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._panel, name) if name in IN_PANEL else getattr(self._panel.incident, name)
