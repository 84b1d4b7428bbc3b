"""How rooms, messages and answers are called."""

from django.utils.translation import gettext as _

from chat.models import Addressee, Answer, Room
from journal import labels
from kit import naming


def called(room: Room) -> str:
    """What a room is called in the reader's language."""
    if room.incident is not None:
        return room.incident.number
    if room.department is not None:
        return naming.called(room.department)
    if room.post is not None:
        return naming.called(room.post)
    return room.name


def _rooms(ids: list[str]) -> dict[str, str]:
    return {str(room.pk): called(room) for room in Room.objects.named().filter(pk__in=ids)}


def _addressees(ids: list[str]) -> dict[str, str]:
    return {str(each.pk): naming.called(each) for each in Addressee.objects.filter(pk__in=ids)}


def register() -> None:
    """Tell the journal how to name this room's subjects and codes."""
    labels.register("room", _rooms)
    labels.register("addressee", _addressees)
    labels.register("chat_answer", lambda codes: {code: str(label) for code, label in Answer.Code.choices if code in codes})
    labels.register("order_step", lambda codes: {code: str(label) for code, label in Addressee.Step.choices if code in codes})
    labels.register("message", lambda ids: {pk: _("message %(id)s") % {"id": pk} for pk in ids})
