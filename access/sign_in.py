"""Who may come in through the sign-in page: people an administrator added, and nobody else."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.http import HttpRequest, HttpResponse

from access.actors import Actor
from access.roles import Role

WALL_SECONDS = 365 * 86_400
"""How long a wall stays signed in: nobody sits at it who could sign in again. Its account may see and do nothing else; ending it ends this."""


class ClosedDoor(DefaultAccountAdapter):
    """Nobody signs themselves up."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def post_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse:
        """A wall, and nobody else, stays."""
        roles = {grant.role for grant in Actor.of_user(user).grants}
        if roles == {Role.WALL}:
            request.session.set_expiry(WALL_SECONDS)
        answer: HttpResponse = super().post_login(request, user, **kwargs)
        return answer


class KnownPeople(DefaultSocialAccountAdapter):
    """An OpenID subject must already be linked to a person; the key is `sub`, never an e-mail address."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        return False
