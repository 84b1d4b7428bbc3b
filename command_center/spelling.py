"""How Chinese names are found from a Latin keyboard: pinyin and its initials, computed here, never in the browser."""

from functools import lru_cache

from pypinyin import Style, lazy_pinyin


@lru_cache(maxsize=8192)
def findable_text(*words: str) -> str:
    """The words themselves, their pinyin and their initials, in lower case."""
    found = [word for word in words if word]
    spelled = [spelling for word in found if not word.isascii() for spelling in (initials(word), "".join(lazy_pinyin(word)))]
    return " ".join([*found, *spelled]).lower()


def initials(word: str) -> str:
    """The first letter of each syllable."""
    return "".join(lazy_pinyin(word, style=Style.FIRST_LETTER))
