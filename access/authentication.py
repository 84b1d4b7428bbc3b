"""How REST callers say who they are: a session with CSRF, or a token; both end in `request.actor`."""

from typing import Any

from knox.auth import TokenAuthentication
from rest_framework.authentication import SessionAuthentication
from rest_framework.request import Request

from access.actors import Actor


class SessionActor(SessionAuthentication):
    """A signed-in browser; CSRF is enforced."""

    def authenticate(self, request: Request) -> Any:
        return super().authenticate(request)


class TokenActor(TokenAuthentication):
    """`Authorization: Token ...`: hashed, expiring, revocable, narrowed to its actions."""

    def authenticate(self, request: Request) -> Any:
        found = super().authenticate(request)
        if found is not None:
            request._request.actor = Actor.of_token(found[1])
        return found
