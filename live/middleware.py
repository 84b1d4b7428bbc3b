"""At which position a page was drawn, so that its socket asks for exactly what happened after."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from journal import selectors as journal


class PositionMiddleware:
    """Sets `request.live_position` before the page reads anything: whatever it misses has a later position and is told by the socket."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        is_page = request.method == "GET" and "HX-Request" not in request.headers and request.accepts("text/html")
        if is_page and "text/html" in request.headers.get("Accept", "") and request.user.is_authenticated:
            request.live_position = journal.head_position()  # type: ignore[attr-defined]
        return self.get_response(request)
