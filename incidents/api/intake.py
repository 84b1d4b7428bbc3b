"""Help for those who take reports through the API."""

from typing import Any

from access import policy
from access.rest.views import ApiView, Call, operation
from incidents import permissions, suggesting
from incidents.shapes import reading, writing


class SuggestTypeView(ApiView):
    """Types that words speak for."""

    tag = "reference"

    @operation(takes=writing.SuggestType, gives=reading.SuggestedTypeRow, many=True, is_private=True)
    def post(self, call: Call) -> Any:
        """Types that a caller's words speak for, best first, with those words. Nothing is kept; a POST, so that the words stand in no log."""
        policy.require(call.actor, permissions.REPORT, None)
        return suggesting.suggested_types(call.body["words"], most=call.body["most"])
