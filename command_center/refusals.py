"""A refusal in a page becomes its own page or a toast; in REST `access.rest` answers before it comes here."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from kit.errors import Refused


class RefusalMiddleware:
    """Translate `Refused` for people."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer an expected refusal in words; everything else goes on its way."""
        if not isinstance(exception, Refused):
            return None
        if request.path.startswith("/api/"):
            return JsonResponse(exception.as_problem(), status=exception.status, content_type="application/problem+json")
        return render(request, "refused.html", {"refusal": exception}, status=exception.status)
