"""What this room announces. Words stand in no fact: what was said can be struck, and is forgotten in time."""

from django.utils.translation import gettext_lazy as _

from journal.facts import Fact, fact


@fact("chat.room_opened", says=_("{actor} opened the room {room}"))
class RoomOpened(Fact):
    room_id: int
    kind: str


@fact("chat.room_closed", says=_("{actor} closed the room {room}"))
class RoomClosed(Fact):
    room_id: int


@fact("chat.room_reopened", says=_("{actor} opened the room {room} again"))
class RoomReopened(Fact):
    room_id: int


@fact("chat.person_invited", says=_("{actor} invited {person_id:user} into {room}"))
class PersonInvited(Fact):
    room_id: int
    person_id: int
    until: str | None


@fact("chat.department_invited", says=_("{actor} invited {department} into {room}"))
class DepartmentInvited(Fact):
    room_id: int
    department_id: int
    until: str | None


@fact("chat.invitation_ended", says=_("{actor} ended an invitation into {room}"))
class InvitationEnded(Fact):
    room_id: int
    invitation_id: int
    person_id: int | None
    department_id: int | None


@fact("chat.invitation_resumed", says=_("{actor} took back the end of an invitation into {room}"))
class InvitationResumed(Fact):
    room_id: int
    invitation_id: int
    person_id: int | None
    department_id: int | None


@fact("chat.message_posted", says=_("{actor} wrote in {room}"))
class MessagePosted(Fact):
    room_id: int
    message_id: int
    seq: int
    revision: int
    mentions: tuple[str, ...]


@fact("chat.message_edited", says=_("{actor} reworded message {seq} in {room}"))
class MessageEdited(Fact):
    room_id: int
    message_id: int
    seq: int
    revision: int


@fact("chat.message_struck", says=_("{actor} struck message {seq} in {room}"))
class MessageStruck(Fact):
    room_id: int
    message_id: int
    seq: int
    revision: int


@fact("chat.message_pinned", says=_("{actor} pinned message {seq} in {room}"))
class MessagePinned(Fact):
    room_id: int
    message_id: int
    seq: int
    revision: int


@fact("chat.message_unpinned", says=_("{actor} unpinned message {seq} in {room}"))
class MessageUnpinned(Fact):
    room_id: int
    message_id: int
    seq: int
    revision: int


@fact("chat.message_answered", says=_("{actor} answered message {seq} in {room}: {code:chat_answer}"))
class MessageAnswered(Fact):
    """A reaction, which here is an acknowledgement; `is_given` False takes it back."""

    room_id: int
    message_id: int
    seq: int
    revision: int
    code: str
    is_given: bool


@fact("chat.file_settled", says=_("A file of message {seq} in {room} was checked"))
class FileSettled(Fact):
    room_id: int
    message_id: int
    seq: int
    revision: int


@fact("chat.message_kept", says=_("{actor} put message {seq} of {room} into the timeline"))
class MessageKept(Fact):
    """A message has become a note of the incident's timeline, or a task."""

    room_id: int
    message_id: int
    seq: int
    revision: int
    note_id: int | None
    task_id: int | None


@fact("chat.order_given", says=_("{actor} gave an order in {room}: {addressee}"))
class OrderGiven(Fact):
    room_id: int
    message_id: int
    seq: int
    revision: int
    addressee_ids: tuple[int, ...]


@fact("chat.order_advanced", says=_("An order in {room} went on: {addressee}, {step:order_step}"))
class OrderAdvanced(Fact):
    room_id: int
    message_id: int
    seq: int
    revision: int
    addressee_ids: tuple[int, ...]
    step: str


@fact("chat.order_withdrawn", says=_("{actor} withdrew order {seq} in {room}"))
class OrderWithdrawn(Fact):
    room_id: int
    message_id: int
    seq: int
    revision: int


@fact("chat.order_overdue", says=_("The time of order {seq} in {room} has passed: {addressee}"))
class OrderOverdue(Fact):
    room_id: int
    message_id: int
    seq: int
    revision: int
    addressee_ids: tuple[int, ...]


@fact("chat.room_exported", says=_("{actor} took {messages} messages of {room} out as {format}"))
class RoomExported(Fact):
    room_id: int
    format: str
    messages: int
    digest: str


@fact("chat.messages_forgotten", says=_("{messages} messages of {room} were forgotten: their time was over"))
class MessagesForgotten(Fact):
    room_id: int
    messages: int
    revision: int
