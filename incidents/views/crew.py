"""The phone of a crew: which unit it speaks for, what that unit has to do, and one press for what it does."""

import hmac
from collections.abc import Callable
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from access import idempotency
from access.faces import allowed, tagged, unchanged
from incidents import crew, permissions, services
from incidents.models.assignments import Source
from incidents.services.common import Moment
from kit.errors import Refused

UNIT_COOKIE = "crew-unit"
MOST_KEY = 60


@require_GET
@allowed(permissions.ADVANCE)
def choose(request: HttpRequest) -> HttpResponse:
    """The units one may speak for; the one that this phone spoke for last opens at once."""
    actor = request.actor  # type: ignore[attr-defined]
    last = request.COOKIES.get(UNIT_COOKIE, "")
    if "choose" not in request.GET and last.isdigit() and crew.may_speak_for(actor, int(last)):
        return redirect("crew_unit", int(last))
    words = request.GET.get("q", "")[:60]
    return render(request, "crew/choose.html", {"units": crew.units_to_speak_for(actor, words=words), "words": words})


@require_GET
@allowed(permissions.ADVANCE)
def unit(request: HttpRequest, unit_id: int) -> HttpResponse:
    """The page of one unit."""
    answer = render(request, "crew/unit.html", {"crew": crew.crew_view(request.actor, unit_id=unit_id, now=timezone.now())})  # type: ignore[attr-defined]
    answer.set_cookie(UNIT_COOKIE, str(unit_id), max_age=14 * 86400, samesite="Lax", httponly=True, secure=request.is_secure(), path="/crew/")
    return answer


@require_GET
@allowed(permissions.ADVANCE)
def now(request: HttpRequest, unit_id: int) -> HttpResponse:
    """The live part of the page."""
    view = crew.crew_view(request.actor, unit_id=unit_id, now=timezone.now())  # type: ignore[attr-defined]
    job = f"{view.job.pk}.{view.job.version}.{view.job.incident.version}" if view.job else ""
    others = ",".join(f"{each.pk}.{each.version}" for each in (*view.beside, *view.behind))
    tag = f"{view.unit.version}.{job}.{others}.{view.hint.step if view.hint else ''}.{permissions.ADVANCE}"
    return unchanged(request, tag) or tagged(render(request, "crew/_unit.html", {"crew": view}), tag)


@require_POST
@allowed(permissions.ADVANCE)
def say(request: HttpRequest, unit_id: int) -> HttpResponse:
    """One press (`state`, perhaps with a `reason`), made at a time (`at`) by its own clock (`device_at`), sent again until it was heard."""
    actor = request.actor  # type: ignore[attr-defined]

    def press() -> HttpResponse:
        heard = timezone.now()
        moment = Moment(at=min(_time(request, "at") or heard, heard), source=Source.BUTTON, device_at=_time(request, "device_at"))
        said = services.say_of_unit(
            actor,
            unit_id=unit_id,
            state=request.POST.get("state", ""),
            label="",
            reason=request.POST.get("reason", ""),
            moment=moment,
            now=heard,
        )
        return HttpResponse(_("%(unit)s: %(step)s") % {"unit": said.unit.code, "step": said.state.label}, content_type="text/plain; charset=utf-8")

    return _once(request, press)


def _once(request: HttpRequest, run: Callable[[], HttpResponse]) -> HttpResponse:
    """Do a press once, however often its phone sends it; a refusal is remembered too."""
    key = request.POST.get("press", "")[:MOST_KEY]
    if not key:
        return run()
    actor = request.actor  # type: ignore[attr-defined]
    digest = hmac.new(settings.SECRET_KEY.encode(), f"{request.path}\n{request.POST.urlencode()}".encode(), "sha256").hexdigest()
    with transaction.atomic():
        held = idempotency.hold(actor.key, f"crew:{key}", digest, now=timezone.now())
        if isinstance(held, idempotency.Kept):
            return HttpResponse(held.body, status=held.status, content_type="text/plain; charset=utf-8")
        try:
            with transaction.atomic():
                answer = run()
        except Refused as refusal:
            answer = HttpResponse(refusal.sentence, status=refusal.status, content_type="text/plain; charset=utf-8")
        idempotency.keep(held, idempotency.Kept(answer.status_code, answer.content, {}))
    return answer


def _time(request: HttpRequest, name: str) -> datetime | None:
    """A time as the page wrote it; one that is none is left out."""
    try:
        found = parse_datetime(request.POST.get(name, "")[:40])
    except ValueError:
        return None
    return found if found is not None and timezone.is_aware(found) else None
