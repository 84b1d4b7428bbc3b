"""What files are called and how large they are, in words."""

import re
import unicodedata

from kit import text

# Marks that turn the direction of writing or cannot be seen: "photo<U+202E>gpj.exe" looks like a picture.
UNSEEN = dict.fromkeys([*range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2066, 0x206A), 0xFEFF])


def megabytes(size: int) -> str:
    """Bytes as whole or tenths of megabytes, for a sentence."""
    return f"{size / 1e6:.1f}".removesuffix(".0")


def safe_name(name: str) -> str:
    """What its sender calls a file, as one line without folders, control characters or turned directions; never used as a path."""
    last = re.split(r"[\\/]", unicodedata.normalize("NFC", name).translate(UNSEEN))[-1]
    tidied = text.tidy(last).strip(". ")
    stem, dot, ending = tidied.rpartition(".")
    return (f"{stem[:100]}.{ending[:19]}" if dot else tidied[:120]) or "file"
