"""The API's own description: OpenAPI 3.1 as JSON, and a page to read and try it that needs no network but ours."""

from functools import lru_cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe
from drf_spectacular.generators import SchemaGenerator

from access.rest.wire import dump


@lru_cache(maxsize=1)
def description() -> dict[str, Any]:
    """The whole description, made once in a process."""
    made: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)
    return made


@lru_cache(maxsize=1)
def _as_bytes() -> bytes:
    return dump(description())


@csrf_exempt
@require_safe
def schema(request: HttpRequest) -> HttpResponse:
    """OpenAPI 3.1; it holds nothing of the city, so anybody may read it."""
    return HttpResponse(_as_bytes(), content_type="application/vnd.oai.openapi+json; charset=utf-8")


@csrf_exempt
@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    """The description as a page."""
    return render(request, "api/docs.html")
