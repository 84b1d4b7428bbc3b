"""Rooms and messages for programs, and for the pages themselves."""

from typing import Any

import orjson
from django.urls import reverse

from access import selectors as access
from access.rest.views import Answer, ApiView, Call, operation
from chat import carried, membership, mentions, ordered, reading, selectors, services, shapes
from chat.models import Message
from incidents import selectors as incidents
from live import services as live


class RoomsView(ApiView):
    """Rooms."""

    tag = "chat"

    @operation(query=shapes.RoomsWanted, gives=shapes.RoomRow, many=True, also=(304,))
    def get(self, call: Call) -> Any:
        """The rooms one may read, the last spoken in first."""
        return [reading.as_row(each) for each in selectors.places(call.actor, closed=call.query["closed"] == "yes")]

    @operation(takes=shapes.OpenRoom, gives=shapes.EnteredRow, status=201)
    def post(self, call: Call) -> Any:
        """Open a room for a purpose, and let people in."""
        room = services.open_room(call.actor, **call.body, now=call.now)
        return Answer(reading.entered(call.actor, room.pk), location=reverse("api:room", args=[room.pk]))


class RoomView(ApiView):
    """One room."""

    tag = "chat"

    @operation(gives=shapes.EnteredRow, also=(304,))
    def get(self, call: Call, id: int) -> Any:
        """A room with its last sixty messages, and what the reader left there and may do."""
        return reading.entered(call.actor, id)


class IncidentRoomView(ApiView):
    """The room of an incident."""

    tag = "chat"

    @operation(gives=shapes.EnteredRow)
    def post(self, call: Call, number: str) -> Any:
        """Enter the room of an incident; it is opened if nobody was there before. Again changes nothing."""
        room = services.open_incident_room(call.actor, incident_id=incidents.id_of(call.actor, number), now=call.now)
        return reading.entered(call.actor, room.pk)


class CloseRoomView(ApiView):
    """The end of a room."""

    tag = "chat"

    @operation(gives=shapes.EnteredRow, refusals=(409,))
    def post(self, call: Call, id: int) -> Any:
        """Close a room that was made for a purpose; it stays readable."""
        services.close_room(call.actor, room_id=id, now=call.now)
        return reading.entered(call.actor, id)


class ReopenRoomView(ApiView):
    """The return of a room."""

    tag = "chat"

    @operation(gives=shapes.EnteredRow)
    def post(self, call: Call, id: int) -> Any:
        """Open a room that was made for a purpose again. Again changes nothing."""
        services.reopen_room(call.actor, room_id=id, now=call.now)
        return reading.entered(call.actor, id)


class MessagesView(ApiView):
    """What was said in a room."""

    tag = "chat"

    @operation(query=shapes.MessagesWanted, gives=shapes.MessagePage, also=(304,))
    def get(self, call: Call, id: int) -> Any:
        """Messages in order: the last ones, or those asked for. With `since` a reader who was away gets all that changed meanwhile."""
        room, query = selectors.room(call.actor, id), call.query
        limit = query["limit"]
        if "since" in query:
            items = selectors.changes(call.actor, id, since=query["since"], limit=limit)
        elif "thread" in query:
            items = selectors.thread(call.actor, id, query["thread"])
        else:
            after = selectors.seq_at(call.actor, id, query["at"]) - 1 if "at" in query else query.get("after")
            items = selectors.messages(call.actor, id, before=query.get("before"), after=after, limit=limit)
        return Answer(raw=orjson.dumps({"items": items, "last_seq": room.last_seq, "last_revision": room.last_revision}))

    @operation(takes=shapes.PostMessage, gives=shapes.MessageRow, status=201, refusals=(409,))
    def post(self, call: Call, id: int) -> Any:
        """Say something. With an `Idempotency-Key` a message that was sent twice is said once."""
        return _sent(services.post_message(call.actor, room_id=id, **call.body, now=call.now))


class EditView(ApiView):
    """A message said better."""

    tag = "chat"

    @operation(takes=shapes.Reword, gives=shapes.MessageRow, refusals=(409,))
    def post(self, call: Call, id: int, seq: int) -> Any:
        """Reword one's own message; how it was worded before is kept."""
        return _sent(services.edit_message(call.actor, room_id=id, seq=seq, text=call.body["text"], now=call.now))


