"""Puts the actor and the request's id on every request."""

import uuid
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

from access.actors import Actor
from kit import context


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
        finally:
            context.request_id.reset(mark)
        response["X-Request-ID"] = name
        return response


def actor_of(request: HttpRequest) -> Actor:
    """The actor behind a session."""
    return Actor.of_user(request.user) if request.user.is_authenticated else Actor.anonymous()
