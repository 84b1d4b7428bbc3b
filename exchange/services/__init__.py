"""Every verb of the room, by subject: `from exchange import services as exchange`."""

from exchange.services.answering import (
    call_back_phone_call,
    claim_phone_call,
    release_phone_call,
    settle_phone_call,
    unsettle_phone_call,
)
from exchange.services.callers import Wire, forget_caller_locations, look_up_caller, record_caller_location
from exchange.services.linking import note_phone_link
from exchange.services.ringing import forget_phone_calls, take_phone_event, take_phone_message, time_report, watch_ringing
from exchange.services.switchboards import share_number, unshare_number

__all__ = [
    "Wire",
    "call_back_phone_call",
    "claim_phone_call",
    "forget_caller_locations",
    "forget_phone_calls",
    "look_up_caller",
    "note_phone_link",
    "record_caller_location",
    "release_phone_call",
    "settle_phone_call",
    "share_number",
    "take_phone_event",
    "take_phone_message",
    "time_report",
    "unsettle_phone_call",
    "unshare_number",
    "watch_ringing",
]
