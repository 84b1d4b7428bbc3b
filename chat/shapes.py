"""What is answered and sent about rooms and messages."""

from typing import Any

from rest_framework import serializers

from access import selectors as access
from access.rest.fields import At, Count, OneOf, QueryCount, Reference, Text, YesNo
from access.rest.shapes import Paged, ReferenceRow, Shape
from chat import carried, labels, marks
from chat.mark_shapes import Place, PlaceRow
from chat.models import Addressee, Answer, Room
from chat.selectors import PIECE
from chat.services import NewMessage, NewOrder
from chat.services.orders import MOST_ADDRESSEES
from incidents.shapes.writing import Timed
from kit import naming

Rows = serializers.Serializer[Any]
MOST_MENTIONS = 30


class MarkRow(Rows):
    """When something was done, and by whom."""

    at = At()
    by = serializers.CharField()


class AuthorRow(Rows):
    """Who wrote: the name is as it was then."""

    id = serializers.IntegerField(allow_null=True)
    name = serializers.CharField()


class MentionRow(Rows):
    """Whom a message names, and as what it stands in the text behind an @."""

    of = serializers.CharField(help_text="A subject: user:5, post:2, unit:7.")
    name = serializers.CharField()


class AnswerRow(Rows):
    """A short answer with all who gave it."""

    code = serializers.ChoiceField(choices=Answer.Code.values)
    n = serializers.IntegerField()
    names = serializers.ListField(child=serializers.CharField(), help_text="The first twelve.")
    people = serializers.ListField(child=serializers.IntegerField())


class AddresseeRow(Rows):
    """One to whom an order went, and how far it has come there."""

    id = serializers.IntegerField()
    of = serializers.CharField(help_text="A subject: user:5, department:3, post:2.")
    name = serializers.CharField()
    name_en = serializers.CharField()
    step = serializers.CharField()
    delivered_at = At(allow_null=True)
    read_at = At(allow_null=True)
    accepted_at = At(allow_null=True)
    done_at = At(allow_null=True)
    refused_at = At(allow_null=True)
    by = serializers.CharField()
    reason = serializers.CharField()


class OrderRow(Rows):
    """What makes a message an order."""

    id = serializers.IntegerField()
    due_at = At(allow_null=True)
    is_overdue = serializers.BooleanField()
    is_open = serializers.BooleanField(help_text="Somebody has still to do it.")
    withdrawn = MarkRow(allow_null=True)
    addressees = AddresseeRow(many=True)


class MessageFileRow(Rows):
    """A file of a message: where it is once it is ready."""

    key = serializers.UUIDField()
    name = serializers.CharField()
    kind = serializers.CharField(help_text="PICTURE, VIDEO, VOICE, DOCUMENT; empty while it is being checked.")
    state = serializers.CharField()
    size = serializers.IntegerField()
    seconds = serializers.FloatField(allow_null=True)
    url = serializers.CharField()
    thumbnail_url = serializers.CharField()


class MessageRow(Rows):
    """A message. `revision` is the number of the last thing that happened to it: whoever has a higher one keeps that."""

    id = serializers.IntegerField()
    room = serializers.IntegerField()
    seq = serializers.IntegerField(help_text="Its number in the room, without gaps.")
    revision = serializers.IntegerField()
    kind = serializers.CharField()
    author = AuthorRow()
    at = At()
    device_at = At(allow_null=True)
    text = serializers.CharField()
    reply = serializers.IntegerField(allow_null=True, help_text="The number of the message it answers.")
    thread = serializers.IntegerField(allow_null=True, help_text="The number of the first message of its thread.")
    mentions = MentionRow(many=True)
    edited_at = At(allow_null=True)
    struck = MarkRow(allow_null=True)
    pinned = MarkRow(allow_null=True)
    forgotten_at = At(allow_null=True, help_text="Since when its words are no longer kept.")
    note_id = serializers.IntegerField(allow_null=True, help_text="The note it became in the incident's timeline.")
    task_id = serializers.IntegerField(allow_null=True, help_text="The task it became.")
    files = MessageFileRow(many=True)
    marks = PlaceRow(many=True)
    answers = AnswerRow(many=True)
    order = OrderRow(allow_null=True)


class MessagePage(Rows):
    """Some messages of a room, and where the room stands."""

    items = MessageRow(many=True)
    last_seq = serializers.IntegerField()
    last_revision = serializers.IntegerField()


class FoundRow(MessageRow):
    """A message that was found, and where."""

    room_name = serializers.CharField(help_text="What its room is called, in the reader's language.")


