"""Tables of this room."""

from chat.models.messages import Answer, Message, Wording
from chat.models.orders import Addressee, Order
from chat.models.rooms import Invitation, Room, Seat

__all__ = ["Addressee", "Answer", "Invitation", "Message", "Order", "Room", "Seat", "Wording"]
