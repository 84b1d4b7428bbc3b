"""How alike two people's words are: both folded the same way, then compared by PostgreSQL's trigrams."""

import re
import unicodedata
from collections.abc import Sequence

from django.db import connection

# Chinese digits as people write them in addresses, with the formal zero; a number word is told digit by digit.
_DIGITS = str.maketrans("\u3007\u96f6\u4e00\u4e8c\u4e24\u4e09\u56db\u4e94\u516d\u4e03\u516b\u4e5d", "001223456789")
_BREAKS = re.compile(r"[\W_]+")
_HAN = re.compile(r"[\u3400-\u9fff]+")
MOST_CHARACTERS = 400

ALIKE = """
SELECT greatest(similarity(%(said)s, other), CASE WHEN least(length(%(said)s), length(other)) >= 8
                THEN greatest(word_similarity(%(said)s, other), word_similarity(other, %(said)s)) ELSE 0 END)
FROM unnest(%(others)s::text[]) WITH ORDINALITY AS given (other, place) ORDER BY place
"""


def fold(text: str) -> str:
    """Text made comparable: full width as half width, lower case, digits as digits, no punctuation, Chinese as its overlapping pairs.

    Chinese is not divided into words, and a trigram of one long word says little; pairs of characters say what was spoken of.
    """
    plain = unicodedata.normalize("NFKC", text[:MOST_CHARACTERS]).lower().translate(_DIGITS)
    return _BREAKS.sub(" ", _HAN.sub(_pairs, plain)).strip()


def _pairs(run: re.Match[str]) -> str:
    characters = run[0]
    if len(characters) == 1:
        return f" {characters} "
    return " " + " ".join(characters[at : at + 2] for at in range(len(characters) - 1)) + " "


def similarities(said: str, others: Sequence[str]) -> list[float]:
    """How alike each of the others is to what was said, 0 to 1, in their order; all in one question to the database."""
    folded = fold(said)
    if not folded or not others:
        return [0.0] * len(others)
    with connection.cursor() as cursor:
        cursor.execute(ALIKE, {"said": folded, "others": [fold(each) for each in others]})
        return [float(value or 0) for (value,) in cursor.fetchall()]
