"""Calls for help from the field."""

from typing import Any

from access.rest.views import Answer, ApiView, Call, operation
from incidents import selectors, services
from incidents.shapes import reading, writing


class HelpCallsView(ApiView):
    """Calls for help that nobody has dealt with."""

    tag = "field"

    @operation(gives=reading.HelpCallRow, many=True, also=(304,))
    def get(self, call: Call) -> Any:
        """Those that you may see, the oldest first."""
        return selectors.help_calls(call.actor)

    @operation(takes=writing.CallForHelp, gives=reading.HelpCallRow, status=201)
    def post(self, call: Call) -> Any:
        """Call for help: an emergency is an alarm of level 1 on every console. Once more, it is the same call."""
        return Answer(services.call_for_help(call.actor, **call.body, now=call.now))


class EndHelpCallView(ApiView):
    """One that was dealt with."""

    tag = "field"

    @operation(gives=reading.HelpCallRow)
    def post(self, call: Call, id: int) -> Any:
        """Say that it was dealt with; who called may take it back."""
        return services.end_help_call(call.actor, call_id=id, now=call.now)
