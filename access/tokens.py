"""Tokens of callers that come thousands of times a minute: one look-up a request, the rest is kept while nothing changed."""

import threading
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from knox.crypto import hash_token
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from access.actors import Actor
from access.authentication import SECRET, TokenActor
from access.models import Token, User

KEPT = timedelta(seconds=30)
MOST = 5000


@dataclass(frozen=True, slots=True)
class _Kept:
    token: Token
    actor: Actor
    epoch: int
    until: datetime


_known: OrderedDict[str, _Kept] = OrderedDict()
_lock = threading.Lock()


class KeptTokenActor(TokenActor):
    """As `TokenActor`, but the actor of a token is kept until its person's epoch rises, and half a minute at most.

    That the token still exists, has not expired and belongs to an active person is asked of the database every time: a revoked token is
    refused by the next request.
    """

    def authenticate(self, request: Request) -> tuple[User, Token] | None:
        found = super(TokenActor, self).authenticate(request)
        if found is None:
            return None
        request._request.actor = found[1].actor  # type: ignore[attr-defined]
        return found[0], found[1].token

    def authenticate_credentials(self, token: bytes) -> tuple[User, _Kept]:  # type: ignore[override]
        now = timezone.now()
        digest = hash_token(token.decode("ascii")) if SECRET.match(token) else ""
        epoch = _epoch_of(digest, now) if digest else None
        if epoch is None:
            raise AuthenticationFailed(_("This token is not valid, or it has expired."))
        kept = _known.get(digest)
        if kept is None or kept.epoch != epoch or kept.until <= now:
            kept = _learn(digest, epoch, now)
        return kept.token.user, kept


IN_FORCE = """
SELECT token.expiry, person.epoch FROM access_token AS token JOIN access_user AS person ON person.id = token.user_id
WHERE token.digest = %s AND person.is_active
"""


def _epoch_of(digest: str, now: datetime) -> int | None:
    with connection.cursor() as cursor:  # asked with every request: by hand, because building a queryset costs more than the answer
        cursor.execute(IN_FORCE, [digest])
        row = cursor.fetchone()
    return None if row is None or (row[0] is not None and row[0] <= now) else int(row[1])


def _learn(digest: str, epoch: int, now: datetime) -> _Kept:
    token = Token.objects.select_related("user").filter(digest=digest).first()
    if token is None:
        raise AuthenticationFailed
    if token.last_used_on != timezone.localdate(now):
        Token.objects.filter(pk=token.pk).update(last_used_on=timezone.localdate(now))
    kept = _Kept(token, Actor.of_token(token), epoch, now + KEPT)
    with _lock:
        _known[digest] = kept
        while len(_known) > MOST:
            _known.popitem(last=False)
    return kept
