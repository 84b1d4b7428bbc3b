"""How Chinese names are found from a Latin keyboard: pinyin and its initials, computed here, never in the browser."""

from functools import lru_cache


@lru_cache(maxsize=8192)
def findable_text(*words: str) -> str:
    """The words themselves, their pinyin and their initials, in lower case."""
    from pypinyin import lazy_pinyin  # where it is needed: its dictionary takes a tenth of a program's start

    found = [word for word in words if word]
    spelled = [spelling for word in found if not word.isascii() for spelling in (initials(word), "".join(lazy_pinyin(word)))]
    return " ".join([*found, *spelled]).lower()


def initials(word: str) -> str:
    """The first letter of each syllable."""
    from pypinyin import Style, lazy_pinyin

    return "".join(lazy_pinyin(word, style=Style.FIRST_LETTER))
