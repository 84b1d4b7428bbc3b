"""Messages of an exchange are signed as Standard Webhooks (standardwebhooks.com) says, so that any of its libraries can send them.

`webhook-signature` holds `v1,` and the base64 of HMAC-SHA256 over `id.timestamp.body`; several may stand there, separated by blanks.
"""

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from kit.errors import Refused

WINDOW_SECONDS = 300
FEWEST_BYTES = 24
MOST_SIGNATURES = 5
ID = re.compile(r"[\x21-\x7e]{1,80}")


class NotSigned(Refused):
    """One sentence for every fault of a signature: who forges one learns nothing."""

    code = "not_signed"
    status = 422
    says = _("The message is not signed with the city's secret, or its time is not now.")


class NotSetUp(Refused):
    code = "not_set_up"
    says = _("No telephone exchange is connected to this city.")


@dataclass(frozen=True, slots=True)
class Signed:
    """A message as it came: its name, when it says it was sent (seconds since 1970), its signatures, its bytes."""

    id: str
    timestamp: str
    signature: str
    body: bytes


def secret_key(secret: str) -> bytes:
    """The bytes of a secret as it is written: base64, with or without `whsec_`. Raises `ValueError` for a short or garbled one."""
    try:
        key = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    except binascii.Error as error:
        raise ValueError("not base64") from error
    if len(key) < FEWEST_BYTES:
        raise ValueError(f"fewer than {FEWEST_BYTES} bytes")
    return key


def signature_of(secret: str, message: Signed) -> str:
    """The signature that belongs to a message."""
    content = f"{message.id}.{message.timestamp}.".encode() + message.body
    return "v1," + base64.b64encode(hmac.new(secret_key(secret), content, hashlib.sha256).digest()).decode()


def require_signed(secrets: Sequence[str], message: Signed, *, now: datetime) -> None:
    """Refuse what none of the secrets signed, or what was signed more than five minutes before or after now. Raises `NotSigned`."""
    if not secrets:
        raise NotSetUp
    is_named = bool(ID.fullmatch(message.id)) and message.timestamp.isascii() and message.timestamp.isdigit() and len(message.timestamp) <= 12
    if not is_named or abs(now.timestamp() - int(message.timestamp)) > WINDOW_SECONDS:
        raise NotSigned
    given = [each.encode() for each in message.signature[:1000].split()[:MOST_SIGNATURES]]
    wanted = [signature_of(secret, message).encode() for secret in secrets]
    if not any(hmac.compare_digest(one, other) for one in given for other in wanted):
        raise NotSigned
