"""Situation reports for people outside: given and taken back by people of the city, opened by a link that needs no account."""

import time
from collections.abc import Callable
from datetime import datetime
from typing import Any, ClassVar

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from access.faces import allowed, done
from files import serving
from incidents import board, handing_out, permissions, selectors, services, shown
from incidents.forms import refused
from incidents.forms_outside import HandoutForm
from incidents.models import Handout
from incidents.models.incidents import State
from incidents.services.handouts import OpenedTooOften
from incidents.views.common import crew_line
from kit import paper
from kit.errors import NotFound, Refused

LINES = 200


class Guesses:
    """Wrong links by address, for a minute, in this process: a secret has 256 bits, this keeps the log short."""

    MOST = 20
    _minute: ClassVar[int] = 0
    _wrong: ClassVar[dict[str, int]] = {}

    @classmethod
    def are_too_many(cls, address: str) -> bool:
        """Whether an address has tried too often in this minute."""
        minute = int(time.time()) // 60
        if minute != cls._minute:
            cls._minute, cls._wrong = minute, {}
        return cls._wrong.get(address, 0) >= cls.MOST

    @classmethod
    def note(cls, address: str) -> None:
        """One more wrong link."""
        cls._wrong[address] = cls._wrong.get(address, 0) + 1


@require_http_methods(["GET", "POST"])
@allowed(permissions.HAND_OUT)
def hand_out(request: HttpRequest, number: str) -> HttpResponse:
    """Who outside has the situation report of an incident, and who else gets it; the link is shown this once."""
    actor = request.actor  # type: ignore[attr-defined]
    incident = selectors.incident(actor, number)
    now = timezone.now()
    files = {"files": handing_out.fit(incident), "unchanged": handing_out.unmarkable(incident)}
    form = HandoutForm(request.POST or None, **files)
    link, made = "", None
    if request.method == "POST" and form.is_valid():
        try:
            made, secret = services.hand_out(actor, incident_id=incident.pk, now=now, **form.asked(now))
        except Refused as refusal:
            refused(form, refusal)
        else:
            link = "" if made.email else settings.PUBLIC_URL.rstrip("/") + reverse("outside", args=[secret])
            form = HandoutForm(**files)  # the same press once more would give it twice
    handouts = selectors.handouts(incident)
    context = {"incident": incident, "form": form, "handouts": handouts, "link": link, "made": made, "now": now}
    answer = render(request, "incidents/_hand_out.html", context, status=422 if form.errors else 200)
    answer["Cache-Control"] = "no-store"
    return answer


@require_POST
@allowed(permissions.HAND_OUT)
def end(request: HttpRequest, handout_id: int) -> HttpResponse:
    """Take a report back: its link opens nothing any more."""
    row = services.end_handout(request.actor, handout_id=handout_id, now=timezone.now())  # type: ignore[attr-defined]
    return done(_("The report for %(who)s is taken back.") % {"who": row.recipient}, incident=row.incident_id)


@require_GET
@allowed(permissions.HAND_OUT)
def receipt(request: HttpRequest, handout_id: int) -> HttpResponse:
    """One sentence for who gave a report: it was opened for the first time, or its mail was given up. Nothing else is told this way."""
    row = selectors.own_handout(request.actor, handout_id)  # type: ignore[attr-defined]
    values = {"who": row.recipient, "number": row.incident.number, "why": row.mail_says}
    if row.fault:
        said = _("The situation report of %(number)s could not be mailed to %(who)s: %(why)s. It can be sent again.") % values
    elif row.openings == 1:
        said = _("%(who)s has opened the situation report of %(number)s.") % values
    else:
        return HttpResponse(status=204)
    return HttpResponse(said, content_type="text/plain")


@require_POST
@allowed(permissions.HAND_OUT)
def mail_again(request: HttpRequest, handout_id: int) -> HttpResponse:
    """Mail a report once more that could not be mailed."""
    row = services.retry_handout_mail(request.actor, handout_id=handout_id, now=timezone.now())  # type: ignore[attr-defined]
    return done(_("It is sent once more."), incident=row.incident_id)