class StrikeView(ApiView):
    """A message taken back."""

    tag = "chat"

    @operation(gives=shapes.MessageRow, refusals=(409,))
    def post(self, call: Call, id: int, seq: int) -> Any:
        """Strike one's own message through, or as moderator another's; it stays readable."""
        return _sent(services.strike_message(call.actor, room_id=id, seq=seq, now=call.now))


class PinView(ApiView):
    """A message on top of its room."""

    tag = "chat"

    @operation(gives=shapes.MessageRow, refusals=(409,))
    def post(self, call: Call, id: int, seq: int) -> Any:
        """Pin a message for all."""
        return _sent(services.pin_message(call.actor, room_id=id, seq=seq, is_pinned=True, now=call.now))


class UnpinView(ApiView):
    """A message no longer on top."""

    tag = "chat"

    @operation(gives=shapes.MessageRow, refusals=(409,))
    def post(self, call: Call, id: int, seq: int) -> Any:
        """Take a pinned message down."""
        return _sent(services.pin_message(call.actor, room_id=id, seq=seq, is_pinned=False, now=call.now))


class AnswersView(ApiView):
    """Short answers."""

    tag = "chat"

    @operation(takes=shapes.GiveAnswer, gives=shapes.MessageRow, refusals=(409,))
    def post(self, call: Call, id: int, seq: int) -> Any:
        """Answer a message by a code: got it, agreed, question, done. Again changes nothing."""
        return _sent(services.answer_message(call.actor, room_id=id, seq=seq, **call.body, now=call.now))


class KeepAsNoteView(ApiView):
    """A message in the timeline."""

    tag = "chat"

    @operation(gives=shapes.MessageRow, refusals=(409,))
    def post(self, call: Call, id: int, seq: int) -> Any:
        """Put a message into the timeline of the room's incident, with who said it and when."""
        return _sent(services.keep_as_note(call.actor, room_id=id, seq=seq, now=call.now))


class KeepAsTaskView(ApiView):
    """A message as a task."""

    tag = "chat"

    @operation(takes=shapes.MakeTask, gives=shapes.MessageRow, refusals=(409,))
    def post(self, call: Call, id: int, seq: int) -> Any:
        """Make a message a task of a department at the room's incident."""
        return _sent(services.keep_as_task(call.actor, room_id=id, seq=seq, **call.body, now=call.now))


class GiveOrderView(ApiView):
    """Orders of a room."""

    tag = "chat"

    @operation(takes=shapes.GiveOrder, gives=shapes.MessageRow, status=201, refusals=(409,))
    def post(self, call: Call, id: int) -> Any:
        """Order something of people, departments, posts and units, by a time. People and departments that are not of the room are let into it."""
        return _sent(services.give_order(call.actor, room_id=id, **call.body, now=call.now))


class WithdrawView(ApiView):
    """An order taken back."""

    tag = "chat"

    @operation(gives=shapes.MessageRow)
    def post(self, call: Call, id: int, seq: int) -> Any:
        """Withdraw one's own order, or as moderator another's."""
        return _sent(services.withdraw_order(call.actor, room_id=id, seq=seq, now=call.now))


class OrdersView(ApiView):
    """One's own orders."""

    tag = "chat"

    @operation(query=shapes.OrdersWanted, gives=shapes.MyOrderRow, many=True, also=(304,))
    def get(self, call: Call) -> Any:
        """What was ordered of you, of a department or post of yours, or of the unit you speak for, and is still to be done; the first due first."""
        return ordered.waiting_for(call.actor, unit_id=call.query.get("unit"), now=call.now)


class AdvanceOrderView(ApiView):
    """How far an order has come."""

    tag = "chat"

    @operation(takes=shapes.AdvanceOrder, gives=shapes.MessageRow, refusals=(409, 422))
    def post(self, call: Call, id: int) -> Any:
        """Say that an addressee has it, accepts it, has done it, or cannot. A step that was passed already changes nothing."""
        addressee = services.advance_order(call.actor, addressee_id=id, **call.body, now=call.now)
        return _sent(addressee.order.message)


