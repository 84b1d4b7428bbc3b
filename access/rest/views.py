"""The base of all views of the API, and `@operation`, which checks what comes in and dresses what goes out."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import wraps
from typing import Any, TypeVar, cast

from django.db import transaction
from django.http import HttpResponse, HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.views import APIView

from access.actors import Actor
from access.rest import conditions, retries
from access.rest.problems import flat
from access.rest.schema import CitySchema
from access.rest.shapes import Nothing, Shape
from access.rest.throttles import CallerThrottle
from access.rest.wire import MEDIA_TYPE, JsonParser, JsonRenderer, dump
from kit.errors import Refused

Serializer = serializers.BaseSerializer[Any]


class BadQuery(Refused):
    """A filter that does not exist, or a value that it cannot have."""

    code = "bad_query"
    status = 400
    says = _("Some of the query is not valid.")

    def __init__(self, fields: dict[str, str]) -> None:
        self.fields = fields
        super().__init__()

    def as_problem(self) -> dict[str, Any]:
        return super().as_problem() | {"fields": self.fields}


@dataclass(frozen=True, slots=True)
class Call:
    """A checked request: who asks, when, and the values of its body and query."""

    actor: Actor
    now: datetime
    request: Request
    body: dict[str, Any]
    query: dict[str, Any]

    def expected_version(self, *, is_required: bool) -> int | None:
        """The version named by If-Match."""
        return conditions.expected_version(self.request, is_required=is_required)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a view gives back: a thing for its shape (or `raw` JSON that is ready), its version, its address when new."""

    thing: Any = None
    raw: bytes | None = None
    version: int | None = None
    status: int | None = None
    location: str | None = None


@dataclass(frozen=True, slots=True)
class Operation:
    """What a method takes and gives; the OpenAPI schema is made from it too."""

    takes: type[Shape] | None = None
    gives: type[Serializer] | None = None
    query: type[Shape] | None = None
    status: int = 200
    also: Sequence[int] = ()
    refusals: Sequence[int] = ()
    is_versioned: bool = False
    needs_match: bool = False
    may_match: bool = False
    media: str = ""
    many: bool = False
    is_private: bool = False
    is_stream: bool = False
    headers: Mapping[str, str] = field(default_factory=dict)


Method = TypeVar("Method", bound=Callable[..., Any])


def operation(**settings: Any) -> Callable[[Method], Method]:
    """Declare a method of an `ApiView`: `takes`, `gives`, `query`, `status` ... as in `Operation`."""
    declared = Operation(**settings)

    def wrap(method: Method) -> Method:
        @wraps(method)
        def handle(self: "ApiView", request: Request, **path: Any) -> HttpResponseBase:
            def run() -> HttpResponse:
                call = Call(request.actor, timezone.now(), request, _body(request, declared), _query(request, declared))
                return _dress(request, declared, method(self, call, **path))

            if (declared.may_match or declared.needs_match) and "If-Match" in request.headers:
                with transaction.atomic():  # the version that was compared stays locked until the verb has run
                    return _once(self, request, run)
            return _once(self, request, run)

        handle.operation = declared  # type: ignore[attr-defined]
        return handle  # type: ignore[return-value]

    return wrap


class ApiView(APIView):
    """Signed in by token or session, JSON both ways, problems in words."""

    parser_classes: Sequence[Any] = [JsonParser]
    renderer_classes: Sequence[Any] = [JsonRenderer]
    throttle_classes: Sequence[Any] = [CallerThrottle]
    schema = CitySchema()
    tag = ""

    def refused(self, error: Exception) -> HttpResponse:
        """The problem that answers an expected error; any other is raised again."""
        response: HttpResponse = self.handle_exception(error)
        return response

    def finalize_response(self, request: Request, response: HttpResponseBase, *args: Any, **kwargs: Any) -> HttpResponseBase:
        finished: HttpResponseBase = super().finalize_response(request, response, *args, **kwargs)
        finished.headers.setdefault("Cache-Control", "private, no-cache")
        finished["Vary"] = "Authorization, Cookie, Accept-Language"
        return finished


def _once(view: ApiView, request: Request, run: Callable[[], HttpResponse]) -> HttpResponse:
    return retries.once(request, run, view.refused) if request.method == "POST" else run()


def _body(request: Request, declared: Operation) -> dict[str, Any]:
    if declared.is_stream or request.method not in ("POST", "PATCH", "PUT"):
        return {}
    is_multipart = request.content_type.startswith("multipart/")
    sent = request.data if is_multipart or request._request.body else {}
    shape = (declared.takes or Nothing)(data=sent, context={"request": request})
    shape.is_valid(raise_exception=True)
    return shape.values()


def _query(request: Request, declared: Operation) -> dict[str, Any]:
    sent = request.query_params
    doubled = [name for name in sent if len(sent.getlist(name)) > 1]
    if doubled:
        raise BadQuery({name[:80]: str(_("Given twice.")) for name in doubled[:20]})
    shape = (declared.query or Nothing)(data=dict(sent.items()), context={"request": request})
    if not shape.is_valid():
        raise BadQuery(flat(shape.errors))
    return shape.values()


def _dress(request: Request, declared: Operation, given: Any) -> HttpResponse:
    """The thing in its shape, as JSON, with status, ETag and address; a response that is ready stays as it is."""
    if isinstance(given, HttpResponseBase):
        return cast("HttpResponse", given)
    answer = given if isinstance(given, Answer) else Answer(thing=given)
    body = answer.raw
    if body is None and declared.gives is not None:
        shaped = declared.gives(answer.thing, many=declared.many, context={"request": request})
        body = dump(shaped.data)
    response = HttpResponse(body or b"", status=answer.status or declared.status)
    if body is None:
        del response["Content-Type"]
        return response
    response["Content-Type"] = MEDIA_TYPE
    if answer.location:
        response["Location"] = answer.location
    if declared.is_private:
        response["Cache-Control"] = "no-store"
        return response
    if request.method == "GET" or answer.version is not None:
        response = conditions.tagged(request, response, answer.version)
    return response
