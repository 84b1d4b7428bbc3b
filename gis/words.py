"""Text of places made comparable, and the pairs of Chinese characters that an index can find."""

import re
import unicodedata

from kit.text import tidy

HAN = r"[\u3400-\u9fff\uf900-\ufaff]"
_RUNS = re.compile(f"{HAN}+")
_BLANKS = re.compile(r"[\s,]+")


def fold(text: str) -> str:
    """One line with compatibility forms folded and control characters gone, lower case, commas like blanks."""
    if not text.isprintable():
        text = tidy(text)
    return _BLANKS.sub(" ", unicodedata.normalize("NFKC", text).lower()).strip()


def grams(text: str) -> list[str]:
    """Every pair of neighbouring Chinese characters, once, sorted."""
    return sorted({run[at : at + 2] for run in _RUNS.findall(text) for at in range(len(run) - 1)})


def is_han(text: str) -> bool:
    """Whether there is a Chinese character in it."""
    return _RUNS.search(text) is not None


def as_like(text: str) -> str:
    """Text for the middle of a LIKE pattern, with its own signs escaped."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