class ReadView(ApiView):
    """How far a room was read."""

    tag = "chat"

    @operation(takes=shapes.ReadUpTo, status=204)
    def post(self, call: Call, id: int) -> Any:
        """One has read up to a message."""
        room = services.mark_read(call.actor, room_id=id, seq=call.body["seq"], now=call.now)
        live.mark(call.actor.user_id or 0, about=room.scope, value=min(call.body["seq"], room.last_seq), scopes=membership.audience(room))


class DraftView(ApiView):
    """What one has begun to write."""

    tag = "chat"

    @operation(takes=shapes.Draft, status=204)
    def post(self, call: Call, id: int) -> Any:
        """Keep it for the next desk; empty forgets it."""
        services.keep_draft(call.actor, room_id=id, text=call.body["text"])


class MembersView(ApiView):
    """Who is in a room."""

    tag = "chat"

    @operation(gives=shapes.MembersRow, also=(304,))
    def get(self, call: Call, id: int) -> Any:
        """People and departments of a room, and how far each person has read."""
        return {"people": selectors.members(call.actor, id), "departments": selectors.departments_invited(call.actor, id)}

    @operation(takes=shapes.Invite, gives=shapes.MembersRow, refusals=(409,))
    def post(self, call: Call, id: int) -> Any:
        """Let people and departments in, until a time."""
        services.invite(call.actor, room_id=id, **call.body, now=call.now)
        return {"people": selectors.members(call.actor, id), "departments": selectors.departments_invited(call.actor, id)}


class EndInvitationView(ApiView):
    """The end of an invitation."""

    tag = "chat"

    @operation(status=204)
    def post(self, call: Call, id: int, invitation: int) -> Any:
        """Let somebody out again, or leave."""
        services.end_invitation(call.actor, room_id=id, invitation_id=invitation, now=call.now)


class ResumeInvitationView(ApiView):
    """The end of an invitation, taken back."""

    tag = "chat"

    @operation(status=204, refusals=(409,))
    def post(self, call: Call, id: int, invitation: int) -> Any:
        """Take back that one left, or let somebody out: who did it, within a minute."""
        services.resume_invitation(call.actor, room_id=id, invitation_id=invitation, now=call.now)


class HereView(ApiView):
    """Who has a room open."""

    tag = "chat"

    @operation(takes=shapes.BeHere, gives=shapes.PresentRow, many=True)
    def post(self, call: Call, id: int) -> Any:
        """Say what one does in a room (it holds for forty seconds); gives who is there now."""
        room = selectors.room(call.actor, id)
        there = live.be_present(call.actor.user_id, about=room.scope, doing=call.body["doing"], scopes=membership.audience(room)) or []
        names = access.names_of({each.user_id for each in there})
        return [{"id": each.user_id, "name": names[each.user_id], "is_writing": each.is_editing} for each in there if each.user_id in names]


class MentionsView(ApiView):
    """Whom one can name."""

    tag = "chat"

    @operation(query=shapes.MentionsWanted, gives=shapes.OfferedRow, many=True, also=(304,))
    def get(self, call: Call, id: int) -> Any:
        """People of the room, posts and units that typed letters could mean: by name, pinyin or initials."""
        return mentions.offered(call.actor, selectors.room(call.actor, id), call.query["q"])


class FindView(ApiView):
    """Search in what was said."""

    tag = "chat"

    @operation(query=shapes.FindWanted, gives=shapes.FoundPage, also=(304,))
    def get(self, call: Call) -> Any:
        """Messages that hold all the words, the newest first, in one room or in all one may read; two characters are enough."""
        query = call.query
        page = selectors.found(call.actor, query["q"], room_id=query.get("room"), cursor=query.get("cursor"), limit=query.get("limit"))
        return Answer(raw=orjson.dumps({"items": page.rows, "next": page.next_cursor}))


def _sent(message: Message) -> Answer:
    return Answer(raw=orjson.dumps(carried.sent(Message.objects.filter(pk=message.pk))[0]))
