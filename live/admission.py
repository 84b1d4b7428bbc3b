"""Who may open the socket: exact origins for browsers, a session or a token, and until when.

A session cookie is sent by a browser from any page, so it counts only with an origin that is exactly ours: scheme, host and port.
A token travels in `Authorization` or as the subprotocol `token.<token>` beside `city.live`: never in the address, which ends up in logs.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from http.cookies import CookieError, SimpleCookie
from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib import auth
from django.http import HttpRequest
from django.http.request import split_domain_port, validate_host
from django.utils import timezone
from knox.crypto import hash_token

from access import selectors as access
from access.actors import Actor
from access.models import Token
from live.limits import Close

PROTOCOL = "city.live"
TOKEN_PREFIX = "token."


@dataclass(frozen=True, slots=True)
class Admission:
    """What a socket was let in with. All of it is looked at again while the socket is open."""

    user_id: int
    epoch: int
    scopes: frozenset[str]
    ends_at: datetime | None
    session_key: str = ""
    session_hash: str = ""
    token_digest: str = ""

    @property
    def personal(self) -> str:
        """The scope of this person alone."""
        return f"user:{self.user_id}"

    @property
    def shared(self) -> frozenset[str]:
        """The scopes that others may have too: sockets with the same ones form a class."""
        return self.scopes - {self.personal}


@dataclass(frozen=True, slots=True)
class Handshake:
    """What matters of a websocket's opening request."""

    scheme: str
    host: str
    origin: str | None
    session_key: str
    token: str
    offers_protocol: bool

    @classmethod
    def of(cls, scope: Mapping[str, Any]) -> "Handshake":
        headers = {name.decode("latin1").lower(): value.decode("latin1") for name, value in scope["headers"]}
        protocols = scope.get("subprotocols") or []
        offered = next((one[len(TOKEN_PREFIX) :] for one in protocols if one.startswith(TOKEN_PREFIX)), "")
        scheme, _, credentials = headers.get("authorization", "").partition(" ")
        return cls(
            scheme=_scheme(scope, headers),
            host=headers.get("host", ""),
            origin=headers.get("origin"),
            session_key=_cookie(headers.get("cookie", "")),
            token=credentials.strip() if scheme.lower() == "token" else offered,
            offers_protocol=PROTOCOL in protocols,
        )

    def has_known_origin(self) -> bool:
        """Whether a page of ours opened it. A program without an origin is fine when it shows a token instead of a cookie."""
        if self.origin is None:
            return bool(self.token)
        return self.origin.lower() in {one.lower() for one in (*settings.LIVE_ORIGINS, self._own_origin()) if one}

    def _own_origin(self) -> str:
        domain, _port = split_domain_port(self.host)
        if not domain or not validate_host(domain, settings.ALLOWED_HOSTS):
            return ""
        return f"{self.scheme}://{self.host}"


def _scheme(scope: Mapping[str, Any], headers: Mapping[str, str]) -> str:
    trusted = settings.SECURE_PROXY_SSL_HEADER
    if trusted and headers.get(trusted[0].removeprefix("HTTP_").replace("_", "-").lower()) == trusted[1]:
        return "https"
    return "https" if scope.get("scheme") == "wss" else "http"


def _cookie(header: str) -> str:
    try:
        morsel = SimpleCookie(header).get(settings.SESSION_COOKIE_NAME)
    except CookieError:
        return ""
    return morsel.value if morsel else ""


def admit(handshake: Handshake) -> Admission | None:
    """Who this is, by token or session; None when nobody we know (any more)."""
    return _by_token(handshake.token) if handshake.token else _by_session(handshake.session_key)


def _by_session(key: str) -> Admission | None:
    if not key:
        return None
    request = HttpRequest()
    request.session = import_module(settings.SESSION_ENGINE).SessionStore(key)
    user = auth.get_user(request)
    if not user.is_authenticated:
        return None
    actor = Actor.of_user(user)
    stored = str(request.session.get(auth.HASH_SESSION_KEY, ""))
    return Admission(actor.user_id or 0, user.epoch, access.scopes_of(actor), access.authority_ends_at(actor), key, stored)


def _by_token(secret: str) -> Admission | None:
    if not secret.isascii():
        return None
    token = access.token_of_digest(hash_token(secret), now=timezone.now())
    if token is None:
        return None
    actor, user = Actor.of_token(token), token.user
    ends_at = _earlier(access.authority_ends_at(actor), token.expiry)
    return Admission(user.pk, user.epoch, access.scopes_of(actor), ends_at, token_digest=token.digest)


def _earlier(one: datetime | None, other: datetime | None) -> datetime | None:
    return min((at for at in (one, other) if at is not None), default=None)


@dataclass(frozen=True, slots=True)
class Standing:
    """What of many admissions still holds."""

    marks: dict[int, tuple[int, str]]
    session_keys: frozenset[str]
    token_digests: frozenset[str]


def standing(user_ids: list[int], session_keys: list[str], token_digests: list[str]) -> Standing:
    """Look again at everybody on this process with three queries, however many they are."""
    tokens = Token.objects.filter(digest__in=token_digests).values_list("digest", flat=True) if token_digests else []
    return Standing(access.authority_marks(user_ids), _live_sessions(session_keys), frozenset(tokens))


def _live_sessions(keys: list[str]) -> frozenset[str]:
    if not keys:
        return frozenset()
    store = import_module(settings.SESSION_ENGINE).SessionStore
    if not hasattr(store, "get_model_class"):
        return frozenset(key for key in keys if store().exists(key))
    rows = store.get_model_class().objects.filter(session_key__in=keys, expire_date__gt=timezone.now())
    return frozenset(rows.values_list("session_key", flat=True))


def verdict(admitted: Admission, now_holds: Standing, now: datetime) -> int:
    """Why a socket may not stay open (a close code), or 0."""
    if admitted.user_id not in now_holds.marks:
        return Close.SIGN_IN
    epoch, session_hash = now_holds.marks[admitted.user_id]
    if admitted.session_key and (admitted.session_key not in now_holds.session_keys or admitted.session_hash != session_hash):
        return Close.SIGN_IN
    if admitted.token_digest and admitted.token_digest not in now_holds.token_digests:
        return Close.SIGN_IN
    has_ended = admitted.ends_at is not None and admitted.ends_at <= now
    return Close.AUTHORITY_CHANGED if has_ended or epoch != admitted.epoch else 0
