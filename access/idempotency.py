"""A retried command is done once: the key, what was asked and what was answered are one row, written with the command itself.

The row is part of the command's transaction. A second request with the same key waits for the first at the unique constraint,
then either reads its answer or, when the first came to nothing, does the work.
"""

import base64
import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography.fernet import Fernet
from django.conf import settings
from django.db import connection
from django.utils.translation import gettext_lazy as _

from access.models import IdempotencyKey
from kit.errors import Refused

KEPT = timedelta(hours=24)

HOLD = """
INSERT INTO access_idempotencykey (actor, key, request_digest, headers, created_at) VALUES (%s, %s, %s, '{}', now())
ON CONFLICT (actor, key) DO NOTHING RETURNING id
"""


class KeyUsedOtherwise(Refused):
    code = "idempotency_key_reused"
    status = 422
    says = _("This Idempotency-Key was used for another request.")


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer that was given."""

    status: int
    body: bytes
    headers: dict[str, str]


def hold(caller: str, key: str, digest: str, *, now: datetime) -> Kept | int:
    """Take the key for this request, or give the answer it has got. Runs in the command's transaction.

    Raises `KeyUsedOtherwise` when the key belongs to another request.
    """
    IdempotencyKey.objects.filter(actor=caller, key=key, created_at__lt=now - KEPT).delete()
    with connection.cursor() as cursor:
        cursor.execute(HOLD, [caller, key, digest])
        made = cursor.fetchone()
    if made is not None:
        return int(made[0])
    row = IdempotencyKey.objects.get(actor=caller, key=key)
    if row.request_digest != digest:
        raise KeyUsedOtherwise
    return Kept(row.status or 500, _cipher().decrypt(bytes(row.body or b"")), row.headers)


def keep(row_id: int, answer: Kept) -> None:
    """Remember what was answered, enciphered: it may hold a secret that is shown once."""
    IdempotencyKey.objects.filter(pk=row_id).update(status=answer.status, body=_cipher().encrypt(answer.body), headers=answer.headers)


def forget(*, now: datetime) -> int:
    """Drop the answers older than a day; how many."""
    return IdempotencyKey.objects.filter(created_at__lt=now - KEPT).delete()[0]


def _cipher() -> Fernet:
    key = hashlib.blake2b(b"idempotency", key=settings.SECRET_KEY.encode()[:64], digest_size=32).digest()
    return Fernet(base64.urlsafe_b64encode(key))
