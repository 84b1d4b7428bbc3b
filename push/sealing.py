"""What makes a message readable by one browser only (RFC 8291, with the content coding of RFC 8188), and who signs that it is ours (RFC 8292)."""

import base64
import os
from datetime import datetime, timedelta
from functools import lru_cache

import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from kit.errors import Refused

RECORD = 4096
MOST = RECORD - 103  # what every push service takes (RFC 8291, section 4): one record with its head, its delimiter and its tag
SIGNED_FOR = timedelta(hours=1)


class BadKeys(Refused):
    code = "bad_keys"
    status = 400
    says = _("These are no keys of a browser's subscription.")


def sealed(plain: bytes, *, p256dh: str, auth: str) -> bytes:
    """A message that only the browser with these keys can open. Raises `BadKeys`."""
    return _sealed(plain, decoded(p256dh), decoded(auth), ec.generate_private_key(ec.SECP256R1()), os.urandom(16))


def _sealed(plain: bytes, theirs: bytes, auth: bytes, private: ec.EllipticCurvePrivateKey, salt: bytes) -> bytes:
    if len(plain) > MOST:
        raise ValueError(f"{len(plain)} bytes are more than a push service takes")
    ours = _point(private)
    shared = private.exchange(ec.ECDH(), _public(theirs, auth))
    secret = HKDF(SHA256(), 32, auth, b"WebPush: info\0" + theirs + ours).derive(shared)
    key = HKDF(SHA256(), 16, salt, b"Content-Encoding: aes128gcm\0").derive(secret)
    nonce = HKDF(SHA256(), 12, salt, b"Content-Encoding: nonce\0").derive(secret)
    head = salt + RECORD.to_bytes(4, "big") + bytes([len(ours)]) + ours
    return head + AESGCM(key).encrypt(nonce, plain + b"\x02", None)


def check(p256dh: str, auth: str) -> None:
    """Stop what is no point of the curve or no secret. Raises `BadKeys`."""
    _public(decoded(p256dh), decoded(auth))


def authorization(origin: str, *, now: datetime) -> str:
    """The header by which a push service knows whose message it is; it counts for this service and for an hour."""
    claims = {"aud": origin, "exp": int((now + SIGNED_FOR).timestamp()), "sub": settings.PUSH_CONTACT}
    return f"vapid t={jwt.encode(claims, _own(settings.PUSH_PRIVATE_KEY), algorithm='ES256')}, k={public_key()}"


def is_offered() -> bool:
    """Whether this city tells closed tablets at all."""
    return bool(settings.PUSH_CONTACT and settings.PUSH_PRIVATE_KEY)


def public_key() -> str:
    """The city's public key, as a browser needs it to subscribe; empty where nothing is offered."""
    return encoded(_point(_own(settings.PUSH_PRIVATE_KEY))) if is_offered() else ""


def encoded(content: bytes) -> str:
    """Base64 for addresses, without padding."""
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def decoded(text: str) -> bytes:
    """The bytes of such a text. Raises `BadKeys`."""
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except ValueError as error:
        raise BadKeys from error


@lru_cache(maxsize=4)
def _own(private: str) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(int.from_bytes(decoded(private), "big"), ec.SECP256R1())


def _point(private: ec.EllipticCurvePrivateKey) -> bytes:
    return private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def _public(theirs: bytes, auth: bytes) -> ec.EllipticCurvePublicKey:
    if len(theirs) != 65 or len(auth) != 16:
        raise BadKeys
    try:
        return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), theirs)
    except ValueError as error:
        raise BadKeys from error
