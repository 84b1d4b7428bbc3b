"""Shared rooms as the REST API answers them."""

from typing import Any

from rest_framework import serializers

from access.models import Share
from access.rest.fields import At, QueryCount
from access.rest.shapes import Shape
from chat import labels
from chat.mark_shapes import PlaceRow
from chat.models import Addressee, Message, Room
from chat.shapes import MessageFileRow
from chat.sharing.shown import ShownRoom, about

Rows = serializers.Serializer[Any]


class EarlierWanted(Shape):
    """Which part of what was said."""

    before = QueryCount(required=False, min_value=1, help_text="`before` of the piece before this one.")


class ShownRoomRow(Rows):
    """The outline of a room that others show to us."""

    id = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=Room.Kind.values)
    name = serializers.CharField()
    about = serializers.CharField()
    opened_at = At()
    closed_at = At(allow_null=True)
    messages = serializers.IntegerField(help_text="How many were written.")
    last_at = At(allow_null=True)


class ShownAddressee(Rows):
    """To whom an order went, and how far it has come there."""

    name = serializers.CharField()
    step = serializers.ChoiceField(choices=Addressee.Step.values)


class ShownMessage(Rows):
    """A message of a shared room."""

    seq = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=Message.Kind.values)
    author = serializers.CharField()
    at = At()
    text = serializers.CharField(help_text="Empty when the words are no longer kept.")
    files = MessageFileRow(many=True)
    marks = PlaceRow(many=True)
    is_pinned = serializers.BooleanField()
    due_at = At(allow_null=True, help_text="Of an order.")
    addressees = ShownAddressee(many=True)


class ShownRoomWhole(ShownRoomRow):
    """A room as its level shows it."""

    level = serializers.ChoiceField(choices=Share.Level.values)
    until = At()
    shared_by = serializers.CharField()
    note = serializers.CharField()
    standing = ShownMessage(many=True, help_text="Orders and what is pinned.")
    messages_shown = ShownMessage(many=True, help_text="What was said, oldest first.")
    before = serializers.IntegerField(allow_null=True, help_text="Ask again with it for what was said earlier; null at the beginning.")


def outline(room: Room) -> dict[str, Any]:
    """A room without what was said in it."""
    return {
        "id": room.pk,
        "kind": room.kind,
        "name": labels.called(room),
        "about": about(room),
        "opened_at": room.opened_at,
        "closed_at": room.closed_at,
        "messages": room.last_seq,
        "last_at": room.last_at,
    }


def in_full(found: ShownRoom) -> dict[str, Any]:
    """A room as its level shows it."""
    return outline(found.room) | {
        "level": found.seen.level,
        "until": found.seen.share.until,
        "shared_by": str(found.seen.share.by),
        "note": found.seen.share.note,
        "standing": [_message(each, found) for each in found.standing],
        "messages_shown": [_message(each, found) for each in found.messages],
        "before": found.before,
    }


def _message(message: Message, found: ShownRoom) -> dict[str, Any]:
    order = message.order if message.kind == Message.Kind.ORDER else None
    return {
        "seq": message.seq,
        "kind": message.kind,
        "author": message.author_label,
        "at": message.written_at,
        "text": message.text,
        "files": found.files.get(message.pk, []),
        "marks": message.marks,
        "is_pinned": message.pinned_at is not None,
        "due_at": order.due_at if order is not None else None,
        "addressees": [{"name": each.name, "step": each.step} for each in order.addressees.all()] if order is not None else [],
    }
