"""Files of messages: handed in by the one door (`files`), adopted by a message, opened by whoever may read its room."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from access.actors import Actor
from chat import membership, permissions
from chat.models import Message
from files import purposes
from files import selectors as files
from files.models import File
from files.purposes import Concern, Purpose
from kit.errors import NotFound

PURPOSE = "chat.message"
MOST = 10


def register() -> None:
    """Tell the room of files what messages' files are."""
    purposes.register(Purpose(PURPOSE, _("Files of messages"), may_open=_may_open, concerns=_concerns, keep_days=_keep_days))


def subject(message: Message) -> str:
    """What a message's files are adopted for."""
    return f"message:{message.pk}"


def of(messages: Iterable[Message]) -> dict[int, list[dict[str, Any]]]:
    """The files of those messages that have any, by message; one question, and none where none has."""
    wanted = {subject(each): each.pk for each in messages if each.files}
    found: dict[int, list[dict[str, Any]]] = {}
    for file in files.files_of(wanted, PURPOSE) if wanted else ():
        found.setdefault(wanted[file.subject], []).append(_as_sent(file))
    return found


def message_of(file: File) -> Message | None:
    """The message that a file belongs to; None for files of other things."""
    kind, _colon, pk = file.subject.partition(":")
    if file.purpose != PURPOSE or kind != "message" or not pk.isdigit():
        return None
    return Message.objects.select_related("room__incident").filter(pk=int(pk)).first()


def _keep_days() -> int:
    return int(settings.ROOM_FILES_KEEP_DAYS)


def _may_open(actor: Actor, file: File) -> None:
    message = message_of(file)
    if message is None:
        raise NotFound
    membership.require(actor, permissions.VIEW, message.room)


def _concerns(subject: str) -> Concern:
    message = Message.objects.select_related("room__incident").get(pk=int(subject.partition(":")[2]))
    return Concern([message.room.scope], membership.audience(message.room))


def _as_sent(file: File) -> dict[str, Any]:
    is_ready = file.state == File.State.READY
    return {
        "key": str(file.key),
        "name": file.name,
        "kind": file.kind,
        "state": file.state,
        "size": file.kept_size or file.size,
        "seconds": file.seconds,
        "url": reverse("file", args=[file.key]) if is_ready else "",
        "thumbnail_url": reverse("file_thumbnail", args=[file.key]) if is_ready and file.has_thumbnail else "",
    }
