"""Which types a caller's words speak for: pure functions over rules, no database.

A rule's words are read so: an entry with letters of a script without blanks (Chinese) is found anywhere in a sentence; an entry in Latin
letters only as whole words, with any ending after `*`. "A + B" wants both in one sentence, commas or not. The longer phrases of `excludes`
hide what stands in them ("fire lane" hides "fire"). What is negated in its clause does not count; how people negate stands in negation.json.
"""

import json
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

LONGEST_TEXT = 2000
MOST_ENTRIES = 300
MOST = 3
SENTENCE = re.compile(r"[^.!?\n\u3002\u2026]+")
CLAUSE_ENDS = ",;:()"
LATIN = re.compile(r"[a-z0-9]")
JOIN = " + "


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule as it is read: entries and excluded phrases are one a line."""

    type_id: int
    entries: tuple[str, ...]
    excludes: tuple[str, ...]
    weight: int


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A type, the points of the words that speak for it, and those words, heaviest first."""

    type_id: int
    score: int
    words: tuple[str, ...]


def folded(text: str) -> str:
    """Text as it is compared: compatibility forms folded (NFKC), lower case, one kind of apostrophe."""
    return unicodedata.normalize("NFKC", text[:LONGEST_TEXT]).casefold().replace("\u2019", "'")


def entries(text: str) -> tuple[str, ...]:
    """The entries of a field, one a line, folded."""
    lines = (" ".join(folded(line).split()) for line in text.splitlines())
    return tuple(dict.fromkeys(line for line in lines if line))[:MOST_ENTRIES]


@dataclass(frozen=True, slots=True)
class _Entry:
    """An entry ready to be looked for: a quick test, its parts and what hides them."""

    words: str
    literals: tuple[str, ...]
    parts: tuple[re.Pattern[str], ...]
    excludes: tuple[re.Pattern[str], ...]
    weight: int


def suggest(text: str, rules: Iterable[Rule], *, most: int = MOST) -> list[Suggestion]:
    """The types that the words speak for, best first; a word counts once for a type, and not inside a longer one of the type."""
    sentences = [part.group() for part in SENTENCE.finditer(folded(text))]
    found = [suggestion for type_id, own in _read(tuple(rules)) if (suggestion := _of_type(type_id, own, sentences))]
    return sorted(found, key=lambda each: (-each.score, -max(map(len, each.words)), each.type_id))[:most]


def _of_type(type_id: int, ordered: Sequence[_Entry], sentences: Sequence[str]) -> Suggestion | None:
    spoken: dict[str, int] = {}
    for sentence in sentences:
        taken: list[tuple[int, int]] = []
        for entry in ordered:
            if not all(literal in sentence for literal in entry.literals):
                continue
            parts = [[each.span() for each in pattern.finditer(sentence)] for pattern in entry.parts]
            if not all(parts):
                continue
            hidden = [*taken, *(each.span() for pattern in entry.excludes for each in pattern.finditer(sentence))]
            if all(any(_is_meant(sentence, span, hidden) for span in spans) for spans in parts):
                spoken[entry.words] = max(spoken.get(entry.words, 0), entry.weight)
            # Denied, a longer word still holds its parts: "no fire" must not leave a word for fire over.
            taken += [span for spans in parts for span in spans]
    if not spoken:
        return None
    return Suggestion(type_id, sum(spoken.values()), tuple(sorted(spoken, key=lambda word: (-spoken[word], word))))


def _is_meant(sentence: str, span: tuple[int, int], hidden: Sequence[tuple[int, int]]) -> bool:
    return not any(other[0] <= span[0] and span[1] <= other[1] for other in hidden) and not is_negated(sentence, span[0])


@lru_cache(maxsize=8)
def _read(rules: tuple[Rule, ...]) -> tuple[tuple[int, tuple[_Entry, ...]], ...]:
    """The entries of each type; combinations and longer ones first, so that no part of one counts twice."""
    by_type: dict[int, list[_Entry]] = {}
    for rule in rules:
        excludes = tuple(_pattern(phrase) for phrase in rule.excludes)
        for entry in rule.entries:
            parts = tuple(part.strip() for part in entry.split("+") if part.strip(" *"))
            literals = tuple(part.rstrip("*").split()[0] for part in parts)
            if parts:
                row = _Entry(JOIN.join(parts), literals, tuple(_pattern(part) for part in parts), excludes, rule.weight)
                by_type.setdefault(rule.type_id, []).append(row)
    return tuple((type_id, tuple(sorted(own, key=_longest_first))) for type_id, own in by_type.items())


def _longest_first(entry: _Entry) -> tuple[int, int, int]:
    return -len(entry.parts), -len(entry.words), -entry.weight


def _pattern(words: str) -> re.Pattern[str]:
    """Words as an expression; everything is taken literally but a `*` at the end."""
    is_open = words.endswith("*")
    core = re.escape(words.rstrip("*").strip()).replace(r"\ ", r"\s+")
    before = r"(?<![a-z0-9])" if LATIN.match(words) else ""
    after = r"[a-z]*" if is_open else r"(?![a-z0-9])" if LATIN.match(words.rstrip("*")[-1:]) else ""
    return re.compile(before + core + after)


def is_negated(sentence: str, at: int) -> bool:
    """Whether what begins at this place of a sentence is said not to be so."""
    before = sentence[max(sentence.rfind(mark, 0, at) for mark in CLAUSE_ENDS) + 1 : at]
    for negation, excuse in _negations():
        found = negation.search(before)
        if found and not any(each.start() <= found.start("no") < each.end() for each in excuse.finditer(before)):
            return True
    return False


@cache
def _negations() -> tuple[tuple[re.Pattern[str], re.Pattern[str]], ...]:
    """For each script: a negation that reaches to the end of what was said before, and what only looks like one."""
    words = json.loads(Path(__file__).with_name("negation.json").read_text(encoding="utf-8"))

    def any_of(names: Sequence[str]) -> str:
        return "|".join(re.escape(each) for each in sorted(names, key=len, reverse=True))

    chinese, english = words["zh"], words["en"]
    zh = f"(?P<no>{any_of(chinese['says_no'])})(?:(?:{any_of(chinese['between'])})|[^\\s]{{1,4}}?(?:{any_of(chinese['joins'])}))*$"
    plain = any_of([each for each in english["says_no"] if "'" not in each])
    en = (
        rf"(?P<no>\b(?:{plain})|n't)\b(?:\s+(?:{any_of(english['between'])})\b|\s+[a-z]+(?:\s+(?:{any_of(english['between'])}))*"
        rf"\s+(?:{any_of(english['joins'])})\b)*\s*$"
    )
    return tuple((re.compile(says_no), re.compile(any_of(kind["no_negation"]))) for says_no, kind in ((zh, chinese), (en, english)))