class FoundPage(Rows):
    """Messages that hold the words, the newest first."""

    items = FoundRow(many=True)
    next = serializers.CharField(allow_null=True)


class RoomRow(Rows):
    """A room."""

    id = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=Room.Kind.values)
    name = serializers.CharField()
    about = serializers.CharField(help_text="What it is about, in the reader's language.")
    incident = serializers.CharField(allow_null=True, help_text="The number of its incident.")
    incident_id = serializers.IntegerField(allow_null=True)
    opened_at = At()
    closed_at = At(allow_null=True)
    last_seq = serializers.IntegerField()
    last_revision = serializers.IntegerField()
    last_at = At(allow_null=True)
    unread = serializers.IntegerField()
    is_followed = serializers.BooleanField(help_text="Whether the reader has read or written in it.")


class EnteredRow(RoomRow):
    """A room as it is entered: its last messages, what is pinned, and what the reader left there and may do."""

    read_seq = serializers.IntegerField()
    draft = serializers.CharField()
    may = serializers.ListField(child=serializers.CharField(), help_text="The actions the reader may do here.")
    messages = MessageRow(many=True)
    pinned = MessageRow(many=True)
    orders = MessageRow(many=True, help_text="Those that somebody has still to do, the first due first.")
    drawn = MessageRow(
        many=True,
        help_text="With places and drawings that stand on the map: all of an open incident, else what is pinned and the last day; at most 200.",
    )
    undrawn = serializers.IntegerField(help_text="How many older messages with places and drawings are not among them.")
    point = serializers.ListField(child=serializers.FloatField(), allow_null=True, help_text="Where its incident is, longitude first.")
    answers_as = serializers.ListField(child=serializers.CharField(), help_text="For whom the reader answers orders: user:5, department:3, post:2.")


class MyOrderRow(Rows):
    """An order as it came to somebody: `id` is that of the addressee."""

    id = serializers.IntegerField()
    of = serializers.SerializerMethodField(help_text="To whom: user:5, department:3, post:2, unit:7.")
    to = serializers.SerializerMethodField(help_text="The same by name, in the reader's language.")
    step = serializers.ChoiceField(choices=Addressee.Step.values)
    text = serializers.CharField(source="order.message.in_words", help_text="Places and drawings stand in it in words.")
    author = serializers.CharField(source="order.message.author_label")
    given_at = At(source="order.message.written_at")
    due_at = At(source="order.due_at", allow_null=True)
    room = serializers.IntegerField(source="order.message.room_id")
    room_name = serializers.SerializerMethodField()
    seq = serializers.IntegerField(source="order.message.seq")
    incident = serializers.CharField(source="order.message.room.incident.number", default=None, allow_null=True)
    reason = serializers.CharField()
    delivered_at = At(allow_null=True)
    read_at = At(allow_null=True)
    accepted_at = At(allow_null=True)
    done_at = At(allow_null=True)

    def get_of(self, row: Addressee) -> str:
        return carried.of(row)

    def get_to(self, row: Addressee) -> str:
        return naming.called(row)

    def get_room_name(self, row: Addressee) -> str:
        return labels.called(row.order.message.room)


class MemberRow(Rows):
    """Somebody of a room and how far it was read."""

    id = serializers.IntegerField(source="person.pk")
    name = serializers.CharField(source="person.__str__")
    department = serializers.CharField(source="person.department.name", default="")
    read_seq = serializers.IntegerField()
    read_at = At(allow_null=True)
    invitation = serializers.IntegerField(source="invitation.pk", default=None, allow_null=True)
    until = At(source="invitation.until", default=None, allow_null=True)


class InvitedDepartmentRow(Rows):
    """A department that was let in as a whole."""

    invitation = serializers.IntegerField(source="pk")
    department = ReferenceRow()
    until = At(allow_null=True)


class MembersRow(Rows):
    """Who is in a room."""

    people = MemberRow(many=True)
    departments = InvitedDepartmentRow(many=True)


class OfferedRow(Rows):
    """Whom typed letters could mean."""

    of = serializers.CharField()
    name = serializers.CharField()
    note = serializers.CharField()


