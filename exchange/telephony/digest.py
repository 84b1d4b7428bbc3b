"""The answer to a SIP server that asks who we are: digest authentication (RFC 7616, RFC 8760), with MD5 only where nothing better is asked."""

import hashlib
import secrets
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias
from urllib.request import parse_http_list, parse_keqv_list

from sipmessage import AuthCredentials, AuthParameters

Hash: TypeAlias = Callable[[bytes], Any]

ALGORITHMS: dict[str, Hash] = {"SHA-256": hashlib.sha256, "MD5": hashlib.md5}


class NoAnswer(Exception):
    """None of the challenges is one that can be answered."""


def answer(challenges: Sequence[str], *, user: str, password: str, method: str, uri: str, cnonce: str = "") -> AuthCredentials:
    """The credentials that answer the strongest challenge; without `cnonce` one is made. Raises `NoAnswer`."""
    for name, make in ALGORITHMS.items():
        for text in challenges:
            asked = _parameters(text)
            if asked.get("algorithm", "MD5").upper() == name and asked.get("nonce") and "realm" in asked:

                def digest(text: str, make: Hash = make) -> str:
                    return str(make(text.encode()).hexdigest())

                who, what = digest(f"{user}:{asked['realm']}:{password}"), digest(f"{method}:{uri}")
                given = {"username": user, "realm": asked["realm"], "nonce": asked["nonce"], "uri": uri, "algorithm": name}
                return _credentials(asked, given, digest, who, what, cnonce or secrets.token_hex(8))
    raise NoAnswer


def _parameters(text: str) -> dict[str, str]:
    """What a challenge asks for; nothing when it is of another kind. The library would split a quoted list of qualities at its comma."""
    scheme, _blank, rest = text[:2000].strip().partition(" ")
    parts = [part for part in parse_http_list(rest) if "=" in part]
    return parse_keqv_list(parts) if scheme.lower() == "digest" else {}


def _credentials(asked: dict[str, str], given: dict[str, str], digest: Callable[[str], str], who: str, what: str, cnonce: str) -> AuthCredentials:
    if "auth" in [each.strip() for each in asked.get("qop", "").split(",")]:
        given |= {"qop": "auth", "nc": "00000001", "cnonce": cnonce}
        given["response"] = digest(f"{who}:{asked['nonce']}:00000001:{cnonce}:auth:{what}")
    else:
        given["response"] = digest(f"{who}:{asked['nonce']}:{what}")
    if "opaque" in asked:
        given["opaque"] = asked["opaque"]
    return AuthCredentials(scheme="Digest", parameters=AuthParameters(**given))
