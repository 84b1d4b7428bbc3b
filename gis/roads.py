"""Places on roads that have no line of their own in the gazetteer: where two roads cross, and a stake of a road. Used by `selectors` only."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from gis.marks import StakeAsked, table
from gis.search import MOST_TEXT, ewkt
from gis.words import as_like, fold, is_han
from kit.geo import Position

MOST_ROADS = 40  # that one name may mean
MOST_PAIRS = 8
ONE_CROSSING_M = 80  # two carriageways that cross two others meet four times, and people call that one crossing
_LATIN = re.compile(r"[a-z0-9' .-]+")
_MARKS = re.compile(r"[' .-]")


def road_pairs(text: str) -> list[tuple[str, str]]:
    """The ways a text can be two roads that cross: split at each word that may stand between them, with and without "crossing" after."""
    words = table("crossing")
    text = fold(text[:MOST_TEXT])
    shorter = [text.removesuffix(word).strip() for word in words["after"] if text.endswith(word)]
    pairs = [pair for one in (text, *shorter) for pair in _splits(one, words["between"])]
    for one in shorter:
        pairs += _joined(one, words["road_ends"])
    return list(dict.fromkeys(pairs))[:MOST_PAIRS]


def _splits(text: str, between: list[str]) -> Iterator[tuple[str, str]]:
    for separator in between:
        parts = text.split(separator)
        for cut in range(1, len(parts)):
            left, right = separator.join(parts[:cut]).strip(), separator.join(parts[cut:]).strip()
            if len(left) > 1 and len(right) > 1:
                yield left, right
    words = text.split(" ")
    if len(words) == 2 and min(map(len, words)) > 1:
        yield words[0], words[1]


def _joined(text: str, ends: list[str]) -> Iterator[tuple[str, str]]:
    """Two names with nothing between them, as in speech; only asked when a word for "crossing" stood behind."""
    for end in ends:
        cut = text.find(end, 1) + len(end)
        if len(end) < cut < len(text) - 1:
            yield text[:cut], text[cut:]


@dataclass(frozen=True, slots=True)
class Called:
    """A road that a text may mean: tier 0 its very name or number, 1 its reading or initials, 2 the beginning of these."""

    term: str
    tier: int
    road_id: int


def _expanded(term: str) -> str:
    """An English name with its abbreviations written out; the first word stands, because St may be a saint."""
    short = table("crossing")["abbreviations"]
    first, *others = term.replace(".", " ").split() or [""]
    return " ".join([first if others else short.get(first, first), *(short.get(word, word) for word in others)])


def _ways(term: str) -> Iterator[tuple[int, str, dict[str, Any]]]:
    yield 0, "name = %(term)s", {"term": term}
    if not _LATIN.fullmatch(term):
        yield 2, "name LIKE %(begins)s", {"begins": as_like(term) + "%"}
        return
    typed = _MARKS.sub("", term)
    yield 0, "lower(name_en) = ANY(%(names)s)", {"names": [term, _expanded(term)]}
    yield 0, "lower(ref) = %(term)s", {"term": typed}
    if len(typed) > 1:
        yield 1, "(initials = %(typed)s OR pinyin = %(typed)s)", {"typed": typed}
    if len(typed) > 2:
        yield 2, "lower(name_en) LIKE %(begins)s", {"begins": as_like(_expanded(term)) + "%"}
        yield 2, "(initials LIKE %(begins)s OR pinyin LIKE %(begins)s)", {"begins": as_like(typed) + "%"}


def called(terms: Sequence[str]) -> list[Called]:
    """The roads each of the folded names, numbers, readings or initials may mean, in one question; each way of asking is bounded."""
    parts: list[str] = []
    values: dict[str, Any] = {}
    for number, term in enumerate(terms):
        for tier, condition, given in _ways(term):
            names = {name: f"{name}{len(parts)}" for name in given}
            for name, renamed in names.items():
                condition = condition.replace(f"%({name})s", f"%({renamed})s")
                values[renamed] = given[name]
            parts.append(f"(SELECT {number} AS term, {tier} AS tier, id FROM gis_road WHERE {condition} ORDER BY rank, id LIMIT {MOST_ROADS})")  # noqa: S608
    if not parts:
        return []
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT term, min(tier), id FROM ({' UNION ALL '.join(parts)}) AS found GROUP BY term, id ORDER BY 1, 2, 3", values)  # noqa: S608
        return [Called(terms[term], tier, road_id) for term, tier, road_id in cursor.fetchall()]


_CROSSINGS = """
WITH called(term, tier, id) AS (
    SELECT * FROM unnest(%(terms)s::text[], %(tiers)s::int[], %(ids)s::bigint[])
), pair(l, r) AS (
    SELECT * FROM unnest(%(left)s::text[], %(right)s::text[])
), met AS (
    SELECT greatest(ca.tier, cb.tier) AS tier, a.name AS name_a, b.name AS name_b, a.name_en AS en_a, b.name_en AS en_b,
           least(a.rank, b.rank) AS rank,
           CASE WHEN ST_Intersects(a.line, b.line) THEN ST_Intersection(a.line, b.line) ELSE ST_ClosestPoint(a.line, b.line) END AS spots
    FROM pair
    JOIN called AS ca ON ca.term = l JOIN gis_road AS a ON a.id = ca.id
    JOIN called AS cb ON cb.term = r JOIN gis_road AS b ON b.id = cb.id AND b.id <> a.id AND ST_DWithin(a.line, b.line, 0.0003)
)
SELECT tier, name_a, name_b, en_a, en_b, rank, ST_X(spot), ST_Y(spot),
       CASE WHEN %(near)s::text IS NULL THEN NULL ELSE ST_Distance(spot::geography, %(near)s::geography) END AS away
