"""The file of rows that were not used: line, reason, and the row as it was."""

import csv
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from exchange.cad.reading import Rejected
from kit import sheets


class RejectsFile:
    """Made when the first row is rejected; one left by an earlier run is emptied, so that it never speaks of this one."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file: IO[str] | None = None
        self._heading: Sequence[str] = ()

    def __enter__(self) -> Self:
        if self.path.exists():
            self._open()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._file is not None:
            self._file.close()

    def add(self, rows: Sequence[Rejected], heading: Sequence[str]) -> None:
        """Write rows; cells that a spreadsheet would run are quoted."""
        if not rows:
            return
        file = self._file or self._open()
        if not self._heading:
            self._heading = heading
            csv.writer(file).writerow(["line", "reason", *map(sheets.safe_cell, heading)])
        for row in rows:
            cells = [cell.replace("\0", "\N{SYMBOL FOR NULL}") for cell in row.cells]
            csv.writer(file).writerow([row.line, row.reason, *map(sheets.safe_cell, cells)])

    def _open(self) -> IO[str]:
        self._file = self.path.open("w", newline="", encoding="utf-8", errors="replace")
        self._file.write(sheets.MARK)
        return self._file


def path_for(file: Path, asked: Path | None, spare: Path) -> Path:
    """Where rejected rows go: as asked, else FILE.rejected.csv, else the same name in a folder of ours when that one cannot be written."""
    if asked is not None:
        return asked
    beside = file.with_name(f"{file.name}.rejected.csv")
    try:
        was_there = beside.exists()
        with beside.open("a", encoding="utf-8"):
            pass
        if not was_there:
            beside.unlink()
    except OSError:
        spare.mkdir(parents=True, exist_ok=True)
        return spare / beside.name
    return beside