@require_http_methods(["GET", "POST"])
def door(request: HttpRequest, secret: str) -> HttpResponseBase:
    """The link of somebody outside: a page that says nothing, and behind its buttons the report and the list of files that come with it.

    A mail scanner's look opens nothing.
    """
    now = timezone.now()
    if request.method == "GET":
        return _sealed(render(request, "outside/door.html", {"refusal": None, "has_files": _has_files(secret, now)}))
    opened = _listed if request.POST.get("what") == "files" else _opened
    return _guarded(request, lambda: opened(request, secret, now))


@require_POST
def file(request: HttpRequest, secret: str, attachment_id: int) -> HttpResponseBase:
    """A file that comes with the report unchanged, as a download that is counted."""

    def taken() -> HttpResponseBase:
        given = services.take_handout_file(request.actor, secret=secret, attachment_id=attachment_id, now=timezone.now())  # type: ignore[attr-defined]
        return serving.respond(request, given, is_download=True)

    return _guarded(request, taken)


def _guarded(request: HttpRequest, give: Callable[[], HttpResponseBase]) -> HttpResponseBase:
    """What a link gives, or the door with the reason why not."""
    address = request.META.get("REMOTE_ADDR", "")
    if Guesses.are_too_many(address):
        return _refusing(request, OpenedTooOften().sentence, 429)
    try:
        return _sealed(give())
    except NotFound:
        Guesses.note(address)
        return _refusing(request, _("This link opens nothing, or nothing any more."), 404)
    except Refused as refusal:
        return _refusing(request, refusal.sentence, refusal.status)


def _refusing(request: HttpRequest, why: Any, status: int) -> HttpResponseBase:
    return _sealed(render(request, "outside/door.html", {"refusal": why}, status=status))


def _has_files(secret: str, now: datetime) -> bool:
    try:
        return bool(handing_out.enclosed(handing_out.running(secret, now)))
    except NotFound:
        return False


def _listed(request: HttpRequest, secret: str, now: datetime) -> HttpResponse:
    row = handing_out.running(secret, now)
    return render(request, "outside/files.html", {"handout": row, "files": handing_out.enclosed(row), "secret": secret})


def _opened(request: HttpRequest, secret: str, now: datetime) -> HttpResponse:
    row = services.open_handout(request.actor, secret=secret, now=now)  # type: ignore[attr-defined]
    answer = HttpResponse(_paper(row), content_type="application/pdf")
    answer["Content-Disposition"] = 'inline; filename="report.pdf"'
    return answer


def _paper(row: Handout) -> bytes:
    """The report as PDF in its reader's language, with the reader's name and the time across every page."""
    with translation.override(row.language):
        files = handing_out.appended(row)
        found = shown.report(row.incident_id, row.level, lines=LINES)
        context = {
            "incident": found.incident,
            "panel": found,
            "five": board.five(found.incident),
            "milestones": board.milestones(found.incident),
            "crew": [crew_line(each) for each in found.assignments],
            "state_label": State(found.incident.state).label,  # type: ignore[attr-defined]
            "city_name": settings.CITY_NAME,
            "made_by": row.recipient,
            "made_at": row.opened_at,
            "handout": row,
            "files": [each.name for each in files],
            "unchanged": handing_out.enclosed(row),
        }
        return paper.render(render_to_string("paper/situation.html", context), appended=files)


def _sealed(answer: HttpResponseBase) -> HttpResponseBase:
    """Kept by nobody, found by no search engine, and its address told to no other site.

    A page with a button must say to ourselves where it was pressed: under `no-referrer` browsers send `Origin: null`, which is refused.
    """
    answer["Cache-Control"] = "no-store"
    answer["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    is_page = answer["Content-Type"].startswith("text/html")
    answer["Referrer-Policy"] = "same-origin" if is_page else "no-referrer"
    return answer
