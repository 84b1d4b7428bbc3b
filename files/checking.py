"""Checking a file that has come whole: by the virus scanner, by its first bytes, by a child process; then it is kept or refused.

Nothing here runs inside a transaction of a verb: `take_up` gives the file to one examiner, the verbs after it write what was found.
"""

import hashlib
import shutil
from datetime import datetime
from pathlib import Path
from uuid import UUID

from django.utils import timezone

from access.actors import Actor
from files import examine, kinds, scanner, services, storage
from files.models import File, Reason, Source

CLERK = "files"


def take_in(actor: Actor, *, name: str, content: bytes, now: datetime) -> File:
    """A file that came in one piece, handed in and checked; it is the actor's to be used. Raises `services.NotAccepted`, and as `begin_file`."""
    file = services.begin_file(actor, name=name, size=len(content), captured=services.Captured(), now=now)
    services.append_bytes(actor, key=file.key, offset=0, data=content, checksum=None)
    services.finish_file(actor, key=file.key, now=now)
    check(file.key, now=now)
    file.refresh_from_db()
    if file.state == File.State.REFUSED:
        raise services.NotAccepted(why=file.why)
    return file


def check(key: UUID, *, now: datetime) -> None:
    """Check this file now, when no scanner has to be waited for; else a worker does it in a moment."""
    if not scanner.is_wanted():
        _check_taken(services.take_up(Actor.system(CLERK), now=now, key=key))


def check_next(*, now: datetime) -> bool:
    """Check one file that waits, if any does; whether there may be another."""
    file = services.take_up(Actor.system(CLERK), now=now)
    _check_taken(file)
    return file is not None


def _check_taken(file: File | None) -> None:
    if file is None:
        return
    clerk = Actor.system(CLERK)
    scratch = storage.scratch(file.key, file.attempts)
    try:
        _settle(clerk, file, scratch)
    except examine.ExaminersBusy:
        pass  # it stays, and is taken up again
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _settle(clerk: Actor, file: File, scratch: Path) -> None:
    source = storage.incoming(file.key)
    if scanner.is_wanted():
        try:
            verdict = scanner.scan(source)
        except scanner.NoScanner:
            services.keep_waiting(clerk, file=file, now=timezone.now())
            return
        except scanner.TooLargeForScanner:
            services.refuse_file(clerk, file=file, reason=Reason.UNSCANNABLE, detail="", now=timezone.now())
            return
        if not verdict.is_clean:
            services.refuse_file(clerk, file=file, reason=Reason.INFECTED, detail=verdict.found, now=timezone.now())
            return
    found = look_at(source, scratch)
    if not found.reason and file.size > kinds.largest(found.kind):
        found = examine.Found(reason=Reason.TOO_LARGE)
    if found.reason:
        services.refuse_file(clerk, file=file, reason=found.reason, detail="", now=timezone.now())
        return
    parts = _parts(source, scratch, found)
    _note(file, found, source, dict(parts))
    services.accept_file(clerk, file=file, parts=parts, now=timezone.now())


def look_at(source: Path, scratch: Path) -> examine.Found:
    """What a file is, by its content. Raises `examine.ExaminersBusy`."""
    with source.open("rb") as opened:
        guess = kinds.guess(opened.read(kinds.HEAD))
        if guess is not None and not guess.examined and guess.media_type == "text/plain":
            guess = guess if _is_text_throughout(opened) else None
    if guess is None:
        return examine.Found(reason=Reason.UNKNOWN_KIND)
    if guess.examined:
        return examine.examine(guess.examined, source, scratch)
    return examine.Found(kind=guess.kinds[0], media_type=guess.media_type)


def _is_text_throughout(opened: object) -> bool:
    return all(kinds.CONTROL.isdisjoint(piece) for piece in iter(lambda: opened.read(1 << 20), b""))  # type: ignore[attr-defined]


def _parts(source: Path, scratch: Path, found: examine.Found) -> list[tuple[str, Path]]:
    if not found.is_made:
        return [(storage.CONTENT, source)]
    return [(storage.CONTENT, scratch / "kept"), (storage.THUMBNAIL, scratch / "thumbnail")]


def _note(file: File, found: examine.Found, source: Path, parts: dict[str, Path]) -> None:
    """What was found, onto the file; what the file says of time and place counts before what its sender's device said."""
    file.kind, file.media_type = found.kind, found.media_type
    file.width, file.height, file.seconds = found.width, found.height, found.seconds
    file.sha256 = digest(source)
    file.kept_sha256 = digest(parts[storage.CONTENT])
    file.kept_size = parts[storage.CONTENT].stat().st_size
    file.has_thumbnail = storage.THUMBNAIL in parts
    if found.captured_at is not None:
        file.captured_at, file.captured_by = found.captured_at, found.captured_by
    if found.position is not None:
        file.point, file.point_by = found.position.as_point(), Source.FILE


def digest(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()
