"""Files of messages: handed in by the one door (`files`), adopted by a message."""

from collections.abc import Iterable
from typing import Any

from django.urls import reverse

from chat.models import Message
from files import selectors as files
from files.models import File

PURPOSE = "chat.message"
MOST = 10


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
