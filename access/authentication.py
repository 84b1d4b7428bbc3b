"""How REST callers say who they are: a session with CSRF, or a token; both end in `request.actor`."""

import re
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from knox.auth import TokenAuthentication
from knox.crypto import hash_token
from rest_framework.authentication import SessionAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from access import selectors
from access.actors import Actor
from access.models import Token, User

SECRET = re.compile(rb"^[0-9A-Za-z_-]{20,100}$")


class SessionActor(SessionAuthentication):
    """A signed-in browser; CSRF is enforced."""

    def authenticate(self, request: Request) -> Any:
        if request.content_type == "application/json":
            # The check of CSRF has the framework parse the stream; its bytes, which a retry is known by, must be kept before that.
            request._request.body  # noqa: B018
        return super().authenticate(request)


class TokenActor(TokenAuthentication):
    """`Authorization: Token ...`: hashed, expiring, revocable, narrowed to its actions."""

    def authenticate(self, request: Request) -> tuple[User | AnonymousUser, Token] | None:
        found: tuple[User, Token] | None = super().authenticate(request)
        if found is not None:
            request._request.actor = Actor.of_token(found[1])
        return found

    def authenticate_credentials(self, token: bytes) -> tuple[User, Token]:
        """The person behind a secret, by its hash: one look-up, and nothing is deleted on the way."""
        known = selectors.token_of_digest(hash_token(token.decode("ascii")), now=timezone.now()) if SECRET.match(token) else None
        if known is None:
            raise AuthenticationFailed(_("This token is not valid, or it has expired."))
        return known.user, known
