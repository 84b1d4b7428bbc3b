"""The verbs of this room."""

from push.services.sending import claim, note_failure, note_gone, note_taken, put_off, tell, tidy
from push.services.subscribing import end_unentitled, subscribe, unsubscribe

__all__ = [
    "claim",
    "end_unentitled",
    "note_failure",
    "note_gone",
    "note_taken",
    "put_off",
    "subscribe",
    "tell",
    "tidy",
    "unsubscribe",
]
