"""Verbs of this room."""

from chat.services.common import MessageIsForgotten, MessageIsStruck, RoomIsClosed
from chat.services.exporting import note_export
from chat.services.filing import follow_file
from chat.services.following import keep_draft
from chat.services.forgetting import forget_words
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
from chat.services.orders import NewOrder, OrderIsOver, OrderReasonMissing, advance_order, give_order, note_overdue, withdraw_order
from chat.services.reading import mark_read
from chat.services.rooms import (
    TooLateToResume,
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
    reopen_room,
    resume_invitation,
)

__all__ = [
    "KeptAlready",
    "MessageIsForgotten",
    "MessageIsStruck",
    "NewMessage",
    "NewOrder",
    "NotOfAnIncident",
    "OrderIsOver",
    "OrderReasonMissing",
    "RoomIsClosed",
    "TooLateToResume",
    "advance_order",
    "answer_message",
    "close_room",
    "edit_message",
    "end_invitation",
    "follow_file",
    "follow_incident",
    "follow_roster",
    "forget_words",
    "give_order",
    "invite",
    "keep_as_note",
    "keep_as_task",
    "keep_draft",
    "mark_read",
    "note_export",
    "note_overdue",
    "open_department_room",
    "open_incident_room",
    "open_post_room",
    "open_room",
    "pin_message",
    "post_message",
    "renew_duty_rooms",
    "reopen_room",
    "resume_invitation",
    "strike_message",
    "withdraw_order",
]
