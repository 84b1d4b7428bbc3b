"""Bytes come: announced, appended, whole; or taken back."""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from access import policy
from access.actors import Actor
from files import facts, kinds, permissions, storage
from files.models import File, Reason, Source
from files.naming import megabytes, safe_name
from files.services.common import (
    AdoptedElsewhere,
    FileTooLarge,
    NoRoom,
    NotAccepted,
    NotAllThere,
    QuotaFull,
    State,
    WrongChecksum,
    WrongOffset,
    own,
    tell,
)
from kit.errors import Invalid
from kit.geo import Position

MOST_UNDER_WAY = 200
TURN = 0x66696C6573  # the advisory lock under which room is counted: two who begin at once do not both get the last of it


@dataclass(frozen=True, slots=True)
class Captured:
    """When and where something was taken, as the sender's device says."""

    at: datetime | None = None
    position: Position | None = None


@transaction.atomic
def begin_file(actor: Actor, *, name: str, size: int, captured: Captured, now: datetime) -> File:
    """Announce a file of so many bytes. Raises `Invalid` for an empty one, `FileTooLarge`, `QuotaFull`, `NoRoom`."""
    policy.require(actor, permissions.HAND_IN, None)
    if size < 1:
        raise Invalid({"file": _("The file is empty or too large.")})
    if size > kinds.largest_of_all():
        raise FileTooLarge(size=megabytes(size), most=megabytes(kinds.largest_of_all()))
    _check_room(actor, size)
    file = File.objects.create(
        name=safe_name(name),
        owner_key=actor.key[:80],
        owner_label=actor.label[:80],
        user_id=actor.user_id,
        size=size,
        captured_at=captured.at,
        captured_by=Source.DEVICE if captured.at else Source.NONE,
        point=captured.position.as_point() if captured.position else None,
        point_by=Source.DEVICE if captured.position else Source.NONE,
        begun_at=now,
    )
    storage.begin(file.key)
    return file


@transaction.atomic
def append_bytes(actor: Actor, *, key: UUID, offset: int, data: bytes, checksum: tuple[str, bytes] | None) -> File:
    """Add bytes to one's own file from `offset` on; they are on the disk before they count.

    `checksum` is an algorithm and the digest the sender made. Raises `NotFound`, `WrongOffset`, `WrongChecksum`, `FileTooLarge` and
    `NotAccepted` as soon as the first bytes tell.
    """
    file = own(actor, key)
    if file.state != State.RECEIVING or file.received != offset or offset + len(data) > file.size:
        raise WrongOffset(received=file.received)
    if checksum is not None and not hmac.compare_digest(hashlib.new(checksum[0], data, usedforsecurity=False).digest(), checksum[1]):
        raise WrongChecksum
    if offset < kinds.HEAD:
        _check_beginning(file, (storage.head(key, offset) if offset else b"") + data[: kinds.HEAD])
    storage.write(key, offset, data)
    file.received = offset + len(data)
    file.save(update_fields=["received"])
    return file


@transaction.atomic
def finish_file(actor: Actor, *, key: UUID, now: datetime) -> File:
    """Say that one's own file is whole, so that it is checked; twice is once. Raises `NotFound`, `NotAllThere`."""
    file = own(actor, key)
    if file.state != State.RECEIVING:
        return file
    if not file.is_whole():
        raise NotAllThere
    file.state, file.received_at = State.CHECKING, now
    file.save(update_fields=["state", "received_at"])
    tell(actor, file, fact=facts.FileReceived(file_id=file.pk, size=file.size), now=now)
    return file


@transaction.atomic
def withdraw_file(actor: Actor, *, key: UUID, now: datetime) -> None:
    """Take back one's own file that nobody uses yet. Raises `NotFound`, `AdoptedElsewhere`."""
    file = own(actor, key)
    if file.purpose:
        raise AdoptedElsewhere
    tell(actor, file, fact=facts.FileWithdrawn(file_id=file.pk), now=now)
    file.delete()
    transaction.on_commit(lambda: storage.delete(key))


def _check_room(actor: Actor, size: int) -> None:
    """Bounded per person and in sum, and the disk keeps what the city needs to live."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [TURN])
    under_way = File.objects.under_way()
    own = under_way.filter(owner_key=actor.key[:80]).aggregate(bytes=Sum("size"))["bytes"] or 0
    most = int(settings.UPLOAD_PERSON_MB) * 1_000_000
    if own + size > most or under_way.filter(owner_key=actor.key[:80]).count() >= MOST_UNDER_WAY:
        raise QuotaFull(taken=megabytes(own), most=megabytes(most))
    taken = under_way.aggregate(bytes=Sum("size"))["bytes"] or 0
    coming = size + (under_way.filter(state=State.RECEIVING).aggregate(bytes=Sum("size"))["bytes"] or 0)
    if taken + size > int(settings.UPLOAD_TOTAL_MB) * 1_000_000 or storage.free_bytes() < coming + int(settings.LEAST_FREE_MB) * 2_000_000:
        raise NoRoom


def _check_beginning(file: File, head: bytes) -> None:
    """Refuse what cannot become a file of any kind as soon as its first bytes are there, not after half an hour."""
    if len(head) < min(file.size, 16):
        return
    guess = kinds.guess(head)
    if guess is None:
        raise NotAccepted(why=str(Reason.UNKNOWN_KIND.label))
    most = max(kinds.largest(kind) for kind in guess.kinds)
    if file.size > most:
        raise FileTooLarge(size=megabytes(file.size), most=megabytes(most))