FROM met, LATERAL (SELECT ST_Centroid(part.geom) AS spot FROM ST_Dump(spots) AS part LIMIT 8) AS spots
ORDER BY tier, away, rank, name_a, name_b, 7, 8
LIMIT %(limit)s
"""


@dataclass(frozen=True, slots=True)
class Meeting:
    """Where two roads meet, or come within thirty metres; `tier` as in `Called`, the worse of the two."""

    tier: int
    names: tuple[str, str]
    names_en: tuple[str, str]
    rank: int
    lon: float
    lat: float
    distance_m: float | None


def crossings(text: str, near: Position | None, limit: int) -> list[Meeting]:
    """The crossings a text names, none when it names no two roads that meet. Latin words with a blank between must be whole readings or names."""
    pairs = road_pairs(text)
    roads = called(sorted({term for pair in pairs for term in pair}))
    if not roads:
        return []
    blank = _loose(text)
    roads = [one for one in roads if one.tier < 2 or not blank]
    values: dict[str, Any] = {
        "terms": [one.term for one in roads],
        "tiers": [one.tier for one in roads],
        "ids": [one.road_id for one in roads],
        "left": [left for left, _right in pairs],
        "right": [right for _left, right in pairs],
        "near": ewkt(near),
        "limit": limit * 8,
    }
    with connection.cursor() as cursor:
        cursor.execute(_CROSSINGS, values)
        return _told_apart([Meeting(row[0], (row[1], row[2]), (row[3], row[4]), *row[5:]) for row in cursor.fetchall()])[:limit]


def _loose(text: str) -> bool:
    """Whether only a blank can part the two names, as in any two Latin words."""
    text = fold(text)
    return not is_han(text) and not any(word in text for word in table("crossing")["between"])


def _told_apart(found: list[Meeting]) -> list[Meeting]:
    kept: list[Meeting] = []
    for one in found:
        if not any(set(one.names) == set(other.names) and _is_close(one, other) for other in kept):
            kept.append(one)
    return kept


def _is_close(one: Meeting, other: Meeting) -> bool:
    degree = 111_320.0
    return abs(one.lon - other.lon) < ONE_CROSSING_M / degree * 1.3 and abs(one.lat - other.lat) < ONE_CROSSING_M / degree


# Between two stakes the road's own line is followed when it is one line and about as long as the stakes say; else the straight line between
# them, drawn back onto the road. A ring's line has a seam, a dual carriageway is two lines: both fall to the second way.
_STAKES = """
WITH road AS (
    SELECT id, tier, name, name_en, ref, rank, line, ST_LineMerge(line) AS whole
    FROM unnest(%(ids)s::bigint[], %(tiers)s::int[]) AS asked(road_id, tier) JOIN gis_road ON id = road_id
), held AS (
    SELECT road.*, below.stake_m AS m0, below.point AS p0, above.stake_m AS m1, above.point AS p1,
           (%(metres)s - below.stake_m) / nullif(above.stake_m - below.stake_m, 0)::float AS share
    FROM road
    LEFT JOIN LATERAL (SELECT stake_m, point FROM gis_place WHERE road_id = road.id AND stake_m <= %(metres)s ORDER BY stake_m DESC, id LIMIT 1)
        AS below ON true
    LEFT JOIN LATERAL (SELECT stake_m, point FROM gis_place WHERE road_id = road.id AND stake_m >= %(metres)s ORDER BY stake_m, id LIMIT 1)
        AS above ON true
), located AS (
    SELECT *, ST_LineLocatePoint(one, p0) AS l0, ST_LineLocatePoint(one, p1) AS l1, ST_Length(one::geography) AS length_m
    FROM (SELECT *, CASE WHEN GeometryType(whole) = 'LINESTRING' THEN whole END AS one FROM held) AS held
), placed AS (
    SELECT *, CASE
        WHEN m0 = %(metres)s THEN 0
        WHEN m1 - m0 <= %(between)s THEN m1 - m0
        WHEN least(%(metres)s - m0, m1 - %(metres)s) <= %(beyond)s THEN -1 END AS gap_m
    FROM located
)
SELECT tier, id, name, name_en, ref, rank, gap_m, ST_X(spot), ST_Y(spot),
       CASE WHEN %(near)s::text IS NULL THEN NULL ELSE ST_Distance(spot::geography, %(near)s::geography) END AS away
