"""How the gazetteer is asked: each way of typing a name is one bounded query on one index. Used by `selectors` only."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from django.db import connection, transaction

from gis.words import as_like, fold, grams, is_han
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
    values: dict[str, Any] = {"text": text, "near": _ewkt(near), "limit": limit, "begins": as_like(text) + "%"}
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


def _ewkt(near: Position | None) -> str | None:
    return None if near is None else f"SRID=4326;POINT({near.lon} {near.lat})"


@cache
def _crossing_words() -> tuple[list[str], list[str]]:
    words = json.loads(Path(__file__).with_name("notations.json").read_text(encoding="utf-8"))["crossing"]
    return words["between"], words["after"]


def road_pairs(text: str) -> list[tuple[str, str]]:
    """The ways a text can be two roads that cross: split at each word that may stand between them."""
    text = fold(text[:MOST_TEXT])
    between, after = _crossing_words()
    for word in after:
        shorter = text.removesuffix(word)
        if shorter != text and any(separator in shorter for separator in between):
            text = shorter.strip()
            break
    return list(dict.fromkeys(_splits(text, between)))[:8]


def _splits(text: str, between: list[str]) -> Iterator[tuple[str, str]]:
    for separator in between:
        parts = text.split(separator)
        for cut in range(1, len(parts)):
            left, right = separator.join(parts[:cut]).strip(), separator.join(parts[cut:]).strip()
            if len(left) > 1 and len(right) > 1:
                yield left, right
    words = text.split(" ")
    if len(words) == 2 and is_han(text):
        yield from pairwise(words)


_CROSSINGS = """
WITH pair AS (
    SELECT l, r FROM unnest(%(left)s::text[], %(right)s::text[]) AS pair(l, r)
), met AS (
    SELECT a.name AS name_a, b.name AS name_b, a.name_en AS en_a, b.name_en AS en_b, least(a.rank, b.rank) AS rank,
           CASE WHEN ST_Intersects(a.line, b.line) THEN ST_Intersection(a.line, b.line) ELSE ST_ClosestPoint(a.line, b.line) END AS spots
    FROM pair
    JOIN gis_road AS a ON a.name = l OR lower(a.name_en) = l
    JOIN gis_road AS b ON (b.name = r OR lower(b.name_en) = r) AND b.id <> a.id AND ST_DWithin(a.line, b.line, 0.0003)
)
SELECT name_a, name_b, en_a, en_b, rank, ST_X(spot), ST_Y(spot),
       CASE WHEN %(near)s::text IS NULL THEN NULL ELSE ST_Distance(spot::geography, %(near)s::geography) END AS away
FROM met, LATERAL (SELECT ST_Centroid(part.geom) AS spot FROM ST_Dump(spots) AS part LIMIT 8) AS spots
ORDER BY away, rank, name_a, name_b, 6, 7
LIMIT %(limit)s
"""


@dataclass(frozen=True, slots=True)
class Meeting:
    """Where two roads meet, or come within thirty metres."""

    names: tuple[str, str]
    names_en: tuple[str, str]
    rank: int
    lon: float
    lat: float
    distance_m: float | None


def crossings(text: str, near: Position | None, limit: int) -> list[Meeting]:
    """The crossings a text names, none when it names no two roads that meet."""
    pairs = road_pairs(text)
    if not pairs:
        return []
    values = {"left": [left for left, _right in pairs], "right": [right for _left, right in pairs], "near": _ewkt(near), "limit": limit}
    with connection.cursor() as cursor:
        cursor.execute(_CROSSINGS, values)
        return [Meeting((row[0], row[1]), (row[2], row[3]), *row[4:]) for row in cursor.fetchall()]
