"""Puts the actor and the request's id on every request."""

import uuid
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

from access.actors import Actor
from access.roles import Role
from kit import context

WALL_SECONDS = 365 * 86_400


class ActorMiddleware:
    """`request.actor`: who acts, made on first use from the session; tokens replace it in `access.authentication`."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        sent = request.headers.get("X-Request-ID", "")
        name = sent if sent.isascii() and sent.replace("-", "").isalnum() and len(sent) <= 64 else uuid.uuid4().hex
        mark = context.request_id.set(name)
        request.actor = SimpleLazyObject(lambda: actor_of(request))  # type: ignore[attr-defined]
        try:
            response = self.get_response(request)
            stay(request)
        finally:
            context.request_id.reset(mark)
        response["X-Request-ID"] = name
        return response


def stay(request: HttpRequest) -> None:
    """A wall stays signed in from one picture of itself to the next: nobody sits there. Whoever may do more than see has the session of a desk."""
    if request.GET.get("kiosk") == "1" and {grant.role for grant in request.actor.grants} == {Role.WALL}:  # type: ignore[attr-defined]
        request.session.set_expiry(WALL_SECONDS)


def actor_of(request: HttpRequest) -> Actor:
    """The actor behind a session."""
    return Actor.of_user(request.user) if request.user.is_authenticated else Actor.anonymous()
