"""Pages of rooms. What is said in them is fetched and sent by the scripts, through the same addresses that programs use."""

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from access.faces import allowed, done
from chat import catalogue, exporting, ordered, permissions, reading, selectors, services
from chat.forms import InviteForm, OpenRoomForm, ReasonForm
from incidents.forms import TaskForm, refused
from incidents.services.common import Moment
from kit.errors import NotFound, Refused


@require_GET
@allowed(permissions.VIEW)
def page(request: HttpRequest) -> HttpResponse:
    """The rooms one belongs to, and the one that is open (`room`)."""
    places = [reading.as_row(each) for each in selectors.places(request.actor)]  # type: ignore[attr-defined]
    chosen = request.GET.get("room", "")
    number = int(chosen) if chosen.isascii() and chosen.isdigit() and len(chosen) < 13 else None
    return render(request, "chat/chat.html", {"places": places, "chosen": number, "chat_words": catalogue.words()})


@require_GET
@allowed(permissions.VIEW)
def pane(request: HttpRequest) -> HttpResponse:
    """The frame in which a room is shown beside something else."""
    return render(request, "chat/_pane.html", {"chat_words": catalogue.words()})


@require_GET
@allowed(permissions.POST)
def draw(request: HttpRequest) -> HttpResponse:
    """The form in which a place or a drawing is put on a map; what comes of it goes into the message that is being written."""
    return render(request, "chat/_draw.html")


@require_GET
@allowed(permissions.VIEW)
def rooms(request: HttpRequest) -> HttpResponse:
    """The list of rooms, fresh; with `closed=1` those that are over."""
    closed = request.GET.get("closed") == "1"
    places = selectors.places(request.actor, closed=closed)  # type: ignore[attr-defined]
    return render(request, "chat/_rooms.html", {"places": [reading.as_row(each) for each in places], "closed": closed})


@require_http_methods(["GET", "POST"])
@allowed(permissions.OPEN_ROOM)
def new_room(request: HttpRequest) -> HttpResponse:
    """Open a room for a purpose."""
    form, now = OpenRoomForm(request.POST or None), timezone.now()
    if request.method == "POST" and form.is_valid():
        try:
            room = services.open_room(request.actor, name=form.cleaned_data["name"], **form.values(now), now=now)  # type: ignore[attr-defined]
        except Refused as refusal:
            refused(form, refusal)
        else:
            return done(_("The room is open."), go=f"{reverse('chat')}?room={room.pk}")
    return render(request, "chat/_open.html", {"form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@allowed(permissions.VIEW)
def members(request: HttpRequest, room_id: int) -> HttpResponse:
    """Who is in a room and how far each has read; more are let in here."""
    actor, now = request.actor, timezone.now()  # type: ignore[attr-defined]
    form = InviteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.invite(actor, room_id=room_id, **form.values(now), now=now)
        except Refused as refusal:
            refused(form, refusal)
        else:
            form = InviteForm()
    return render(request, "chat/_members.html", reading.members(actor, room_id) | {"form": form}, status=422 if form.errors else 200)


@require_POST
@allowed(permissions.VIEW)
def end_invitation(request: HttpRequest, room_id: int, invitation: int) -> HttpResponse:
    """Let somebody out again, or leave."""
    actor = request.actor  # type: ignore[attr-defined]
    is_own = selectors.is_own_invitation(actor, invitation)
    services.end_invitation(actor, room_id=room_id, invitation_id=invitation, now=timezone.now())
    back = reverse("chat_resume_invitation", args=[room_id, invitation])
    return done(_("You have left the room.") if is_own else _("The invitation is ended."), undo={"url": back})


@require_POST
@allowed(permissions.VIEW)
def resume_invitation(request: HttpRequest, room_id: int, invitation: int) -> HttpResponse:
    """Take back that one left, or let somebody out."""
    services.resume_invitation(request.actor, room_id=room_id, invitation_id=invitation, now=timezone.now())  # type: ignore[attr-defined]
    return done(_("As before: the invitation stands."))


@require_POST
@allowed(permissions.VIEW)
def close_room(request: HttpRequest, room_id: int) -> HttpResponse:
    """Close a room that was made for a purpose."""
    services.close_room(request.actor, room_id=room_id, now=timezone.now())  # type: ignore[attr-defined]
    return done(_("The room is closed. It stays readable."), undo={"url": reverse("chat_reopen", args=[room_id])})


@require_POST
@allowed(permissions.VIEW)
def reopen_room(request: HttpRequest, room_id: int) -> HttpResponse:
    """Open a room that was made for a purpose again."""
    services.reopen_room(request.actor, room_id=room_id, now=timezone.now())  # type: ignore[attr-defined]
    return done(_("The room is open again."))


@require_GET
@allowed(permissions.EXPORT)
def export(request: HttpRequest, room_id: int, format: str) -> HttpResponse:
    """A whole room as a file; taking it out is recorded."""
    write, media_type = {"json": (exporting.as_json, "application/json"), "pdf": (exporting.as_pdf, "application/pdf")}[format]
    answer = HttpResponse(write(request.actor, room_id, now=timezone.now()), content_type=media_type)  # type: ignore[attr-defined]
    answer["Content-Disposition"] = f'attachment; filename="room-{room_id}.{format}"'
    return answer


@require_http_methods(["GET", "POST"])
@allowed(permissions.VIEW)
def refuse(request: HttpRequest, addressee_id: int) -> HttpResponse:
    """Say that an order cannot be done, and why."""
    actor, now = request.actor, timezone.now()  # type: ignore[attr-defined]
    order = next((each for each in ordered.waiting_for(actor, unit_id=None, now=now) if each.pk == addressee_id), None)
    if order is None:
        raise NotFound
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.advance_order(
                actor, addressee_id=addressee_id, step="REFUSED", reason=form.cleaned_data["reason"], moment=Moment(at=now), now=now
            )
        except Refused as refusal:
            refused(form, refusal)
        else:
            return done(_("It is said that the order cannot be done."))
    return render(request, "chat/_refuse.html", {"order": order, "form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@allowed(permissions.VIEW)
def task(request: HttpRequest, room_id: int, seq: int) -> HttpResponse:
    """Make a message a task of a department."""
    actor = request.actor  # type: ignore[attr-defined]
    found = selectors.message(actor, room_id, seq)
    form = TaskForm(request.POST or None, initial={"title": " ".join(str(found["text"]).split())[:200]})
    form.fields.pop("title")
    if request.method == "POST" and form.is_valid():
        now, values = timezone.now(), form.cleaned_data
        due = now + timedelta(minutes=values["due_minutes"]) if values["due_minutes"] else None
        try:
            services.keep_as_task(actor, room_id=room_id, seq=seq, department_id=values["department_id"], due_at=due, now=now)
        except Refused as refusal:
            refused(form, refusal)
        else:
            return done(_("The task is given."))
    return render(request, "chat/_task.html", {"room_id": room_id, "message": found, "form": form}, status=422 if form.errors else 200)
