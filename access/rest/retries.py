"""`Idempotency-Key`: the same command twice is one command, also when both come at once."""

import hmac
import re
from collections.abc import Callable

from django.conf import settings
from django.db import transaction
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request

from access import idempotency
from access.rest.throttles import caller
from kit.errors import Invalid

HEADER = "Idempotency-Key"
REMEMBERED = ("ETag", "Location", "Upload-Offset", "Upload-Length", "Upload-Expires", "Tus-Resumable")
TELLING = ("Upload-Length", "Upload-Metadata")  # what an upload is announced by stands in headers
KEY = re.compile(r"^[\x21-\x7e]{1,100}$")


def once(request: Request, run: Callable[[], HttpResponse], refused: Callable[[Exception], HttpResponse]) -> HttpResponse:
    """Run a command under its key, if it has one. A refusal is remembered too, a fault of ours is not."""
    key = request.headers.get(HEADER)
    if key is None:
        return run()
    if not KEY.match(key):
        raise Invalid({HEADER: _("1 to 100 printable characters without blanks.")})
    digest = _digest(request)
    with transaction.atomic():
        held = idempotency.hold(caller(request), key, digest, now=timezone.now())
        if isinstance(held, idempotency.Kept):
            return _again(held)
        try:
            with transaction.atomic():
                response = run()
        except Exception as error:  # noqa: BLE001  (what is not expected is raised again by `refused`)
            response = refused(error)
        if response.status_code >= 500:
            transaction.set_rollback(True)
            return response
        headers = {name: response[name] for name in (*REMEMBERED, "Content-Type") if name in response}
        idempotency.keep(held, idempotency.Kept(response.status_code, response.content, headers))
    return response


def _again(kept: idempotency.Kept) -> HttpResponse:
    response = HttpResponse(kept.body, status=kept.status, headers=kept.headers)
    response["Idempotency-Replayed"] = "true"
    return response


def _digest(request: Request) -> str:
    """What makes two requests the same: method, address and content; boundaries of multipart bodies do not count.

    Keyed with the city's secret: a short body may hold a telephone number, which a plain hash would give away to who tries them all.
    """
    digest = hmac.new(settings.SECRET_KEY.encode(), f"{request.method} {request.get_full_path()}\n".encode(), "sha256")
    for name in TELLING:
        if name in request.headers:
            digest.update(f"\n{name}: {request.headers[name]}\n".encode())
    if request.content_type.startswith("multipart/"):
        for name, value in sorted(request.data.items(), key=lambda pair: pair[0]):
            digest.update(f"\n{name}={getattr(value, 'name', value)}\n".encode())
            if hasattr(value, "chunks"):
                for chunk in value.chunks():
                    digest.update(chunk)
                value.seek(0)
    else:
        digest.update(request._request.body)
    return digest.hexdigest()
