"""REST of sharing that is the same for every kind of thing."""

from typing import Any

from access.rest.views import ApiView, Call, operation
from access.sharing import reading, shapes


class SharesView(ApiView):
    """What is shown to others."""

    tag = "sharing"

    @operation(query=shapes.SharesWanted, gives=shapes.LineRow, many=True, is_private=True)
    def get(self, call: Call) -> Any:
        """What others show to you (`given`), or what is shown of what is yours to share (`made`), ended ones for a week; at most a hundred."""
        asked = reading.given if call.query["side"] == "given" else reading.made
        return asked(call.actor, now=call.now)
