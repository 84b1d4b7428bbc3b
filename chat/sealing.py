"""The seal on what leaves the house: an Ed25519 signature by a key of this installation, which anybody can check with the public half."""

import base64
import hashlib
import hmac

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.conf import settings

PURPOSE = b"city.rooms.export.v1"


def public_key() -> str:
    """The public half of the key, base64: whoever must check seals is given it beforehand, not with the file."""
    return base64.b64encode(_key().public_key().public_bytes_raw()).decode()


def digest_of(content: bytes) -> str:
    """SHA-256 of what is sealed, in hex."""
    return hashlib.sha256(content).hexdigest()


def seal(content: bytes) -> str:
    """The signature of these bytes, base64."""
    return base64.b64encode(_key().sign(content)).decode()


def is_sealed(content: bytes, signature: str, key: str) -> bool:
    """Whether the signature is that of these bytes by the owner of a public key."""
    try:
        Ed25519PublicKey.from_public_bytes(base64.b64decode(key, validate=True)).verify(base64.b64decode(signature, validate=True), content)
    except (InvalidSignature, ValueError):
        return False
    return True


def _key() -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(hmac.new(settings.SECRET_KEY.encode(), PURPOSE, "sha256").digest())
