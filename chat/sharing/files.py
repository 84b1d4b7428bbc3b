"""Who may open the files of messages: whoever may read the room, and whom the message is shown to as long as it is."""

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from access.actors import Actor
from chat import attached, membership, permissions
from chat.models import Message
from chat.sharing import shown
from files import purposes
from files.models import File
from files.purposes import Concern, Purpose
from kit.errors import NotFound


def register() -> None:
    """Tell the room of files what messages' files are."""
    purposes.register(Purpose(attached.PURPOSE, _("Files of messages"), may_open=_may_open, concerns=_concerns, keep_days=_keep_days))


def _keep_days() -> int:
    return int(settings.ROOM_FILES_KEEP_DAYS)


def _may_open(actor: Actor, file: File) -> None:
    message = attached.message_of(file)
    if message is None:
        raise NotFound
    if not membership.may(actor, permissions.VIEW, message.room) and not shown.shows(actor, message):
        membership.require(actor, permissions.VIEW, message.room)


def _concerns(subject: str) -> Concern:
    message = Message.objects.select_related("room__incident").get(pk=int(subject.partition(":")[2]))
    return Concern([message.room.scope], membership.audience(message.room))
