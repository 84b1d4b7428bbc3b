"""Every refusal of the API is `application/problem+json` (RFC 9457) with the request's id."""

import logging
from collections.abc import Mapping
from typing import Any

import orjson
from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.db import IntegrityError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from psycopg.errors import UniqueViolation
from rest_framework import exceptions

from kit import context
from kit.errors import Invalid, Refused, Stale

MEDIA_TYPE = "application/problem+json"
logger = logging.getLogger(__name__)


def problem(path: str, status: int, code: str, title: str, **more: Any) -> HttpResponse:
    """The answer to a request that is refused: `title` is a sentence for a human, `code` stays the same for machines."""
    body = {
        "type": f"urn:city:refusal:{code}",
        "title": title,
        "status": status,
        "code": code,
        "instance": path,
        "request_id": context.request_id.get(),
        **more,
    }
    response = HttpResponse(orjson.dumps(body), status=status, content_type=MEDIA_TYPE)
    response["Cache-Control"] = "no-store"
    return response


def of_refusal(path: str, refusal: Refused, *, is_reading: bool = False) -> HttpResponse:
    """The city says no. What changed since it was read is a failed precondition; what is wrong in a question stands in its address."""
    body = refusal.as_problem()
    code, title = body.pop("code"), body.pop("title")
    status = 412 if isinstance(refusal, Stale) else 400 if is_reading and isinstance(refusal, Invalid) else body["status"]
    response = problem(path, status, code, title, **{name: value for name, value in body.items() if name not in ("type", "status")})
    if status == 503:
        response["Retry-After"] = "5"
    return response


def answer_to(error: Exception, around: Mapping[str, Any]) -> HttpResponse | None:
    """DRF's exception handler: what is expected becomes a problem, the rest is left to crash and be logged once."""
    path = around["request"].path
    if isinstance(error, Refused):
        return of_refusal(path, error, is_reading=around["request"].method == "GET")
    if isinstance(error, Http404):
        return problem(path, 404, "not_found", _("There is no such thing here."))
    if isinstance(error, PermissionDenied):
        return problem(path, 403, "forbidden", _("You are not allowed to do this."))
    if isinstance(error, RequestDataTooBig):
        return problem(path, 413, "too_large", _("The body is too large."))
    if isinstance(error, SuspiciousOperation):
        return problem(path, 400, "malformed", _("The request is malformed."))
    if isinstance(error, IntegrityError) and isinstance(error.__cause__, UniqueViolation):
        # The last wall: two did the same in the same moment, and the database let one through.
        logger.warning("unique constraint answered as a conflict: %s", error)
        return problem(path, 409, "conflict", _("Somebody did the same at the same moment."))
    if isinstance(error, OperationalError):
        logger.exception("the database does not answer")
        response = problem(path, 503, "unavailable", _("A service that this needs does not answer. Try again in a moment."))
        response["Retry-After"] = "5"
        return response
    if isinstance(error, exceptions.APIException):
        return _of_framework(path, error)
    return None


def _of_framework(path: str, error: exceptions.APIException) -> HttpResponse:
    more = {"fields": flat(error.detail)} if isinstance(error, exceptions.ValidationError) else {}
    title = _("Some of what was entered is not valid.") if more else str(error.detail)
    status = 422 if more else error.status_code
    code = "invalid" if more else str(error.default_code)
    response = problem(path, status, code, title, **more)
    if getattr(error, "auth_header", None):
        response["WWW-Authenticate"] = error.auth_header
    if getattr(error, "wait", None) is not None:
        response["Retry-After"] = str(int(error.wait) + 1)
    return response


def flat(detail: Any, under: str = "") -> dict[str, str]:
    """Nested reasons as one level: {"point": "...", "caller.phone": "..."}."""
    if isinstance(detail, Mapping):
        parts = [flat(value, f"{under}.{name}" if under else str(name)) for name, value in detail.items()]
        return {name: reason for part in parts for name, reason in part.items()}
    if isinstance(detail, list) and any(isinstance(one, (Mapping, list)) for one in detail):
        return flat({str(place): one for place, one in enumerate(detail) if one}, under)
    return {under or "body": " ".join(map(str, detail)) if isinstance(detail, list) else str(detail)}


@csrf_exempt
def no_such_address(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
    """Any address under the API that leads nowhere."""
    return problem(request.path, 404, "not_found", _("There is no such address. Addresses of the API end in a slash."))


def server_error(request: HttpRequest) -> HttpResponse:
    """A fault of ours, logged once under the request's id."""
    return problem(request.path, 500, "fault", _("Something went wrong here. It has been logged under this request's id."))
