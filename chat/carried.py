"""A message as it travels: the same object in a frame, in a list and in an export."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Prefetch

from chat import attached, facts
from chat.models import Addressee, Answer, Message
from journal import carrying

NAMED_AT_MOST = 12


def register() -> None:
    """Let the frames of messages carry the message: whoever gets one may read it, by the same scopes."""
    told = (facts.MessagePosted, facts.MessageEdited, facts.MessageStruck, facts.MessagePinned, facts.MessageUnpinned)
    ordered = (facts.OrderGiven, facts.OrderAdvanced, facts.OrderWithdrawn, facts.OrderOverdue)
    carrying.register(*told, *ordered, facts.MessageAnswered, facts.MessageKept, facts.FileSettled, carrier=_carried)


def _carried(datas: Sequence[Mapping[str, Any]]) -> list[dict[str, Any] | None]:
    """Each entry's message as it is now. A later revision than the entry's is as good: the reader keeps the highest."""
    found = {each["id"]: each for each in sent(Message.objects.filter(pk__in={data["message_id"] for data in datas}))}
    return [found.get(data["message_id"]) for data in datas]


def sent(rows: Any) -> list[dict[str, Any]]:
    """Messages as they travel, each with all that belongs to it."""
    found = list(whole(rows))
    files = attached.of(found)
    return [as_sent(each, files.get(each.pk, [])) for each in found]


def whole(rows: Any) -> Iterable[Message]:
    """Messages with everything that belongs to them, by one question for each table."""
    named = Prefetch("answers", Answer.objects.order_by("id"))
    ordered = Prefetch("order__addressees", Addressee.objects.order_by("id"))
    found: Iterable[Message] = rows.select_related("order").prefetch_related(named, ordered)
    return found


def as_sent(message: Message, files: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """A message as an object of plain values; times are ISO 8601 with offset."""
    return {
        "id": message.pk,
        "room": message.room_id,
        "seq": message.seq,
        "revision": message.revision,
        "kind": message.kind,
        "author": {"id": message.author_id, "name": message.author_label},
        "at": _iso(message.written_at),
        "device_at": _iso(message.device_at),
        "text": message.text,
        "reply": message.reply_seq,
        "thread": message.thread_seq,
        "mentions": message.mentions,
        "edited_at": _iso(message.edited_at),
        "struck": _mark(message.struck_at, message.struck_by),
        "pinned": _mark(message.pinned_at, message.pinned_by),
        "forgotten_at": _iso(message.forgotten_at),
        "note_id": message.note_id,
        "task_id": message.task_id,
        "files": files,
        "marks": message.marks,
        "answers": _answers(message),
        "order": _order(message),
    }


def _answers(message: Message) -> list[dict[str, Any]]:
    given: dict[str, list[Answer]] = {}
    for each in message.answers.all():
        given.setdefault(each.code, []).append(each)
    return [
        {"code": code, "n": len(rows), "names": [each.label for each in rows[:NAMED_AT_MOST]], "people": [each.person_id for each in rows]}
        for code, rows in sorted(given.items(), key=lambda pair: Answer.Code.values.index(pair[0]))
    ]


def _order(message: Message) -> dict[str, Any] | None:
    if message.kind != Message.Kind.ORDER:
        return None
    order = message.order
    return {
        "id": order.pk,
        "due_at": _iso(order.due_at),
        "is_overdue": order.overdue_at is not None and order.is_open,
        "is_open": order.is_open,
        "withdrawn": _mark(order.withdrawn_at, order.withdrawn_by),
        "addressees": [_addressee(each) for each in order.addressees.all()],
    }


def of(each: Addressee) -> str:
    """Whom an addressee is, as a subject."""
    columns = (("user", each.person_id), ("department", each.department_id), ("post", each.post_id), ("unit", each.unit_id))
    return next(f"{kind}:{pk}" for kind, pk in columns if pk is not None)


def _addressee(each: Addressee) -> dict[str, Any]:
    return {
        "id": each.pk,
        "of": of(each),
        "name": each.name,
        "name_en": each.name_en,
        "step": each.step,
        "delivered_at": _iso(each.delivered_at),
        "read_at": _iso(each.read_at),
        "accepted_at": _iso(each.accepted_at),
        "done_at": _iso(each.done_at),
        "refused_at": _iso(each.refused_at),
        "by": each.by,
        "reason": each.reason,
    }


def _mark(at: datetime | None, by: str) -> dict[str, Any] | None:
    return None if at is None else {"at": _iso(at), "by": by}


def _iso(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()
