"""How rooms, messages and answers are called."""

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from chat.models import Addressee, Answer, Room
from journal import labels


def called(room: Room) -> str:
    """What a room is called in the reader's language."""
    if room.incident is not None:
        return room.incident.number
    if room.department is not None:
        return named(room.department.name, room.department.name_en)
    if room.post is not None:
        return named(room.post.name, room.post.name_en)
    return room.name


def named(name: str, name_en: str) -> str:
    """A name in the reader's language."""
    return name_en if name_en and (get_language() or "").startswith("en") else name


def _rooms(ids: list[str]) -> dict[str, str]:
    return {str(room.pk): called(room) for room in Room.objects.named().filter(pk__in=ids)}


def _addressees(ids: list[str]) -> dict[str, str]:
    rows = Addressee.objects.filter(pk__in=ids).values_list("pk", "name", "name_en")
    return {str(pk): named(name, name_en) for pk, name, name_en in rows}


def register() -> None:
    """Tell the journal how to name this room's subjects and codes."""
    labels.register("room", _rooms)
    labels.register("addressee", _addressees)
    labels.register("chat_answer", lambda codes: {code: str(label) for code, label in Answer.Code.choices if code in codes})
    labels.register("order_step", lambda codes: {code: str(label) for code, label in Addressee.Step.choices if code in codes})
    labels.register("message", lambda ids: {pk: _("message %(id)s") % {"id": pk} for pk in ids})
