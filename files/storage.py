"""Where the bytes are: under names that are made here from a file's key, never from what its sender calls it.

What comes in grows in `incoming/`; what was checked is moved whole to `files/`, its parts beside each other: `<key>` and `<key>.thumbnail`.
Several machines share MEDIA_ROOT.
"""

import os
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path
from uuid import UUID

from django.conf import settings

CONTENT, THUMBNAIL = "", ".thumbnail"


def _root() -> Path:
    return Path(settings.MEDIA_ROOT)


def incoming(key: UUID) -> Path:
    """Where the bytes of a file that is on its way grow."""
    return _root() / "incoming" / str(key)


def kept(key: UUID, part: str = CONTENT) -> Path:
    """Where a file that was checked is, or a part made of it."""
    return _root() / "files" / key.hex[:2] / f"{key}{part}"


def begin(key: UUID) -> None:
    """An empty place for bytes to come."""
    path = incoming(key)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW, 0o600))


def write(key: UUID, offset: int, data: bytes) -> None:
    """Put bytes at a place and see them on the disk; what a killed writer left behind that place is written over.

    Raises `FileNotFoundError` when the place is gone.
    """
    with os.fdopen(os.open(incoming(key), os.O_WRONLY | os.O_NOFOLLOW), "wb") as target:
        target.seek(offset)
        target.write(data)
        target.truncate()
        target.flush()
        os.fsync(target.fileno())


def head(key: UUID, size: int) -> bytes:
    """The first bytes of what has come."""
    with incoming(key).open("rb") as source:
        return source.read(size)


def keep(key: UUID, source: Path, part: str = CONTENT) -> None:
    """Put a finished file at its place, whole or not at all; `source` is on the same disk, and stays: who kills us here loses nothing."""
    target = kept(key, part)
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    os.chmod(source, 0o600)
    linked = target.with_name(f"{target.name}.new")
    linked.unlink(missing_ok=True)
    os.link(source, linked)
    linked.replace(target)


def scratch(key: UUID, attempt: int) -> Path:
    """An empty directory for one attempt at checking a file."""
    path = _root() / "incoming" / f"{key}.{attempt}"
    shutil.rmtree(path, ignore_errors=True)
    path.mkdir(parents=True, mode=0o700)
    return path


def delete(key: UUID) -> None:
    """Everything of a file; nothing happens when nothing is there."""
    incoming(key).unlink(missing_ok=True)
    for part in (CONTENT, THUMBNAIL):
        kept(key, part).unlink(missing_ok=True)


def delete_all(keys: Iterable[UUID]) -> None:
    """As `delete`, for many."""
    for key in keys:
        delete(key)


def remove(path: Path) -> None:
    """One path that `every` gave: a file, or a directory of an attempt."""
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def every() -> Iterator[tuple[Path, UUID]]:
    """Every path under this room's directories with the file's key; whatever else lies there is left alone."""
    for directory in (_root() / "incoming", *(_root() / "files").glob("??")):
        for path in directory.glob("*") if directory.is_dir() else ():
            try:
                yield path, UUID(path.name[:36])
            except ValueError:
                continue


def free_bytes() -> int:
    """How much the disk still takes."""
    root = _root()
    root.mkdir(parents=True, exist_ok=True)
    return shutil.disk_usage(root).free
