"""REST of shared rooms: what is shown to us, and with whom ours are shared."""

from typing import Any

from access.rest.views import ApiView, Call, operation
from access.sharing import verbs
from access.sharing.rest import ThingSharesView
from chat.sharing import rows, shown
from chat.sharing.keeping import KIND


class RoomSharesView(ThingSharesView):
    """With whom a room is shared."""

    kind = KIND


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
