"""Questions to the journal. It knows no people: whether a reader may see a subject is decided by the caller."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Model

from journal import carrying, chain, sentences, wire
from journal.models import Entry, Head, Receipt, subject
from journal.wire import Line


@dataclass(frozen=True)
class TimelineLine:
    """One line of a timeline: the entry, and its sentence in the reader's language."""

    entry: Entry
    sentence: str

    @property
    def at(self) -> datetime:
        return self.entry.at

    @property
    def id(self) -> int:
        return self.entry.id


def timeline(subject_of: Model | str, *, before: int | None = None, limit: int = 50, names: Collection[str] | None = None) -> list[TimelineLine]:
    """What happened to a subject (`names`: only these facts), the newest first, in the reader's language; `before` is the last line's id."""
    entries = Entry.objects.filter(about__contains=[subject(subject_of)]).order_by("-at", "-id")
    if names is not None:
        entries = entries.filter(name__in=list(names))
    if before is not None:
        edge = Entry.objects.filter(pk=before).values_list("at", flat=True).first()
        if edge is not None:
            entries = entries.extra(where=["(at, id) < (%s, %s)"], params=[edge, before])
    return lines(entries[:limit])


def lines(entries: Iterable[Entry]) -> list[TimelineLine]:
    """Entries with their sentences; every kind of subject is named by one call."""
    rows = list(entries)
    return [TimelineLine(entry, says) for entry, says in zip(rows, sentences.render(rows), strict=True)]


def sentence(entry: Entry) -> str:
    """What happened, as one sentence in the reader's language."""
    return sentences.render([entry])[0]


def entries_since(position: int, scopes: Collection[str], limit: int) -> list[Entry]:
    """Numbered entries after a position that meet these scopes, in order, at most `limit`."""
    return list(Entry.objects.filter(position__gt=position, scopes__overlap=list(scopes)).order_by("position")[:limit])


def entries_about(position: int, about: str | None, limit: int) -> list[Entry]:
    """Numbered entries after a position (None: about anything), in order, at most `limit`."""
    rows = Entry.objects.filter(position__gt=position)
    if about is not None:
        rows = rows.filter(about__contains=[about])
    return list(rows.order_by("position")[:limit])


def entries_named(names: Collection[str], *, since: datetime, until: datetime, limit: int) -> list[Entry]:
    """What happened under these names in a period, in the order in which it happened, at most `limit`."""
    return list(Entry.objects.filter(name__in=list(names), at__gte=since, at__lt=until).order_by("at", "id")[:limit])


def elevated_entries(actor_id: str, *, since: datetime, until: datetime, limit: int) -> list[Entry]:
    """What a person did in a period with authority taken by breaking the glass, in the order in which it happened, at most `limit`."""
    rows = Entry.objects.filter(actor_kind="user", actor_id=actor_id, at__gte=since, at__lt=until, data__elevated=True)
    return list(rows.order_by("at", "id")[:limit])


def entry_of(entry_id: int) -> Entry | None:
    """One entry by its id, None when there is none."""
    return Entry.objects.filter(pk=entry_id).first()


def head_position() -> int:
    """The last position given out; 0 before the first."""
    return Head.objects.values_list("position", flat=True).filter(pk=1).first() or 0


def lines_between(after: int, until: int, limit: int) -> list[Line]:
    """Numbered entries with after < position <= until as the hubs get them, in order, at most `limit`."""
    rows = Entry.objects.filter(position__gt=after, position__lte=until).order_by("position")[:limit]
    return _lines_of(rows)


def lines_since(after: int, until: int, scopes: Collection[str], limit: int) -> list[Line]:
    """As `lines_between`, only those that meet the scopes."""
    rows = Entry.objects.filter(position__gt=after, position__lte=until, scopes__overlap=list(scopes))
    return _lines_of(rows.order_by("position")[:limit])


def _lines_of(entries: Iterable[Entry]) -> list[Line]:
    """Numbered entries as they travel: ids and times, no names and no actor, and what their rooms let them carry."""
    rows = list(entries)
    loads = carrying.loads([(entry.name, entry.data) for entry in rows])
    return [
        wire.line(entry.position or 0, entry.name, entry.scopes, about=entry.about, at=chain.moment(entry.at), data=entry.data, load=load)
        for entry, load in zip(rows, loads, strict=True)
    ]


def relay_lag_seconds() -> float:
    """The age of the oldest entry that has no position yet; 0 when all have one."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT greatest(0, extract(epoch FROM clock_timestamp() - recorded_at))::float8"
            " FROM journal_entry WHERE position IS NULL ORDER BY id LIMIT 1"
        )
        row = cursor.fetchone()
    return row[0] if row else 0.0


def dead_reactions() -> int:
    """How many reactions were given up and wait for a person."""
    return Receipt.objects.dead().count()


def overdue_reactions(now: datetime) -> int:
    """How many reactions wait although they are due: no worker takes them."""
    return Receipt.objects.due(now).count()


def strayed_entries() -> int:
    """How many entries lie in the default partition because their month's was not made in time; should be 0."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM journal_entry_rest")
        return int(cursor.fetchone()[0])


def values_of(entry: Entry) -> dict[str, Any]:
    """What the chain digests of an entry."""
    values: dict[str, Any] = {name: getattr(entry, name) for name in chain.FIELDS}
    return values | {"at": chain.moment(entry.at), "recorded_at": chain.moment(entry.recorded_at)}


def chained(after: int = 0, until: int | None = None) -> Iterator[tuple[dict[str, Any], bytes]]:
    """Every numbered entry after a position, in order, as (what is digested, stored digest)."""
    entries = Entry.objects.filter(position__gt=after).order_by("position")
    if until is not None:
        entries = entries.filter(position__lte=until)
    for entry in entries.iterator(chunk_size=2000):
        yield values_of(entry), bytes(entry.digest or b"")


def head() -> tuple[int, bytes]:
    """The last position given out and its digest."""
    row = Head.objects.get(pk=1)
    return row.position, bytes(row.digest)


def digest_at(position: int) -> bytes:
    """The digest of the entry at a position; empty before the first."""
    stored = Entry.objects.filter(position=position).values_list("digest", flat=True).first()
    return bytes(stored) if stored is not None else chain.START
