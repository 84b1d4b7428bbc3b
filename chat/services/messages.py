"""Writing, rewording, striking, pinning and answering messages; taking one into the timeline or the tasks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from access.actors import Actor
from chat import attached, facts, marks, membership, mentions, permissions
from chat.models import Answer, Message, Room, Wording
from chat.services.common import MessageIsForgotten, MessageIsStruck, announce, keep, locked_message, locked_open
from chat.services.following import advance
from chat.words import of_message, pairs_of, words_of
from files import services as files
from incidents import services as incidents
from incidents.services.work import NewTask
from kit.errors import Forbidden, Invalid, Refused


class NotOfAnIncident(Refused):
    code = "not_of_an_incident"
    says = _("This room belongs to no incident, so there is no timeline and no task to make of it.")


class KeptAlready(Refused):
    code = "message_kept_already"
    says = _("This message stands in the timeline or is a task already.")


@dataclass(frozen=True, slots=True)
class NewMessage:
    """What somebody says; `reply_seq` is the message it answers, `mentions` are subjects ("user:5") whose names stand in it.

    `files` are keys of files that its author has handed in, `marks` places and drawings (`chat.marks`); a message that has some needs no words.
    """

    text: str
    reply_seq: int | None = None
    mentions: Sequence[str] = field(default_factory=tuple)
    device_at: datetime | None = None
    files: Sequence[UUID] = field(default_factory=tuple)
    marks: Sequence[Mapping[str, Any]] = field(default_factory=tuple)


@transaction.atomic
def post_message(actor: Actor, *, room_id: int, message: NewMessage, now: datetime) -> Message:
    """Say something in a room. It gets the room's next number under the room's lock, so numbers have no gaps. Raises `RoomIsClosed`."""
    room = locked_open(actor, permissions.POST, room_id)
    row = add(actor, room=room, message=message, kind=Message.Kind.TEXT, now=now)
    tell_posted(actor, row=row, now=now)
    return row


def add(actor: Actor, *, room: Room, message: NewMessage, kind: str, now: datetime) -> Message:
    """The row of a message in a room that is locked; whoever calls tells it."""
    if len(message.files) > attached.MOST:
        raise Invalid({"files": _("At most 10 files.")})
    drawn = marks.checked(message.marks)
    at_marks = marks.words_of(drawn)
    words = words_of(message.text) if message.text.strip() or not (message.files or drawn) else ""
    answered = None
    if message.reply_seq is not None:
        answered = Message.objects.filter(room=room, seq=message.reply_seq).first()
        if answered is None:
            raise Invalid({"reply": _("There is no such message.")})
    row = Message.objects.create(
        room=room,
        seq=room.next_seq(now),
        revision=room.next_revision(),
        kind=kind,
        author_id=actor.user_id,
        author_key=actor.key[:80],
        author_label=actor.label[:80],
        text=words,
        pairs=pairs_of(words, at_marks),
        marks=drawn,
        mark_words=at_marks,
        drawn=len(drawn),
        reply_seq=answered.seq if answered else None,
        thread_seq=(answered.thread_seq or answered.seq) if answered else None,
        mentions=mentions.of(room, words, message.mentions),
        written_at=now,
        device_at=message.device_at,
        files=len(set(message.files)),
    )
    for key in dict.fromkeys(message.files):
        files.adopt_file(actor, key=key, purpose=attached.PURPOSE, subject=attached.subject(row), now=now)
    room.save(update_fields=["last_seq", "last_revision", "last_at"])
    advance(actor, room=room, seq=row.seq, now=now, clears_draft=True)
    return row


def tell_posted(actor: Actor, *, row: Message, now: datetime) -> None:
    """Announce a message to the room. Its frame carries the words, so whoever is named in it without being of the room is not told."""
    called = tuple(each["of"] for each in row.mentions)
    announce(actor, facts.MessagePosted(**of_message(row), mentions=called), room=row.room, about=called, now=now)


@transaction.atomic
def edit_message(actor: Actor, *, room_id: int, seq: int, text: str, now: datetime) -> Message:
    """Reword one's own message; how it was worded before is kept. Raises `MessageIsStruck`."""
    room, message = locked_message(actor, permissions.POST, room_id, seq)
    if message.author_key != actor.key or message.kind != Message.Kind.TEXT:
        raise Forbidden
    _check_stands(message)
    words = words_of(text)
    if words == message.text:
        return message
    Wording.objects.create(message=message, text=message.text, until=now)
    message.text, message.pairs, message.edited_at = words, pairs_of(words, message.mark_words), now
    message.mentions = mentions.still_named(message.mentions, words)
    keep(actor, message=message, columns=["text", "pairs", "mentions", "edited_at"])
    announce(actor, facts.MessageEdited(**of_message(message)), room=room, now=now)
    return message


