"""Help for those who take reports through the API."""

from typing import Any

from access import policy
from access.rest.views import ApiView, Call, operation
from incidents import duplicates, permissions, selectors, suggesting
from incidents.shapes import intake, reading, writing
from kit.errors import NotFound


class SuggestTypeView(ApiView):
    """Types that words speak for."""

    tag = "reference"

    @operation(takes=writing.SuggestType, gives=reading.SuggestedTypeRow, many=True, is_private=True)
    def post(self, call: Call) -> Any:
        """Types that a caller's words speak for, best first, with those words. Nothing is kept; a POST, so that the words stand in no log."""
        policy.require(call.actor, permissions.REPORT, None)
        return suggesting.suggested_types(call.body["words"], most=call.body["most"])


class QuestionsView(ApiView):
    """Questions about a type."""

    tag = "reference"

    @operation(gives=intake.QuestionRow, many=True)
    def get(self, call: Call, slug: str) -> Any:
        """What to ask about a type, at most six questions, in order."""
        policy.require(call.actor, permissions.REPORT, None)
        type_ = selectors.incident_type_of_code(slug)
        if type_ is None:
            raise NotFound
        return suggesting.key_questions(type_.pk)


class CandidatesView(ApiView):
    """Duplicates."""

    tag = "reports"

    @operation(takes=intake.HeardCall, gives=intake.PossiblySameRow, many=True, is_private=True)
    def post(self, call: Call) -> Any:
        """Open incidents that a call may be about, the likeliest first, with reasons. Nothing is kept; a POST, so that words stand in no log."""
        policy.require(call.actor, permissions.REPORT, None)
        return duplicates.candidates(call.actor, call.body["call"])


class IncidentReportsView(ApiView):
    """Reports of an incident."""

    tag = "reports"

    @operation(gives=intake.SaidRow, many=True)
    def get(self, call: Call, number: str) -> Any:
        """What was reported about an incident, with the answers to the key questions and what each reporter was told; without the callers."""
        return selectors.reports_of(call.actor, number)
