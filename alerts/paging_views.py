"""A person's own pages, the answer to one, and calling a post."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from access.faces import allowed, done, signed_in
from alerts import permissions, selectors, services
from alerts.forms import CallForm
from kit.errors import Refused
from resources import selectors as resources
from resources.models import Post


@require_GET
@signed_in
def mine(request: HttpRequest) -> HttpResponse:
    """The pages that wait for the reader's answer."""
    answer = render(request, "alerts/_paged.html", {"pages": selectors.own_pages(request.actor)})  # type: ignore[attr-defined]
    answer["Cache-Control"] = "no-store"
    return answer


@require_POST
@signed_in
def answer(request: HttpRequest, page_id: int) -> HttpResponse:
    """The reader has it."""
    services.answer_page(request.actor, page_id=page_id, now=timezone.now())  # type: ignore[attr-defined]
    return done(_("You have it. Nobody else is paged."))


@require_http_methods(["GET", "POST"])
@allowed(permissions.PAGE)
def call(request: HttpRequest, post_id: int) -> HttpResponse:
    """Page those on duty at a post."""
    actor = request.actor  # type: ignore[attr-defined]
    post: Post | None = resources.posts(actor).filter(pk=post_id).first()
    if post is None:
        raise Http404
    form = CallForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.call_post(actor, post_id=post.pk, now=timezone.now(), **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, refusal.in_full)
        else:
            return done(_("Paged."), roster=True)
    context = {"form": form, "post": post, "held": resources.on_duty(post, timezone.now())}
    return render(request, "alerts/_call.html", context, status=422 if form.errors else 200)
