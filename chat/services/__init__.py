"""Verbs of this room."""

from chat.services.common import MessageIsForgotten, MessageIsStruck, RoomIsClosed
from chat.services.following import keep_draft, mark_read
from chat.services.messages import (
    KeptAlready,
    NewMessage,
    NotOfAnIncident,
    answer_message,
    edit_message,
    keep_as_note,
    keep_as_task,
    pin_message,
    post_message,
    strike_message,
)
from chat.services.rooms import (
    close_room,
    end_invitation,
    follow_incident,
    follow_roster,
    invite,
    open_department_room,
    open_incident_room,
    open_post_room,
    open_room,
    renew_duty_rooms,
)

__all__ = [
    "KeptAlready",
    "MessageIsForgotten",
    "MessageIsStruck",
    "NewMessage",
    "NotOfAnIncident",
    "RoomIsClosed",
    "answer_message",
    "close_room",
    "edit_message",
    "end_invitation",
    "follow_incident",
    "follow_roster",
    "invite",
    "keep_as_note",
    "keep_as_task",
    "keep_draft",
    "mark_read",
    "open_department_room",
    "open_incident_room",
    "open_post_room",
    "open_room",
    "pin_message",
    "post_message",
    "renew_duty_rooms",
    "strike_message",
]
