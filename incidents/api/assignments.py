"""Units sent to incidents, and what they report."""

from typing import Any

from django.urls import reverse

from access.rest.views import Answer, ApiView, Call, operation
from incidents import selectors, services
from incidents.api.common import found
from incidents.shapes import reading, writing
from resources import selectors as resources
from resources import shapes as resource_shapes


def _sent(call: Call, assignment_id: int) -> Answer:
    row = selectors.assignment(call.actor, assignment_id)
    return Answer(row, version=row.version, location=reverse("api:assignment", args=[row.pk]))


class AssignmentsView(ApiView):
    """The assignments of an incident."""

    tag = "assignments"

    @operation(gives=reading.AssignmentRow, many=True, also=(304,))
    def get(self, call: Call, number: str) -> Any:
        """All assignments in the order they were made, ended ones too."""
        return selectors.assignments_of(selectors.id_of(call.actor, number)).select_related("incident")

    @operation(takes=writing.Dispatch, gives=reading.AssignmentRow, status=201, is_versioned=True, may_match=True)
    def post(self, call: Call, number: str) -> Any:
        """Send an available unit."""
        sent = services.dispatch_unit(call.actor, incident_id=found(call, number), **call.body, now=call.now)
        return _sent(call, sent.pk)


class StackedView(ApiView):
    """Jobs behind the one a unit is doing."""

    tag = "assignments"

    @operation(takes=writing.Dispatch, gives=reading.AssignmentRow, status=201, is_versioned=True, may_match=True)
    def post(self, call: Call, number: str) -> Any:
        """Put this job behind the one a busy unit is doing; its state is not touched."""
        sent = services.stack_unit(call.actor, incident_id=found(call, number), **call.body, now=call.now)
        return _sent(call, sent.pk)


class AssignmentView(ApiView):
    """One assignment."""

    tag = "assignments"

    @operation(gives=reading.AssignmentRow, is_versioned=True, also=(304,))
    def get(self, call: Call, id: int) -> Any:
        """One assignment with its clock."""
        return _sent(call, id)


class AdvanceView(ApiView):
    """How far an assignment has come."""

    tag = "assignments"

    @operation(takes=writing.Advance, gives=reading.AssignmentRow, is_versioned=True)
    def post(self, call: Call, id: int) -> Any:
        """Report a step: acknowledged, en route, on scene ... cleared. The same step again changes nothing."""
        services.advance_assignment(call.actor, assignment_id=id, **call.body, now=call.now)
        return _sent(call, id)


class DeclineView(ApiView):
    """A crew that cannot go."""

    tag = "assignments"

    @operation(takes=writing.Because, gives=reading.AssignmentRow, is_versioned=True)
    def post(self, call: Call, id: int) -> Any:
        """A crew cannot take the job, and says why."""
        services.decline_assignment(call.actor, assignment_id=id, **call.body, now=call.now)
        return _sent(call, id)


class CancelView(ApiView):
    """A unit called back."""

    tag = "assignments"

    @operation(takes=writing.CancelAssignment, gives=reading.AssignmentRow, is_versioned=True)
    def post(self, call: Call, id: int) -> Any:
        """Call a unit back."""
        services.cancel_assignment(call.actor, assignment_id=id, **call.body, now=call.now)
        return _sent(call, id)


class CrewKeyView(ApiView):
    """The keys of a crew."""

    tag = "units"

    @operation(takes=writing.PressKey, gives=resource_shapes.UnitRow, is_versioned=True)
    def post(self, call: Call, id: int) -> Any:
        """A crew pressed one of its keys (1-8, 0): it moves the assignment on if there is one, else sets the unit's state."""
        services.press_crew_key(call.actor, unit_id=id, **call.body, now=call.now)
        unit = resources.unit(call.actor, id)
        return Answer(unit, version=unit.version)
