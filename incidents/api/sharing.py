"""Incidents shared with other departments and regions."""

from typing import Any

from access import policy
from access.actors import Actor
from access.rest.views import Answer, ApiView, Call, operation
from access.sharing import shapes, verbs
from access.sharing.rest import ThingSharesView
from incidents import permissions, seeing, selectors


class SharesView(ThingSharesView):
    """With whom an incident is shared."""

    kind = seeing.KIND

    def subject_id(self, actor: Actor, **path: Any) -> int:
        return selectors.id_of(actor, path["number"])


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
