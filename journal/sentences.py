"""Turns entries into sentences in the reader's language, naming every kind of subject with one call."""

import string
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from journal import facts, labels
from journal.models import Entry


@dataclass(frozen=True)
class Gap:
    """A placeholder of a sentence: the ids it stands for and of what kind; no kind means the words themselves."""

    field: str
    kind: str
    ids: list[str]


def render(entries: Sequence[Entry]) -> list[str]:
    """One sentence for each entry, in order."""
    gaps = [_gaps(entry) for entry in entries]
    wanted: dict[str, list[str]] = {}
    for gap in (gap for row in gaps for gap in row if gap.kind):
        wanted.setdefault(gap.kind, []).extend(gap.ids)
    named = labels.resolve(wanted)
    return [_fill(entry, row, named) for entry, row in zip(entries, gaps, strict=True)]


def _says(entry: Entry) -> str:
    known = facts.registry.get(entry.name)
    return str(known.says) if known else f"{{actor}}: {entry.name}"


def _gaps(entry: Entry) -> list[Gap]:
    return [_gap(entry, field, kind or "") for _text, field, kind, _conversion in string.Formatter().parse(_says(entry)) if field]


def _gap(entry: Entry, field: str, kind: str) -> Gap:
    data = entry.data
    if field == "actor" and entry.actor_kind == "system" and labels.is_known(labels.AUTOMATION):
        return Gap(field, labels.AUTOMATION, [entry.actor_id])
    if field == "actor":
        return Gap(field, "", [entry.actor_label or _("Somebody")])
    if kind:
        return Gap(field, kind, _ids(data.get(field)))
    if field in data and not labels.is_known(field):
        return Gap(field, "", _ids(data[field]))
    for key in (f"{field}_id", f"{field}_ids", field):
        if key in data:
            return Gap(field, field, _ids(data[key]))
    return Gap(field, field, entry.subjects(field))


def _ids(value: object) -> list[str]:
    if value is None or value == "":
        return []
    if isinstance(value, list | tuple):
        return [str(one) for one in value]
    return [str(value)]


def _fill(entry: Entry, gaps: list[Gap], named: dict[tuple[str, str], str]) -> str:
    words = {(gap.field, gap.kind): [named[(gap.kind, one)] if gap.kind else one for one in gap.ids] for gap in gaps}
    chosen = iter(gaps)
    said: list[str] = []
    for text, field, _kind, _conversion in string.Formatter().parse(_says(entry)):
        said.append(text)
        if field:
            gap = next(chosen)
            said.append(_(", ").join(words[(gap.field, gap.kind)]) or "—")
    return "".join(said)
