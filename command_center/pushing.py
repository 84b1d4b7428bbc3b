"""Whether the settings about messages to closed tablets can be meant."""

import base64
import binascii
import re

from django.core.exceptions import ImproperlyConfigured

CURVE = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551  # how many points P-256 has
CONTACT = re.compile(r"mailto:[^@\s]+@[^@\s]+|https://[^\s/]+\S*")
HOST = re.compile(r"(\*\.)?([a-z0-9-]+\.)+[a-z0-9-]+|https?://[a-z0-9.\[\]:-]+")


def check(contact: str, key: str, hosts: list[str], seconds: int) -> None:
    """Stop the start, and say why, for a contact nobody can be reached by, a key that is none, a host that is none."""
    if contact and not CONTACT.fullmatch(contact):
        raise ImproperlyConfigured(f"setting PUSH_CONTACT: {contact!r} is neither mailto:somebody@example.org nor an https address")
    if contact and not key:
        raise ImproperlyConfigured("setting PUSH_CONTACT: needs PUSH_PRIVATE_KEY")
    if key and not 0 < _number(key) < CURVE:
        raise ImproperlyConfigured("setting PUSH_PRIVATE_KEY: no private key of P-256 (32 bytes in base64url)")
    wrong = [each for each in hosts if not HOST.fullmatch(each)]
    if wrong:
        raise ImproperlyConfigured(f"setting PUSH_HOSTS: {wrong[0]!r} is neither a host, nor *.host, nor the origin of a service")
    if not 30 <= seconds <= 86_400:
        raise ImproperlyConfigured("setting PUSH_SECONDS: 30 to 86400")


def _number(key: str) -> int:
    try:
        content = base64.b64decode(key + "=" * (-len(key) % 4), altchars=b"-_", validate=True)
    except binascii.Error:
        return 0
    return int.from_bytes(content, "big") if len(content) == 32 else 0
