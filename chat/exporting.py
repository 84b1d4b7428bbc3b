"""A whole room as a file: JSON under a seal, and PDF. What was struck is in it as struck, how things were worded before too; both are recorded."""

import base64
import io
from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from typing import Any

import orjson
from django.conf import settings
from django.db.models import Prefetch
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _

from access.actors import Actor
from chat import attached, carried, labels, membership, permissions, sealing, services
from chat.models import Message, Room, Wording
from kit import paper
from kit.errors import Refused

MOST = {"json": 50_000, "pdf": 2_000}
PIECE = 200
KIND = "city-room/1"


class RoomTooLong(Refused):
    code = "room_too_long"
    status = 422
    says = _("%(messages)s messages are too many for one %(format)s file; at most %(most)s.")


def as_json(actor: Actor, room_id: int, *, now: datetime) -> bytes:
    """The room as JSON: `content` is base64 of the bytes that were sealed, `signature` their Ed25519 signature, `digest` their SHA-256.

    Raises `RoomTooLong`, and what `membership.require` raises.
    """
    room = _room(actor, room_id, "json")
    content = _content(actor, room, now)
    digest = sealing.digest_of(content)
    services.note_export(actor, room_id=room.pk, format="JSON", messages=room.last_seq, digest=digest, now=now)
    sealed = {"kind": KIND, "digest": digest, "signature": sealing.seal(content), "public_key": sealing.public_key()}
    return orjson.dumps(sealed | {"content": base64.b64encode(content).decode()})


def opened(file: bytes) -> dict[str, Any] | None:
    """What such a file says, None when its seal is not that of this city or is broken."""
    try:
        sealed = orjson.loads(file)
        content = base64.b64decode(sealed["content"], validate=True)
    except (ValueError, KeyError, TypeError):
        return None
    is_whole = sealed.get("digest") == sealing.digest_of(content) and sealing.is_sealed(content, str(sealed.get("signature")), sealing.public_key())
    found: dict[str, Any] | None = orjson.loads(content) if is_whole else None
    return found


def digest_in(file: bytes) -> str:
    """The digest that such a file says it has."""
    return str(orjson.loads(file)["digest"])


def as_pdf(actor: Actor, room_id: int, *, now: datetime) -> bytes:
    """The room on paper; the last page bears the digest and the signature of the same room as JSON. Raises `RoomTooLong`, `kit.paper.NoPaper`."""
    from pypdf import PdfWriter  # where it is needed: it takes a twentieth of a program's start

    room = _room(actor, room_id, "pdf")
    content = _content(actor, room, now)
    digest = sealing.digest_of(content)
    joined = PdfWriter()
    context = {"room": room, "name": labels.called(room), "made_by": actor.label, "made_at": now, "city_name": settings.CITY_NAME}
    seal = {"digest": digest, "signature": sealing.seal(content), "public_key": sealing.public_key()}
    rows, done = iter(_messages(room)), 0
    while True:
        piece = list(islice(rows, PIECE))
        done += len(piece)
        is_last = len(piece) < PIECE
        page = render_to_string("paper/room.html", context | {"messages": piece, "is_first": done == len(piece), "seal": seal if is_last else None})
        joined.append(io.BytesIO(paper.render(page, pages_before=len(joined.pages))))
        if is_last:
            break
    made = io.BytesIO()
    joined.write(made)
    services.note_export(actor, room_id=room.pk, format="PDF", messages=room.last_seq, digest=digest, now=now)
    return made.getvalue()


def _room(actor: Actor, room_id: int, format: str) -> Room:
    room = membership.require(actor, permissions.EXPORT, Room.objects.named().filter(pk=room_id).first())
    if room.last_seq > MOST[format]:
        raise RoomTooLong(messages=room.last_seq, format=format.upper(), most=MOST[format])
    return room


def _messages(room: Room) -> Iterator[Message]:
    rows = Message.objects.filter(room=room).order_by("seq").prefetch_related(Prefetch("wordings", Wording.objects.order_by("id")))
    found: Iterator[Message] = carried.whole(rows).iterator(chunk_size=500)  # type: ignore[attr-defined]
    return found


def _content(actor: Actor, room: Room, now: datetime) -> bytes:
    """The bytes that are sealed: keys in order, so that the same room at the same time gives the same bytes."""
    files = attached.of(Message.objects.filter(room=room, files__gt=0))
    said = [carried.as_sent(each, files.get(each.pk, [])) | {"wordings": _wordings(each)} for each in _messages(room)]
    told = {
        "kind": KIND,
        "city": settings.CITY_NAME,
        "made_at": now.isoformat(),
        "made_by": actor.label,
        "room": {
            "id": room.pk,
            "kind": room.kind,
            "name": labels.called(room),
            "incident": room.incident.number if room.incident is not None else None,
            "opened_at": room.opened_at.isoformat(),
            "opened_by": room.opened_by,
            "closed_at": room.closed_at.isoformat() if room.closed_at else None,
            "last_seq": room.last_seq,
        },
        "messages": said,
    }
    return orjson.dumps(told, option=orjson.OPT_SORT_KEYS)


def _wordings(message: Message) -> list[dict[str, str]]:
    return [{"text": row.text, "until": row.until.isoformat()} for row in message.wordings.all()]
