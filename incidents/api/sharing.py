"""Incidents shared with other departments and regions."""

from typing import Any

from access import policy
from access.rest.views import Answer, ApiView, Call, operation
from access.sharing import reading as shares
from access.sharing import shapes, verbs
from incidents import permissions, seeing, selectors


class SharesView(ApiView):
    """With whom an incident is shared."""

    tag = "sharing"

    @operation(gives=shapes.ShareRow, many=True, is_private=True)
    def get(self, call: Call, number: str) -> Any:
        """Its shares, running ones first, ended ones too, with who has looked."""
        incident = selectors.incident(call.actor, number)
        policy.require(call.actor, permissions.SHARE, incident)
        return shares.shares_of(seeing.KIND, incident.pk)

    @operation(takes=shapes.NewShare, gives=shapes.ShareRow, status=201, is_private=True)
    def post(self, call: Call, number: str) -> Any:
        """Show it to a department or a region until a time. Other terms for the same people replace those before."""
        incident_id = selectors.id_of(call.actor, number)
        return Answer(verbs.share(call.actor, kind=seeing.KIND.name, subject_id=incident_id, now=call.now, **call.body))


class RevokeShareView(ApiView):
    """A share taken back."""

    tag = "sharing"

    @operation(gives=shapes.ShareRow, is_private=True)
    def post(self, call: Call, id: int) -> Any:
        """Take a share back: the other side's screens lose it at once. Who broke the glass may give it back."""
        return verbs.revoke_share(call.actor, share_id=id, now=call.now)


class BreakGlassView(ApiView):
    """Broken glass."""

    tag = "sharing"

    @operation(takes=shapes.BreakGlass, gives=shapes.ShareRow, status=201, is_private=True)
    def post(self, call: Call, number: str) -> Any:
        """See an incident that you have no part in, for an hour: its supervisors are told at once, and every look is recorded."""
        policy.require(call.actor, permissions.VIEW, None)
        return Answer(verbs.break_glass_for(call.actor, kind=seeing.KIND.name, subject_id=seeing.id_of(number), now=call.now, **call.body))
