"""REST of shared rooms: what is shown to us, and with whom ours are shared."""

from typing import Any

from access.rest.views import Answer, ApiView, Call, operation
from access.sharing import reading as shares
from access.sharing import shapes, verbs
from chat import permissions, selectors
from chat.sharing import rows, shown
from chat.sharing.keeping import KEEPER, KIND, Held
from kit.errors import Forbidden


class RoomSharesView(ApiView):
    """With whom a room is shared."""

    tag = "sharing"

    @operation(gives=shapes.ShareRow, many=True, is_private=True)
    def get(self, call: Call, id: int) -> Any:
        """Its shares, running ones first, ended ones too, with who has looked."""
        room = selectors.room(call.actor, id)
        if not KEEPER.may(call.actor, permissions.SHARE, Held(room)):
            raise Forbidden
        return shares.shares_of(KIND, room.pk)

    @operation(takes=shapes.NewShare, gives=shapes.ShareRow, status=201, is_private=True)
    def post(self, call: Call, id: int) -> Any:
        """Show it to a department or a region until a time; they read and never write. Other terms for the same people replace those before."""
        return Answer(verbs.share(call.actor, kind=KIND.name, subject_id=id, now=call.now, **call.body))


class ShownRoomsView(ApiView):
    """Rooms that others show to us."""

    tag = "sharing"

    @operation(gives=rows.ShownRoomRow, many=True, is_private=True)
    def get(self, call: Call) -> Any:
        """The rooms shown to you now, the last spoken in first, without what was said."""
        return [rows.outline(each) for each in shown.now_shown(call.actor)]


class ShownRoomView(ApiView):
    """One room that others show to us."""

    tag = "sharing"

    @operation(query=rows.EarlierWanted, gives=rows.ShownRoomWhole, is_private=True)
    def get(self, call: Call, id: int) -> Any:
        """A room as its level shows it: its outline, its orders and what is pinned, or all that was said. Looking is told to its owners."""
        found = shown.shown_room(call.actor, id, before=call.query.get("before"))
        verbs.note_look(call.actor, share_id=found.seen.share.pk, is_refresh=False, now=call.now)
        return rows.in_full(found)
