"""Questions about one's own exports."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.utils.functional import Promise

from access.actors import Actor
from access.exports import kinds, verbs
from access.models import Export
from kit.errors import NotFound

MOST_SHOWN = 50


@dataclass(frozen=True, slots=True)
class Shown:
    """An export as its owner sees it: `seconds_left` at the pace so far, None before there is a pace; `until` its file is kept."""

    export: Export
    title: str | Promise
    page: str
    seconds_left: int | None
    rate: int | None
    until: datetime | None

    @property
    def may_fetch(self) -> bool:
        return self.until is not None


def exports_of(actor: Actor, *, now: datetime) -> list[Shown]:
    """What one asked for, newest first, at most fifty."""
    rows = Export.objects.filter(owner_id=actor.user_id).order_by("-asked_at", "-id") if actor.user_id is not None else Export.objects.none()
    return [_shown(row, now) for row in rows[:MOST_SHOWN]]


def export_of(actor: Actor, key: UUID, *, now: datetime) -> Shown:
    """One of one's own. Raises `NotFound` for another's."""
    row = Export.objects.filter(key=key, owner_id=actor.user_id).first()
    if row is None:
        raise NotFound
    return _shown(row, now)


def _shown(row: Export, now: datetime) -> Shown:
    kind = kinds.kind_of(row.kind)
    pace = row.done / max((now - row.began_at).total_seconds(), 0.1) if row.began_at and row.done and not row.is_finished() else 0.0
    is_there = row.state == Export.State.DONE and not verbs.is_over(row, now)
    return Shown(
        export=row,
        title=kind.title,
        page=kind.page,
        seconds_left=int((row.total - row.done) / pace) + 1 if pace and row.total > row.done else None,
        rate=int(pace) or None,
        until=row.ended_at + timedelta(seconds=verbs.KEPT_FOR.total_seconds()) if is_there and row.ended_at else None,
    )
