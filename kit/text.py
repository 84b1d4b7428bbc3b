"""Text as people type it, made comparable."""

import unicodedata

_BARRED = {"Cc", "Cs", "Co", "Cn"}


def tidy(text: str) -> str:
    """One line: compatibility forms folded (NFKC), control characters gone, blanks squeezed."""
    return " ".join(_without_control(unicodedata.normalize("NFKC", text)).split())


def tidy_lines(text: str) -> str:
    """Several lines: composed (NFC), control characters gone but line breaks kept."""
    lines = unicodedata.normalize("NFC", text).splitlines()
    return "\n".join(_without_control(line).rstrip() for line in lines).strip()


def _without_control(text: str) -> str:
    return "".join(" " if character == "\t" else character for character in text if _may_stay(character))


def _may_stay(character: str) -> bool:
    return character in "\t\n" or unicodedata.category(character) not in _BARRED