class PresentRow(Rows):
    """Somebody who has the room open now."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    is_writing = serializers.BooleanField()


class RoomsWanted(Shape):
    """Which rooms."""

    closed = OneOf(choices=["yes", "no"], required=False, default="no")


class MessagesWanted(Shape):
    """Which messages: the last ones, or those before or after a number, changed since a revision, of a thread, pinned, from a time on."""

    before = QueryCount(required=False)
    after = QueryCount(required=False)
    since = QueryCount(required=False, help_text="Those that were written or changed after this revision, in that order.")
    thread = QueryCount(required=False, help_text="This message and all that answer it.")
    at = At(required=False, help_text="From the first one written at this time or after it.")
    limit = QueryCount(required=False, default=60, min_value=1, max_value=PIECE)


class FindWanted(Paged):
    """What to look for."""

    q = Text(max_length=120)
    room = QueryCount(required=False)


class MentionsWanted(Shape):
    """What was typed behind the @."""

    q = Text(max_length=40, required=False, default="", allow_blank=True)


class OpenRoom(Shape):
    """A room for a purpose, and who is let into it."""

    name = Text(max_length=80)
    people = serializers.ListField(child=Count(min_value=1), required=False, default=list, source="person_ids", max_length=100)
    departments = serializers.ListField(
        child=Reference(access.department_of_code), required=False, default=list, source="department_ids", max_length=100
    )
    until = At(required=False, default=None, allow_null=True)


class Invite(Shape):
    """Who is let in, until when."""

    people = serializers.ListField(child=Count(min_value=1), required=False, default=list, source="person_ids", max_length=100)
    departments = serializers.ListField(
        child=Reference(access.department_of_code), required=False, default=list, source="department_ids", max_length=100
    )
    until = At(required=False, default=None, allow_null=True)


class PostMessage(Shape):
    """What is said."""

    text = Text(
        max_length=4000, trim_whitespace=False, required=False, default="", allow_blank=True, help_text="May be empty beside files and marks."
    )
    reply = Count(required=False, default=None, allow_null=True, help_text="The number of the message it answers.")
    mentions = serializers.ListField(child=Text(max_length=40), required=False, default=list, max_length=MOST_MENTIONS)
    files = serializers.ListField(
        child=serializers.UUIDField(), required=False, default=list, max_length=10, help_text="Keys of your own files from /api/v1/uploads/."
    )
    marks = Place(many=True, required=False, default=list, max_length=marks.MOST)
    device_at = At(required=False, default=None, allow_null=True, help_text="When it was written by the device's clock, if it is sent later.")

    def values(self) -> dict[str, Any]:
        sent = self.validated_data
        return {"message": NewMessage(sent["text"], sent["reply"], tuple(sent["mentions"]), sent["device_at"], tuple(sent["files"]), sent["marks"])}


class GiveOrder(PostMessage):
    """What is ordered, of whom, by when."""

    addressees = serializers.ListField(
        child=Text(max_length=40), min_length=1, max_length=MOST_ADDRESSEES, help_text="Subjects: user:5, department:3, post:2, unit:7."
    )
    due_at = At(required=False, default=None, allow_null=True)

    def values(self) -> dict[str, Any]:
        sent = self.validated_data
        return {"order": NewOrder(super().values()["message"], tuple(sent["addressees"]), sent["due_at"])}


class AdvanceOrder(Timed):
    """How far an order has come; that it cannot be done needs a reason."""

    step = OneOf(choices=[each for each in Addressee.Step.values if each != Addressee.Step.SENT])
    reason = Text(max_length=300, required=False, default="", allow_blank=True)

    def values(self) -> dict[str, Any]:
        sent = self.validated_data
        return {"step": sent["step"], "reason": sent["reason"], "moment": self.moment()}


class OrdersWanted(Shape):
    """Whose orders."""

    unit = QueryCount(required=False, min_value=1, help_text="Those of this unit too, if you speak for it.")


class Reword(Shape):
    """The new words."""

    text = Text(max_length=4000, trim_whitespace=False)


class GiveAnswer(Shape):
    """A short answer, given or taken back."""

    code = OneOf(choices=Answer.Code.values)
    is_given = YesNo(required=False, default=True)


class MakeTask(Shape):
    """Whose task it becomes, by when."""

    department = Reference(access.department_of_code, source="department_id")
    due_at = At(required=False, default=None, allow_null=True)


class ReadUpTo(Shape):
    """Up to which message."""

    seq = Count()


class Draft(Shape):
    """What was begun; empty forgets it."""

    text = Text(max_length=4000, allow_blank=True, trim_whitespace=False)


class BeHere(Shape):
    """What the person does in the room."""

    doing = OneOf(choices=["looking", "editing", "gone"], help_text="`editing` is writing.")
