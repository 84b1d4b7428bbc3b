"""The review of broken glass: the list, and one with all that was looked at, to say in words what it was."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from access import permissions
from access.faces import allowed, done
from access.forms import refused
from access.glass import reading, verbs
from access.glass.shapes import ReviewForm
from kit.errors import Refused


@require_GET
@allowed(permissions.REVIEW_GLASS)
def listing(request: HttpRequest) -> HttpResponse:
    """Broken glass that waits for words; with `all=1` what was reviewed too."""
    only_open = request.GET.get("all") != "1"
    page = reading.glass(request.actor, only_open=only_open, cursor=request.GET.get("cursor") or None, limit=None)  # type: ignore[attr-defined]
    return render(request, "access/glass.html", {"page": page, "only_open": only_open})


@require_http_methods(["GET", "POST"])
@allowed(permissions.REVIEW_GLASS)
def review(request: HttpRequest, glass_id: int) -> HttpResponse:
    """Who broke the glass, why, and what was looked at; and the words for it."""
    actor = request.actor  # type: ignore[attr-defined]
    shown = reading.one(actor, glass_id)
    form = ReviewForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            verbs.review_glass(actor, glass_id=glass_id, now=timezone.now(), **form.cleaned_data)
        except Refused as refusal:
            refused(form, refusal)
        else:
            return done(_("The review is recorded."))
    context = {"each": shown, "lines": reading.lines_of(shown), "form": form}
    return render(request, "access/_review.html", context, status=422 if form.is_bound else 200)