FROM (SELECT *, CASE
        WHEN gap_m = 0 THEN p0
        WHEN gap_m < 0 THEN CASE WHEN m1 IS NULL OR %(metres)s - m0 < m1 - %(metres)s THEN p0 ELSE p1 END
        WHEN abs(l1 - l0) * length_m BETWEEN 0.5 * gap_m AND 1.5 * gap_m THEN ST_LineInterpolatePoint(one, l0 + (l1 - l0) * share)
        ELSE ST_ClosestPoint(line, ST_LineInterpolatePoint(ST_MakeLine(p0, p1), share)) END AS spot
      FROM placed WHERE gap_m IS NOT NULL) AS spots
ORDER BY tier, gap_m < 0, away, rank, id
LIMIT %(limit)s
"""
MOST_BETWEEN_M = 5_000  # two stakes further apart say little about what lies between them
MOST_BEYOND_M = 1_000  # from the last stake


@dataclass(frozen=True, slots=True)
class OnRoad:
    """A stake of a road. `gap_m`: 0 the stake itself, above 0 how far apart the stakes on both sides are, below 0 the nearest stake instead."""

    tier: int
    road_id: int
    name: str
    name_en: str
    ref: str
    rank: int
    gap_m: int
    lon: float
    lat: float
    distance_m: float | None


def stakes(asked: StakeAsked, near: Position | None, limit: int) -> list[OnRoad]:
    """Where a road's stake stands, by the stakes that are loaded; a road without any gives nothing, because nobody knows where it counts from."""
    roads = called([asked.road]) or _beginning_of(asked.road)
    values: dict[str, Any] = {
        "ids": [one.road_id for one in roads],
        "tiers": [one.tier for one in roads],
        "metres": asked.metres,
        "between": MOST_BETWEEN_M,
        "beyond": MOST_BEYOND_M,
        "near": ewkt(near),
        "limit": limit,
    }
    if not roads:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_STAKES, values)
        return [OnRoad(*row) for row in cursor.fetchall()]


def _beginning_of(text: str) -> list[Called]:
    """Roads whose name or number the text begins with: callers add the direction, or say number and name together."""
    beginnings = [text[:size].strip() for size in range(len(text) - 1, 1, -1)][:40]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM gis_road WHERE name = ANY(%(all)s) OR lower(ref) = ANY(%(all)s) OR lower(name_en) = ANY(%(all)s) "
            "ORDER BY length(name) DESC, rank, id LIMIT %(most)s",
            {"all": beginnings, "most": MOST_ROADS},
        )
        return [Called(text, 1, row[0]) for row in cursor.fetchall()]
