"""How the gazetteer is asked: each way of typing a name is one bounded query on one index. Used by `selectors` only."""

import re
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from gis.marks import PlateAsked
from gis.words import as_like, fold, grams
from kit.geo import Position

# What each way of asking may bring at most: a name of two common characters matches ten thousand rows, nobody reads them.
CANDIDATES = 80
MOST_TEXT = 120
_LATIN = re.compile(r"[a-z0-9' -]+")
_MARKS = re.compile(r"[' -]")


@dataclass(frozen=True, slots=True)
class Hit:
    """A row of the gazetteer with how it matched: tier 0 the very name, 1 its beginning, 2 somewhere in it, 3 nearly."""

    tier: int
    place_id: int
    kind: str
    rank: int
    name: str
    name_en: str
    address: str
    region_id: int | None
    lon: float
    lat: float
    distance_m: float | None


_COLUMNS = "id, kind, rank, name, name_en, address, region_id, point"
_ANSWER = """
SELECT min(tier), id, kind, rank, name, name_en, address, region_id, ST_X(point), ST_Y(point), away
FROM (SELECT *, CASE WHEN %(near)s::text IS NULL THEN NULL ELSE ST_Distance(point::geography, %(near)s::geography) END AS away
      FROM ({found}) AS found) AS measured
GROUP BY id, kind, rank, name, name_en, address, region_id, point, away
ORDER BY min(tier), CASE WHEN away IS NULL THEN rank END, away, rank, length(name), id
LIMIT %(limit)s
"""


def _way(tier: int, condition: str, order: str) -> str:
    return f"(SELECT {tier} AS tier, {_COLUMNS} FROM gis_place WHERE {condition} ORDER BY {order} LIMIT {CANDIDATES})"  # noqa: S608  (constants)


_NEAREST_FIRST = "CASE WHEN %(near)s::text IS NULL THEN rank::float ELSE point <-> %(near)s::geometry END, rank, id"
_EXACT = _way(0, "name = %(text)s OR lower(name_en) = %(text)s", _NEAREST_FIRST)
_BEGINS = _way(1, "name LIKE %(begins)s", _NEAREST_FIRST)
_BEGINS_EN = _way(1, "lower(name_en) LIKE %(begins)s", _NEAREST_FIRST)
_INITIALS = _way(1, "initials LIKE %(typed)s", _NEAREST_FIRST)
_PINYIN = _way(1, "pinyin LIKE %(typed)s", _NEAREST_FIRST)


def hits(text: str, near: Position | None, limit: int) -> list[Hit]:
    """The best rows for a typed name: Chinese in whole or part, pinyin, initials, English; nearly alike when nothing else is found."""
    text = fold(text[:MOST_TEXT])
    if not text:
        return []
    values: dict[str, Any] = {"text": text, "near": ewkt(near), "limit": limit, "begins": as_like(text) + "%"}
    if _LATIN.fullmatch(text):
        values["typed"] = as_like(_MARKS.sub("", text)) + "%"
        ways = [_EXACT, _BEGINS, _BEGINS_EN, *([_INITIALS, _PINYIN] if values["typed"] != "%" else [])]
    else:
        ways = [_EXACT, _BEGINS]
    inside = _inside(text, values)
    found = _ask([*ways, *inside], values)
    return found or (_nearly(text, values) if len(text) >= 3 else [])


def _nearly(text: str, values: dict[str, Any]) -> list[Hit]:
    """Rows that share enough trigrams with a mistyped text; four of ten, because one wrong character of six breaks three."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL pg_trgm.word_similarity_threshold = 0.4")
        return _ask([_way(3, "search %%> %(text)s", "%(text)s <<-> search, rank, id")], values)


def _ask(ways: list[str], values: dict[str, Any]) -> list[Hit]:
    with connection.cursor() as cursor:
        cursor.execute(_ANSWER.format(found=" UNION ALL ".join(ways)), values)
        return [Hit(*row) for row in cursor.fetchall()]


def _inside(text: str, values: dict[str, Any]) -> list[str]:
    """Every word somewhere in the row, by trigrams from three characters on and by pairs for two; one character alone has no index."""
    conditions = []
    for number, word in enumerate(text.split(" ")[:6]):
        if len(word) >= 3:
            values[f"word{number}"] = f"%{as_like(word)}%"
            conditions.append(f"search LIKE %(word{number})s")
        elif grams(word):
            values[f"word{number}"] = grams(word)
            conditions.append(f"grams @> %(word{number})s::varchar[]")
        elif number:
            values[f"word{number}"] = f"%{as_like(word)}%"
            conditions.append(f"search LIKE %(word{number})s")
    return [_way(2, " AND ".join(conditions), _NEAREST_FIRST)] if conditions else []


def ewkt(near: Position | None) -> str | None:
    return None if near is None else f"SRID=4326;POINT({near.lon} {near.lat})"


# The partial indexes hold what has a plate; the planner takes them only when the condition is said.
_PLATED = "plate <> '' AND kind = ANY(%(kinds)s)"


def plates(asked: PlateAsked, near: Position | None, limit: int) -> list[Hit]:
    """Lamp posts, hydrants and manholes by the number on them: whole, its beginning or (what callers read) its end, or some of it."""
    values: dict[str, Any] = {"near": ewkt(near), "limit": limit, "kinds": list(asked.kinds), "plate": asked.plate}
    also = ""
    for number, word in enumerate(asked.words):
        values[f"word{number}"] = f"%{as_like(word)}%"
        also += f" AND search LIKE %(word{number})s"
    if not asked.plate:
        return _ask([_way(1, f"kind = ANY(%(kinds)s){also}", _NEAREST_FIRST)], values)
    ways = [_way(0, f"plate = %(plate)s AND {_PLATED}{also}", _NEAREST_FIRST)]
    size = len(asked.plate)
    if size >= (2 if len(asked.kinds) == 1 else 4):
        values |= {"begins": as_like(asked.plate) + "%", "ends": as_like(asked.plate[::-1]) + "%", "inside": f"%{as_like(asked.plate)}%"}
        ways.append(_way(1, f"plate LIKE %(begins)s AND {_PLATED}{also}", _NEAREST_FIRST))
        ways.append(_way(1, f"reverse(plate) LIKE %(ends)s AND {_PLATED}{also}", _NEAREST_FIRST))
        if size >= 3:
            ways.append(_way(2, f"plate LIKE %(inside)s AND {_PLATED}{also}", _NEAREST_FIRST))
    return _ask(ways, values)
