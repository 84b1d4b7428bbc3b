"""Pages of one's own exports: how far each is, the finished file, and ending one."""

from datetime import datetime
from uuid import UUID

from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.views.decorators.http import require_GET, require_POST

from access.exports import kinds, reading, verbs
from access.faces import is_fragment, signed_in


@require_GET
@signed_in
def listing(request: HttpRequest) -> HttpResponse:
    """What one asked for, newest first."""
    return render(request, "access/exports.html", {"exports": reading.exports_of(request.actor, now=timezone.now())})  # type: ignore[attr-defined]


@require_GET
@signed_in
def one(request: HttpRequest, export_key: UUID) -> HttpResponse:
    """One export; its live part alone for the page that asks again."""
    shown = reading.export_of(request.actor, export_key, now=timezone.now())  # type: ignore[attr-defined]
    return render(request, "access/_export.html" if is_fragment(request) else "access/export.html", {"shown": shown})


@require_POST
@signed_in
def cancel(request: HttpRequest, export_key: UUID) -> HttpResponse:
    """End the making of it, or delete what was made."""
    made = verbs.cancel_export(request.actor, key=export_key, now=timezone.now())  # type: ignore[attr-defined]
    return redirect("export", made.key)


@require_GET
@signed_in
def fetch(request: HttpRequest, export_key: UUID) -> HttpResponse:
    """The finished file, for who asked for it."""
    made, path = verbs.fetch_export(request.actor, key=export_key, now=timezone.now())  # type: ignore[attr-defined]
    kind = kinds.kind_of(made.kind)
    name = file_name(kind.name, made.asked_at, made.format)
    answer = FileResponse(path.open("rb"), content_type=kind.media_types[made.format], as_attachment=True, filename=name)
    answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer["Cache-Control"] = "private, no-store"
    return answer  # type: ignore[return-value]


def file_name(kind: str, at: datetime, ending: str) -> str:
    """What a file is called: the list and the day."""
    return f"{kind}-{timezone.localtime(at):%Y%m%d}.{ending}"


def ask(request: HttpRequest, *, kind: str, format: str, query: str, rows: int) -> HttpResponse:
    """Ask for a list as a file and go to the page that shows how far it is; what lists do with more than can be waited for."""
    made = verbs.ask_export(
        request.actor,  # type: ignore[attr-defined]
        kind=kind, format=format, query=query, rows=rows, language=translation.get_language() or "", now=timezone.now(),
    )  # fmt: skip
    return redirect("export", made.key)
