"""Text as people type it, made comparable."""

import re
import unicodedata

# Full-width comma, colon, semicolon, exclamation and question mark, parentheses: NFKC would make them those of another script.
_CHINESE = re.compile("([\uff0c\uff1a\uff1b\uff01\uff1f\uff08\uff09])")
_BARRED = {"Cc", "Cs", "Co", "Cn"}
# What turns the direction of all that follows: "\u202egnp.exe" reads exe.png. The marks between letters of one script may stay.
_TURNING = {*map(chr, range(0x202A, 0x202F)), *map(chr, range(0x2066, 0x206A))}


def tidy(text: str) -> str:
    """One line: compatibility forms folded (NFKC), control characters and turned directions gone, blanks squeezed."""
    return " ".join(_without_control(unicodedata.normalize("NFKC", text)).split())


def tidy_words(text: str) -> str:
    """One line of what somebody says, to be read and not compared: as `tidy`, with Chinese punctuation left as it was written."""
    parts = _CHINESE.split(text)
    folded = (part if _CHINESE.fullmatch(part) else unicodedata.normalize("NFKC", part) for part in parts)
    return " ".join(_without_control("".join(folded)).split())


def tidy_lines(text: str) -> str:
    """Several lines: composed (NFC), control characters and turned directions gone but line breaks kept."""
    lines = unicodedata.normalize("NFC", text).splitlines()
    return "\n".join(_without_control(line).rstrip() for line in lines).strip()


def _without_control(text: str) -> str:
    return "".join(" " if character == "\t" else character for character in text if _may_stay(character))


def _may_stay(character: str) -> bool:
    return character in "\t\n" or (unicodedata.category(character) not in _BARRED and character not in _TURNING)
