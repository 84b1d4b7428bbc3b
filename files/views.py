"""A file and its thumbnail, for pages; who may is asked of the room that adopted it."""

from uuid import UUID

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.views.decorators.http import require_safe

from access.faces import signed_in
from files import services, serving, storage


@require_safe
@signed_in
def show(request: HttpRequest, file_key: UUID) -> HttpResponseBase:
    """The file itself, shown where a browser may show it; `?download=1` saves it. Looking is recorded."""
    opened = services.open_file(request.actor, key=file_key, part=storage.CONTENT, is_piece=serving.is_piece(request), now=timezone.now())  # type: ignore[attr-defined]
    return serving.respond(request, opened, is_download=request.GET.get("download") == "1")


@require_safe
@signed_in
def thumbnail(request: HttpRequest, file_key: UUID) -> HttpResponseBase:
    """A picture made small."""
    opened = services.open_file(request.actor, key=file_key, part=storage.THUMBNAIL, is_piece=True, now=timezone.now())  # type: ignore[attr-defined]
    answer = serving.respond(request, opened, is_download=False)
    answer["Cache-Control"] = "private, no-cache"  # asked again each time: leave to look may be taken back
    return answer
