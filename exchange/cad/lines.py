"""A CSV file as records with line numbers, whatever is in it: bounded memory, no record is lost without being told.

A record that cannot be read costs that record only: a quotation mark nobody closes does not swallow the rest of the file.
"""

import codecs
import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

LONGEST_LINE = 256 * 1024
LONGEST_FIELD = 8 * 1024
MOST_LINES = 20
_OTHERS = ((codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


class FileUnreadable(Exception):
    """Nothing of the file can be used, with a sentence that says why."""


@dataclass(frozen=True, slots=True)
class Record:
    """One record: the line it starts on, its cells, and why it is unusable ("" when it is not)."""

    line: int
    cells: list[str]
    flaw: str = ""


@dataclass(frozen=True, slots=True)
class _Line:
    number: int
    text: str
    flaw: str


class Records:
    """The records of a file, in order; `done` is the share of the file that was read, 0 to 1."""

    def __init__(self, path: Path, encoding: str, delimiter: str) -> None:
        self._path = path
        self._encoding = _known_encoding(encoding)
        self._delimiter = delimiter
        self._size = max(_size(path), 1)
        self._read = 0
        self._waiting: list[_Line] = []

    @property
    def done(self) -> float:
        return min(self._read / self._size, 1.0)

    def __iter__(self) -> Iterator[Record]:
        with self._path.open("rb") as file:
            self._skip_mark(file)
            lines = self._lines(file)
            while (line := self._next(lines)) is not None:
                if line.text.strip() or line.flaw:
                    yield self._record(line, lines)

    def _skip_mark(self, file: IO[bytes]) -> None:
        """A UTF-8 mark is skipped; any other mark names the encoding to ask for."""
        start = file.read(4)
        found = next((name for mark, name in _OTHERS if start.startswith(mark)), None)
        if found and self._encoding == "utf-8":
            raise FileUnreadable(f"The file is {found.upper()}, not UTF-8: give --encoding {found}.")
        if found:
            raise FileUnreadable(f"{found.upper()} files cannot be read line by line: save the file as UTF-8.")
        file.seek(3 if start.startswith(codecs.BOM_UTF8) else 0)

    def _lines(self, file: IO[bytes]) -> Iterator[_Line]:
        number = 0
        while raw := file.readline(LONGEST_LINE + 1):
            number += 1
            self._read += len(raw)
            is_long = len(raw) > LONGEST_LINE
            while is_long and raw and not raw.endswith(b"\n"):
                raw = file.readline(LONGEST_LINE)
                self._read += len(raw)
            yield _Line(number, "", f"the line is longer than {LONGEST_LINE} bytes") if is_long else self._decoded(number, raw)

    def _decoded(self, number: int, raw: bytes) -> _Line:
        try:
            text = raw.decode(self._encoding)
        except UnicodeDecodeError as error:
            return _Line(number, raw.decode(self._encoding, "replace"), f"byte {error.start + 1} is not {self._encoding}")
        return _Line(number, text, "there is a NUL character in the line" if "\0" in text else "")

    def _next(self, lines: Iterator[_Line]) -> _Line | None:
        return self._waiting.pop(0) if self._waiting else next(lines, None)

    def _record(self, first: _Line, lines: Iterator[_Line]) -> Record:
        """Join lines while a quotation mark is open; give up after twenty and go on with the second one."""
        taken = [first]
        while sum(line.text.count('"') for line in taken) % 2 and len(taken) < MOST_LINES:
            following = self._next(lines)
            if following is None:
                break
            taken.append(following)
        if len(taken) > 1 and sum(line.text.count('"') for line in taken) % 2:
            self._waiting = taken[1:] + self._waiting
            taken = taken[:1]
        flaw = next((line.flaw for line in taken if line.flaw), "")
        return self._parsed(first.number, "".join(line.text for line in taken), flaw)

    def _parsed(self, number: int, text: str, flaw: str) -> Record:
        csv.field_size_limit(LONGEST_LINE * MOST_LINES)
        rows: list[list[str]] = []
        try:
            rows = list(csv.reader(text.splitlines(keepends=True), delimiter=self._delimiter, strict=True))
        except csv.Error as error:
            flaw = flaw or ("a quotation mark is never closed" if text.count('"') % 2 else str(error))
        cells = rows[0] if len(rows) == 1 else [text.rstrip("\r\n")]
        if len(rows) > 1:
            flaw = flaw or "the quotation marks do not match"
        if not flaw and any(len(cell) > LONGEST_FIELD for cell in cells):
            flaw = f"a field is longer than {LONGEST_FIELD} characters"
        return Record(number, cells, flaw)


def _known_encoding(name: str) -> str:
    try:
        return codecs.lookup(name).name
    except LookupError as error:
        raise FileUnreadable(f"There is no encoding {name!r}: try utf-8, gb18030 or windows-1252.") from error


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError as error:
        raise FileUnreadable(f"{path}: {error.strerror}.") from error
