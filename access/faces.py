"""What the pages of every room share: the entrance, and how a page is told what came of a command."""

import io
from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag, url_has_allowed_host_and_scheme
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django_htmx.http import trigger_client_event

from access import policy
from kit import sheets

View = Callable[..., HttpResponse]


def signed_in(view: View) -> View:
    """Only for those who signed in: a page sends others to the door, a fragment tells them so."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.user.is_authenticated:
            return view(request, *args, **kwargs)
        if is_fragment(request):
            return HttpResponse(_("You are signed out. Sign in again."), status=401, content_type="text/plain; charset=utf-8")
        return redirect_to_login(request.get_full_path())

    return guarded


def allowed(action: str) -> Callable[[View], View]:
    """Only for those who may do an action somewhere."""

    def wrap(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            policy.require(request.actor, action, None)  # type: ignore[attr-defined]
            return view(request, *args, **kwargs)

        return signed_in(guarded)

    return wrap


def is_fragment(request: HttpRequest) -> bool:
    """Whether a part of a page was asked for."""
    return request.headers.get("HX-Request") == "true" or request.headers.get("Sec-Fetch-Mode") in {"cors", "same-origin"}


def done(sentence: str, **detail: Any) -> HttpResponse:
    """Nothing to show, but something to say: `undo` {url, values}, `incident` id, `choose` id, `go` address."""
    return trigger_client_event(HttpResponse(status=204), "done", {"sentence": sentence, **detail})


def back(request: HttpRequest) -> HttpResponse:
    """To the page of ours where the form stood (`next`), else to the profile; never elsewhere."""
    wanted = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    return redirect(wanted if is_ours else "profile")


def sheet(name: str, rows: Iterable[Iterable[Any]]) -> HttpResponse:
    """Rows as a CSV file that a spreadsheet opens and never runs, called by its name and the day."""
    out = io.StringIO()
    sheets.write(out, rows)
    answer = HttpResponse(out.getvalue(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}-{timezone.localdate():%Y%m%d}.csv"'
    return answer


def unchanged(request: HttpRequest, tag: str) -> HttpResponse | None:
    """The 304 for a reader who has this version already, in the same language."""
    etag = quote_etag(f"{tag}:{get_language()}")
    answer = get_conditional_response(request, etag=etag)
    return answer if answer is not None and answer.status_code == 304 else None


def tagged(response: HttpResponse, tag: str) -> HttpResponse:
    """Let the reader ask whether it changed; never let it be stored for others."""
    response["ETag"] = quote_etag(f"{tag}:{get_language()}")
    response["Cache-Control"] = "private, no-cache"
    response["Vary"] = "Cookie, Accept-Language"
    return response


def address(name: str) -> str:
    """The address of a page of a room that may not be installed; empty without it."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""
