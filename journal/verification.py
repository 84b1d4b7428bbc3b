"""Checks the digest chain of the journal, in the database or from an export that left it.

An export is JSON lines: a header (where it starts, the digest before), one line for each entry, a trailer (where it ends, the last
digest, how many). It is checked without any database.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from journal import chain, selectors
from journal.chain import Flaw

FORMAT = "city-journal/1"
End = tuple[int, bytes]


@dataclass
class Verdict:
    """What a check found."""

    entries: int = 0
    position: int = 0
    digest: bytes = b""
    flaws: list[Flaw] = field(default_factory=list)

    @property
    def is_whole(self) -> bool:
        return not self.flaws


class NoExport(Exception):
    """The file is not an export of the journal."""


def verify(rows: Iterator[tuple[dict[str, Any], bytes]], *, after: int = 0, digest: bytes = chain.START, expect: End | None = None) -> Verdict:
    """Check rows that follow position `after` with its digest; `expect` is an end noted earlier that they must still contain."""
    verdict = Verdict(position=after, digest=digest)
    found: list[bytes] = []

    def counted() -> Iterator[tuple[dict[str, Any], bytes]]:
        for values, stored in rows:
            verdict.entries += 1
            verdict.position, verdict.digest = values.get("position", 0), stored
            if expect is not None and verdict.position == expect[0]:
                found.append(stored)
            yield values, stored

    verdict.flaws.extend(chain.check(counted(), after=after, digest=digest))
    if expect is not None and found != [expect[1]]:
        verdict.flaws.append(Flaw(expect[0], "is not what was noted earlier: the journal was rewritten"))
    return verdict


def verify_database(expect: End | None = None) -> Verdict:
    """Check every numbered entry against the chain, and the end of the chain against the head."""
    position, digest = selectors.head()
    verdict = verify(selectors.chained(until=position), expect=expect)
    if (verdict.position, verdict.digest) != (position, digest):
        verdict.flaws.append(Flaw(position, "the head of the journal is not its last entry: the end is missing"))
    return verdict


def export(target: IO[str], *, after: int = 0) -> int:
    """Write every numbered entry after a position; says how many."""
    position, digest = selectors.head()
    start = {"format": FORMAT, "after": after, "digest": selectors.digest_at(after).hex()}
    target.write(json.dumps(start) + "\n")
    count = 0
    for values, stored in selectors.chained(after=after, until=position):
        target.write(chain.canonical(values | {"digest": stored.hex()}).decode() + "\n")
        count += 1
    target.write(json.dumps({"end": position, "digest": digest.hex(), "entries": count}) + "\n")
    return count


def verify_export(path: Path, expect: End | None = None) -> Verdict:
    """Check an export with nothing but the file. Raises `NoExport` when it is none."""
    with path.open(encoding="utf-8") as lines:
        start = _object(lines.readline())
        if start.get("format") != FORMAT:
            raise NoExport(f"{path}: the first line does not say {FORMAT}")
        trailer: dict[str, Any] = {}

        def rows() -> Iterator[tuple[dict[str, Any], bytes]]:
            for line in lines:
                values = _object(line)
                if "end" in values:
                    trailer.update(values)
                    return
                yield values, bytes.fromhex(values.pop("digest", ""))

        verdict = verify(rows(), after=start["after"], digest=bytes.fromhex(start["digest"]), expect=expect)
    if (trailer.get("end"), trailer.get("digest")) != (verdict.position, verdict.digest.hex()):
        verdict.flaws.append(Flaw(verdict.position + 1, "the export does not end where it says: the end is missing"))
    return verdict


def _object(line: str) -> dict[str, Any]:
    try:
        value = json.loads(line)
    except ValueError as error:
        raise NoExport(f"not JSON: {error}") from error
    if not isinstance(value, dict):
        raise NoExport("a line is not an object")
    return value