@transaction.atomic
def strike_message(actor: Actor, *, room_id: int, seq: int, now: datetime) -> Message:
    """Strike a message through, one's own or as moderator; it stays readable. Again changes nothing."""
    room, message = locked_message(actor, permissions.VIEW, room_id, seq)
    if message.kind == Message.Kind.ORDER or (message.author_key != actor.key and not membership.may(actor, permissions.MODERATE, room)):
        raise Forbidden  # an order is withdrawn
    if message.struck_at is None:
        message.struck_at, message.struck_by = now, actor.label[:80]
        message.pinned_at, message.pinned_by = None, ""
        keep(actor, message=message, columns=["struck_at", "struck_by", "pinned_at", "pinned_by"])
        announce(actor, facts.MessageStruck(**of_message(message)), room=room, now=now)
    return message


@transaction.atomic
def pin_message(actor: Actor, *, room_id: int, seq: int, is_pinned: bool, now: datetime) -> Message:
    """Put a message on top of its room for all, or take it down. Again changes nothing. Raises `MessageIsStruck`."""
    room, message = locked_message(actor, permissions.PIN, room_id, seq)
    if is_pinned:
        _check_stands(message)
    if (message.pinned_at is not None) == is_pinned:
        return message
    message.pinned_at, message.pinned_by = (now, actor.label[:80]) if is_pinned else (None, "")
    keep(actor, message=message, columns=["pinned_at", "pinned_by"])
    told = facts.MessagePinned if is_pinned else facts.MessageUnpinned
    announce(actor, told(**of_message(message)), room=room, now=now)
    return message


@transaction.atomic
def answer_message(actor: Actor, *, room_id: int, seq: int, code: str, is_given: bool, now: datetime) -> Message:
    """Answer a message by a code (got it, agreed, question, done), or take that back. Again changes nothing."""
    room, message = locked_message(actor, permissions.POST, room_id, seq)
    if code not in Answer.Code.values:
        raise Invalid({"code": _("There is no such answer.")})
    if actor.user_id is None:
        raise Forbidden
    own = Answer.objects.filter(message=message, person_id=actor.user_id, code=code)
    if own.exists() == is_given:
        return message
    if is_given:
        _check_stands(message)
        Answer.objects.create(message=message, person_id=actor.user_id, code=code, label=actor.label[:80], at=now)
    else:
        own.delete()
    keep(actor, message=message, columns=[])
    announce(actor, facts.MessageAnswered(**of_message(message), code=code, is_given=is_given), room=room, now=now)
    return message


@transaction.atomic
def keep_as_note(actor: Actor, *, room_id: int, seq: int, now: datetime) -> Message:
    """Put a message into the timeline of the room's incident, with who said it and when. Raises `NotOfAnIncident`, `KeptAlready`."""
    room, message = _to_be_kept(actor, room_id, seq)
    at = f"{timezone.localtime(message.written_at):%H:%M:%S}"
    said = _("%(who)s, %(time)s: %(words)s") % {
        "who": message.author_label,
        "time": at,
        "words": message.in_words,
    }
    message.note = incidents.write_note(actor, incident_id=room.incident_id or 0, words=said[:4000], now=now)
    return _kept(actor, room, message, now)


@transaction.atomic
def keep_as_task(actor: Actor, *, room_id: int, seq: int, department_id: int, due_at: datetime | None, now: datetime) -> Message:
    """Make a message a task of a department at the room's incident. Raises `NotOfAnIncident`, `KeptAlready`."""
    room, message = _to_be_kept(actor, room_id, seq)
    title = " ".join((message.text or message.in_words).split())[:200]
    task = NewTask(title=title, department_id=department_id, due_at=due_at)
    message.task = incidents.issue_task(actor, incident_id=room.incident_id or 0, task=task, now=now)
    return _kept(actor, room, message, now)


def _to_be_kept(actor: Actor, room_id: int, seq: int) -> tuple[Room, Message]:
    room, message = locked_message(actor, permissions.VIEW, room_id, seq)
    if room.incident_id is None:
        raise NotOfAnIncident
    if message.note_id is not None or message.task_id is not None:
        raise KeptAlready
    _check_stands(message)
    return room, message


def _kept(actor: Actor, room: Room, message: Message, now: datetime) -> Message:
    keep(actor, message=message, columns=["note", "task"])
    fact = facts.MessageKept(**of_message(message), note_id=message.note_id, task_id=message.task_id)
    announce(actor, fact, room=room, now=now)
    return message


def _check_stands(message: Message) -> None:
    if message.struck_at is not None:
        raise MessageIsStruck
    if message.forgotten_at is not None:
        raise MessageIsForgotten
