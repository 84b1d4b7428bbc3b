"""Every room's pages and API, joined."""

from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import include, path

from access.rest.problems import no_such_address
from command_center import health

ROOMS = ("access", "live", "files", "gis", "resources", "incidents", "alerts", "chat", "exchange", "insight", "push", "command_center")


def home(request: HttpRequest) -> HttpResponse:
    """The front door leads to the operations screen."""
    return redirect("/ops/")


def _list(room: str, name: str) -> list[object]:
    module = f"{room}.pages" if room == "command_center" else f"{room}.urls"
    if find_spec(room) is None or find_spec(module) is None:
        return []
    return list(getattr(import_module(module), name, []))


pages: list[Any] = [route for room in ROOMS for route in _list(room, "pages")]
api: list[Any] = [route for room in ROOMS for route in _list(room, "api")]

urlpatterns = [
    path("", home, name="home"),
    path("accounts/", include("allauth.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
    path("api/v1/", include((api, "api"))),
    path("api/", no_such_address, name="no-such-root"),
    path("api/<anything:address>", no_such_address, name="no-such-address"),
    *health.pages,
    *pages,
]

handler500 = "command_center.refusals.server_error"
