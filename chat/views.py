"""Pages of rooms. What is said in them is fetched and sent by the scripts, through the same addresses that programs use."""

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from access.faces import allowed, done
from chat import catalogue, permissions, reading, selectors, services
from incidents.forms import TaskForm, refused
from kit.errors import Refused


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
@allowed(permissions.VIEW)
def rooms(request: HttpRequest) -> HttpResponse:
    """The list of rooms, fresh; with `closed=1` those that are over."""
    places = selectors.places(request.actor, closed=request.GET.get("closed") == "1")  # type: ignore[attr-defined]
    return render(request, "chat/_rooms.html", {"places": [reading.as_row(each) for each in places]})


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
