"""The digest chain: each numbered entry carries SHA-256 over its canonical JSON and the digest before it.

Canonical JSON: the keys below, sorted; no spaces; UTF-8; times in UTC with microseconds and "Z". Another program can check an export
with nothing but JSON and SHA-256.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

FIELDS = (
    "about",
    "actor_id",
    "actor_kind",
    "actor_label",
    "at",
    "cause",
    "data",
    "id",
    "name",
    "position",
    "recorded_at",
    "request_id",
    "scopes",
)
START = b""


@dataclass(frozen=True)
class Flaw:
    """Where the chain does not hold, and why."""

    position: int
    reason: str

    def __str__(self) -> str:
        return f"position {self.position}: {self.reason}"


def moment(at: datetime) -> str:
    """A time as the chain writes it."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def canonical(values: dict[str, Any]) -> bytes:
    """The bytes that are digested; the standard library's JSON, because it writes every number the database can hold."""
    return json.dumps(values, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def digest_of(previous: bytes, text: bytes) -> bytes:
    """The digest of an entry whose canonical JSON is `text`, after the entry with digest `previous`."""
    return hashlib.sha256(previous + text).digest()


def check(rows: Iterable[tuple[dict[str, Any], bytes]], *, after: int, digest: bytes) -> Iterator[Flaw]:
    """Every flaw in rows of (values, stored digest) in order of position, that follow position `after` with its `digest`."""
    position = after
    for values, stored in rows:
        found = values.get("position")
        if not isinstance(found, int):
            yield Flaw(position + 1, "the entry has no position")
            continue
        if found != position + 1:
            yield Flaw(found, f"follows position {position}: {'an entry is missing' if found > position + 1 else 'entries are swapped or doubled'}")
        if digest_of(digest, canonical({key: values.get(key) for key in FIELDS})) != stored:
            yield Flaw(found, "the digest does not match: the entry or its predecessor was changed")
        position, digest = found, stored
