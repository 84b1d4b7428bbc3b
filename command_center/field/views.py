"""Pages of the tablet: a shell that names nobody and so may be kept, the worker that keeps it, and who is signed in."""

import json
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from access.faces import allowed
from command_center.field import shell, words
from gis import selectors as gis
from incidents import permissions


@require_GET
@never_cache
@allowed(permissions.ANSWER_TASK)
def page(request: HttpRequest) -> HttpResponse:
    """The shell: the same for everybody of one language, with nothing in it that happened."""
    answer = render(request, "field/shell.html", {"version": shell.version(), "words": words.catalogue(), "tables": words.tables()})
    answer["X-Field-Shell"] = shell.version()
    return answer


@require_GET
@never_cache
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker, for /field/ only. With `?sync` it is a module that can send what waits while no page is open."""
    kept = {"version": shell.version(), "files": shell.addresses(), "page": reverse("field_page")}
    kept |= {"session": reverse("field_session"), "push": reverse("api:field-push")}
    begin = f"const CITY = {json.dumps(kept)};\n"
    if "sync" in request.GET:
        begin = f'import {{ flush as flushOutbox }} from "{static("js/field/outbox.js")}";\n{begin}self.flushOutbox = flushOutbox;\n'
    answer = HttpResponse(begin + shell.worker(), content_type="text/javascript; charset=utf-8")
    answer["Service-Worker-Allowed"] = reverse("field_page")
    return answer


@require_GET
def manifest(request: HttpRequest) -> JsonResponse:
    """What the tablet shows of it when it is installed."""
    start = reverse("field_page")
    answer = JsonResponse(
        {
            "id": start, "start_url": start, "scope": start, "display": "standalone", "orientation": "any", "lang": get_language(),
            "name": _("City field"), "short_name": _("Field"), "background_color": "#DDE0E2", "theme_color": "#2F4558",
            "icons": [{"src": static("field/icon.svg"), "sizes": "any", "type": "image/svg+xml", "purpose": "any maskable"}],
        },
        content_type="application/manifest+json",
    )  # fmt: skip
    answer["Cache-Control"] = "no-cache"
    return answer


@require_GET
@never_cache
def session(request: HttpRequest) -> JsonResponse:
    """Who is signed in, with a fresh CSRF token, our clock and the version of the shell; 401 for nobody."""
    if not request.user.is_authenticated:
        return JsonResponse({"person": None}, status=401)
    request_actor: Any = request.actor  # type: ignore[attr-defined]
    return JsonResponse(
        {
            "person": str(request_actor.user_id), "name": request_actor.label, "csrf": get_token(request), "version": shell.version(),
            "now": timezone.now().isoformat(timespec="milliseconds"), "map": gis.basemap().kind,
        }
    )  # fmt: skip
