"""What becomes of a file that is checked. `files.checking` looks at it between these verbs, outside of any transaction."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from django.db import transaction
from django.db.models import DateTimeField, DurationField, ExpressionWrapper, F, Q, Value

from access.actors import Actor
from files import facts, storage
from files.models import File, Reason
from files.services.common import State, tell

SILENT_AFTER = timedelta(seconds=90)
FOR_EACH_BYTE = timedelta(microseconds=1)  # a large video is looked at for minutes, and whoever looks says nothing meanwhile
SCANNER_AGAIN = timedelta(seconds=10)
MOST_ATTEMPTS = 3
FOUND = (
    "kind", "media_type", "sha256", "kept_sha256", "kept_size", "has_thumbnail",
    "width", "height", "seconds", "captured_at", "captured_by", "point", "point_by",
)  # fmt: skip


@transaction.atomic
def take_up(actor: Actor, *, now: datetime, key: UUID | None = None) -> File | None:
    """The next file to be checked (or this one): one nobody looks at, or whose examiner fell silent. None: nothing to do."""
    patience = ExpressionWrapper(F("size") * Value(FOR_EACH_BYTE), output_field=DurationField())
    silent_since = ExpressionWrapper(Value(now - SILENT_AFTER) - patience, output_field=DateTimeField())
    waiting = Q(heard_at=None) | Q(heard_at__lt=silent_since) | Q(reason=Reason.NO_SCANNER, heard_at__lt=now - SCANNER_AGAIN)
    rows = File.objects.select_for_update(no_key=True, of=("self",), skip_locked=True).filter(waiting, state=State.CHECKING)
    file = (rows.filter(key=key) if key else rows).order_by("received_at", "id").first()
    if file is None:
        return None
    file.heard_at = now
    file.attempts += file.reason != Reason.NO_SCANNER
    if file.attempts > MOST_ATTEMPTS:
        _refuse(actor, file, Reason.FAILED, "", now=now)
        return None
    file.save(update_fields=["heard_at", "attempts"])
    return file


@transaction.atomic
def keep_waiting(actor: Actor, *, file: File, now: datetime) -> None:
    """The scanner does not answer: the file waits, and says so once."""
    row = _same_attempt(file)
    if row is not None and row.reason != Reason.NO_SCANNER:
        row.reason = Reason.NO_SCANNER
        row.save(update_fields=["reason"])
        tell(actor, row, fact=facts.FileWaits(file_id=row.pk, reason=Reason.NO_SCANNER), now=now)


@transaction.atomic
def refuse_file(actor: Actor, *, file: File, reason: str, detail: str, now: datetime) -> None:
    """Refuse a file and delete its content; nothing happens when another examiner has taken it up."""
    row = _same_attempt(file)
    if row is not None:
        _refuse(actor, row, reason, detail, now=now)


@transaction.atomic
def accept_file(actor: Actor, *, file: File, parts: Sequence[tuple[str, Path]], now: datetime) -> None:
    """Keep a file that is in order: `file` carries what was found, `parts` are where its content and thumbnail are now.

    Nothing happens when another examiner has taken it up, or its sender has taken it back.
    """
    row = _same_attempt(file)
    if row is None:
        return
    for part, path in parts:
        storage.keep(row.key, path, part)
    for name in FOUND:
        setattr(row, name, getattr(file, name))
    row.state, row.reason, row.checked_at, row.heard_at = State.READY, "", now, None
    row.save(update_fields=[*FOUND, "state", "reason", "checked_at", "heard_at"])
    fact = facts.FileChecked(file_id=row.pk, kind=row.kind, media_type=row.media_type, size=row.kept_size, sha256=row.sha256)
    tell(actor, row, fact=fact, now=now)
    transaction.on_commit(lambda: storage.incoming(row.key).unlink(missing_ok=True))


def _same_attempt(file: File) -> File | None:
    row = File.objects.locked(file.key)
    return row if row is not None and row.state == State.CHECKING and row.attempts == file.attempts else None


def _refuse(actor: Actor, file: File, reason: str, detail: str, *, now: datetime) -> None:
    file.state, file.reason, file.detail, file.ended_at = State.REFUSED, reason, detail[:120], now
    file.save(update_fields=["state", "reason", "detail", "ended_at", "attempts", "heard_at"])
    tell(actor, file, fact=facts.FileRefused(file_id=file.pk, reason=reason), now=now)
    transaction.on_commit(lambda: storage.delete(file.key))
