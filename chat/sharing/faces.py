"""A shared room as the other side sees it, and with whom a room is shared."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from access.faces import allowed
from access.sharing import verbs
from access.sharing.faces import dialog
from access.sharing.reading import DEPTH, Level
from chat import labels, permissions, selectors
from chat.sharing import shown
from chat.sharing.keeping import KEEPER, KIND, Held
from kit.errors import Forbidden


@require_GET
@allowed(permissions.VIEW)
def page(request: HttpRequest, room_id: int) -> HttpResponse:
    """What is shared of a room; looking is told to those who share it. Who belongs to the room is led into it."""
    if shown.is_own(request.actor, room_id):  # type: ignore[attr-defined]
        return redirect(f"{reverse('chat')}?room={room_id}")
    return render(request, "chat/shown.html", _shown(request, room_id, is_refresh=False))


@require_GET
@allowed(permissions.VIEW)
def body(request: HttpRequest, room_id: int) -> HttpResponse:
    """The live part of the page."""
    return render(request, "chat/_shown.html", _shown(request, room_id, is_refresh=True))


@require_http_methods(["GET", "POST"])
@allowed(permissions.SHARE)
def share(request: HttpRequest, room_id: int) -> HttpResponse:
    """With whom a room is shared, and with whom else."""
    actor = request.actor  # type: ignore[attr-defined]
    room = selectors.room(actor, room_id)
    if not KEEPER.may(actor, permissions.SHARE, Held(room)):
        raise Forbidden
    return dialog(request, KIND, room.pk, called=labels.called(room))


def _shown(request: HttpRequest, room_id: int, *, is_refresh: bool) -> dict[str, Any]:
    actor = request.actor  # type: ignore[attr-defined]
    asked = request.GET.get("before", "")
    before = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 10 else None
    found = shown.shown_room(actor, room_id, before=before)
    verbs.note_look(actor, share_id=found.seen.share.pk, is_refresh=is_refresh, now=timezone.now())
    return {
        "shown": found,
        "room": found.room,
        "seen": found.seen,
        "said": [(each, found.files.get(each.pk, [])) for each in found.messages],
        "standing": [(each, found.files.get(each.pk, [])) for each in found.standing],
        "is_full": found.seen.depth >= DEPTH[Level.FULL],
        "is_earlier": before is not None,
    }
