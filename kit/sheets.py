"""CSV for people who open it in a spreadsheet: UTF-8 with its mark, and no cell that the spreadsheet would run."""

import csv
from collections.abc import Iterable
from typing import IO, Any

MARK = "\ufeff"
_STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%")


def safe_cell(value: Any) -> str:
    """A value as text; one that a spreadsheet would take for a formula is quoted with an apostrophe. Numbers stay numbers."""
    text = "" if value is None else str(value)
    if not text.lstrip(" ").startswith(_STARTS_A_FORMULA) or _is_number(text):
        return text
    return f"'{text}"


def write(target: IO[str], rows: Iterable[Iterable[Any]]) -> int:
    """Write rows with the UTF-8 mark first; says how many."""
    target.write(MARK)
    writer = csv.writer(target)
    count = 0
    for row in rows:
        writer.writerow([safe_cell(cell) for cell in row])
        count += 1
    return count


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
