"""REST of sharing that is the same for every kind of thing."""

from typing import Any, ClassVar

from access.actors import Actor
from access.rest.views import Answer, ApiView, Call, operation
from access.sharing import kinds, reading, shapes, verbs
from access.sharing.kinds import Kind


class SharesView(ApiView):
    """What is shown to others."""

    tag = "sharing"

    @operation(query=shapes.SharesWanted, gives=shapes.LineRow, many=True, is_private=True)
    def get(self, call: Call) -> Any:
        """What others show to you (`given`), or what is shown of what is yours to share (`made`), ended ones for a week; at most a hundred."""
        asked = reading.given if call.query["side"] == "given" else reading.made
        return asked(call.actor, now=call.now)


class ThingSharesView(ApiView):
    """With whom one thing is shared. A room that shares things names their kind, and how one is told by its address where that is not its id."""

    tag = "sharing"
    kind: ClassVar[Kind]

    def subject_id(self, actor: Actor, **path: Any) -> int:
        """The id of the thing at this address."""
        return int(path["id"])

    @operation(gives=shapes.ShareRow, many=True, is_private=True)
    def get(self, call: Call, **path: Any) -> Any:
        """Its shares, running ones first, ended ones too, with who has looked."""
        thing = kinds.shareable(call.actor, self.kind, self.subject_id(call.actor, **path))
        return reading.shares_of(self.kind, thing.pk)

    @operation(takes=shapes.NewShare, gives=shapes.ShareRow, status=201, is_private=True)
    def post(self, call: Call, **path: Any) -> Any:
        """Show it to a department or a region until a time; they look and never write. Other terms for the same people replace those before."""
        subject_id = self.subject_id(call.actor, **path)
        return Answer(verbs.share(call.actor, kind=self.kind.name, subject_id=subject_id, now=call.now, **call.body))
