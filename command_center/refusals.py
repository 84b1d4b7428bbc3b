"""A refusal in a page becomes its own page or a toast; in REST `access.rest` answers before it comes here."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views import defaults

from access.rest import problems
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
            return problems.of_refusal(request.path, exception)
        return render(request, "refused.html", {"refusal": exception}, status=exception.status)


def server_error(request: HttpRequest) -> HttpResponse:
    """A fault of ours: a page for people, a problem for programs; Django has logged it."""
    return problems.server_error(request) if request.path.startswith("/api/") else defaults.server_error(request)
