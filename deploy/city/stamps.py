"""Remember what was done, so that nothing is done twice."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Iterable
from pathlib import Path

from city.place import Place


def fingerprint(*parts: Path | str) -> str:
    """A digest of texts and of the contents of files."""
    digest = hashlib.sha256()
    for part in parts:
        content = part.read_bytes() if isinstance(part, Path) else part.encode()
        digest.update(len(content).to_bytes(8, "big") + content)
    return digest.hexdigest()


def listing(paths: Iterable[Path]) -> str:
    """A digest of names, sizes and times: quick for many files."""
    lines = []
    for path in sorted(paths):
        with contextlib.suppress(FileNotFoundError):
            state = path.stat()
            lines.append(f"{path} {state.st_size} {state.st_mtime_ns}")
    return fingerprint("\n".join(lines))


def is_done(place: Place, name: str, mark: str) -> bool:
    """Whether the named work was done with exactly this input."""
    path = place.home / "stamps" / name
    return path.exists() and path.read_text() == mark


def done(place: Place, name: str, mark: str) -> None:
    """Note that the named work is done with this input."""
    path = place.home / "stamps" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(mark)


def forget(place: Place, name: str) -> None:
    """Let the named work be done again."""
    (place.home / "stamps" / name).unlink(missing_ok=True)
