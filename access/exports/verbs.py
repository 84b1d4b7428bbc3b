"""Verbs about exports. A row is the job: a worker takes it up and says it lives while it writes; one whose worker fell silent is taken up again."""

from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from access import facts
from access.actors import Actor
from access.exports import kinds
from access.models import Export
from access.permissions import AUDITORS
from journal import services as journal
from kit.errors import Forbidden, Invalid, NotFound, Refused

MOST_AT_ONCE = 3
MOST_ATTEMPTS = 3
MOST_QUERY = 500
SILENT_AFTER = timedelta(seconds=120)
KEPT_FOR = timedelta(hours=24)
ROW_KEPT_FOR = timedelta(days=30)
SETTLED_AFTER = timedelta(hours=1)  # younger files may belong to an export that began while one looked
State = Export.State


class TooManyRows(Refused):
    code = "too_many_rows"
    status = 422
    says = _("%(rows)s rows are too many for one %(format)s file; at most %(most)s. Narrow the list with its filter.")


class TooManyExports(Refused):
    code = "too_many_exports"
    says = _("Three of your exports are still being made. Wait for one, or cancel one.")


class NotReady(Refused):
    code = "export_not_ready"
    says = _("This file is not there: it is not finished, or its day is over. Export again.")


class Unwanted(Refused):
    code = "export_unwanted"
    says = _("Cancelled while it was being made.")


@transaction.atomic
def ask_export(actor: Actor, *, kind: str, format: str, query: str, rows: int, language: str, now: datetime) -> Export:
    """Ask for a list as a file that is made in the background. Raises `TooManyRows`, `TooManyExports`, `Invalid` for a filter past all bounds."""
    if actor.user_id is None:
        raise Forbidden
    if len(query) > MOST_QUERY:
        raise Invalid  # a filter cut short would let more out than was asked for
    if rows > kinds.MOST[format]:
        raise TooManyRows(rows=rows, format=Export.Format(format).label, most=kinds.MOST[format])
    mine = Export.objects.select_for_update(of=("self",), no_key=True).filter(owner_id=actor.user_id, state__in=[State.WAITING, State.RUNNING])
    if len(mine) >= MOST_AT_ONCE:
        raise TooManyExports
    made = Export.objects.create(
        owner_id=actor.user_id, kind=kind, format=format, query=query, language=language, total=rows, asked_at=now
    )  # fmt: skip
    fact = facts.ExportAsked(export=str(made.key), kind=kind, format=format, rows=rows, query=query[:300])
    journal.record(actor, fact, about=[f"user:{actor.user_id}"], scopes=_scopes(made), at=now)
    return made


@transaction.atomic
def cancel_export(actor: Actor, *, key: UUID, now: datetime) -> Export:
    """Do not make it, or stop making it; one that is ready is deleted. Only who asked may. Raises `NotFound`."""
    made = _locked(key)
    if made is None or made.owner_id != actor.user_id:
        raise NotFound
    if made.state == State.RUNNING:
        made.is_unwanted = True  # its worker hears of it with its next rows
        made.save(update_fields=["is_unwanted"])
    elif made.state in (State.WAITING, State.DONE):
        _end(actor, made, State.CANCELLED, now=now)
    return made


@transaction.atomic
def fetch_export(actor: Actor, *, key: UUID, now: datetime) -> tuple[Export, Path]:
    """The finished file, for who asked for it; fetching is recorded. Raises `NotFound`, `NotReady`."""
    made = _locked(key)
    if made is None or made.owner_id != actor.user_id:
        raise NotFound
    path = path_of(made)
    if made.state != State.DONE or is_over(made, now) or not path.exists():
        raise NotReady
    journal.record(actor, facts.ExportFetched(export=str(made.key), rows=made.done), about=[f"user:{actor.user_id}"], scopes=_scopes(made), at=now)
    return made, path


@transaction.atomic
def take_up(actor: Actor, *, now: datetime) -> Export | None:
    """The next export to be made: one that waits, or one whose worker fell silent; after three attempts it has failed. None: nothing to do."""
    silent = Q(state=State.RUNNING, heard_at__lt=now - SILENT_AFTER)
    waiting = Export.objects.select_for_update(of=("self",), no_key=True, skip_locked=True).filter(Q(state=State.WAITING) | silent)
    made = waiting.order_by("asked_at", "id").first()
    if made is None:
        return None
    if made.is_unwanted:
        _end(actor, made, State.CANCELLED, now=now)
        return made
    if made.attempts >= MOST_ATTEMPTS:
        made.says = str(_("It was begun three times and never finished."))
        _end(actor, made, State.FAILED, now=now)
        return made
    made.state, made.attempts, made.done = State.RUNNING, made.attempts + 1, 0
    made.began_at = made.heard_at = now
    made.save(update_fields=["state", "attempts", "done", "began_at", "heard_at"])
    return made


def say_alive(actor: Actor, *, made: Export, done: int, now: datetime) -> None:
    """How far its worker is; progress is no news. Raises `Unwanted` when it was cancelled or another worker took it up."""
    still = Export.objects.filter(pk=made.pk, state=State.RUNNING, attempts=made.attempts, is_unwanted=False)
    if not still.update(done=done, heard_at=now):
        raise Unwanted


@transaction.atomic
def finish_export(actor: Actor, *, made: Export, state: Export.State, rows: int, size: int, says: str, now: datetime) -> bool:
    """The end of an attempt: DONE, FAILED or CANCELLED. False, and nothing is changed, when another worker has taken it up meanwhile."""
    row = _locked(made.key)
    if row is None or row.state != State.RUNNING or row.attempts != made.attempts:
        return False
    row.done, row.size, row.says = rows, size, says[:300]
    _end(actor, row, State.CANCELLED if row.is_unwanted else state, now=now)
    return True


@transaction.atomic
def delete_old_exports(actor: Actor, *, now: datetime) -> int:
    """Delete the files whose day is over and whatever file belongs to no export, and the rows after a month; how many files went."""
    old = Export.objects.filter(state=State.DONE, ended_at__lt=now - KEPT_FOR)
    kept = set(Export.objects.filter(state__in=[State.DONE, State.RUNNING]).exclude(pk__in=old.values("pk")).values_list("key", flat=True))
    gone = 0
    for path in directory().glob("*"):
        is_new = path.stat().st_mtime > (now - SETTLED_AFTER).timestamp()
        if not is_new and not any(path.name.startswith(str(key)) for key in kept):
            path.unlink(missing_ok=True)
            gone += 1
    Export.objects.filter(asked_at__lt=now - ROW_KEPT_FOR).delete()
    if gone:
        journal.record(actor, facts.ExportsDeleted(files=gone), about=[], scopes=AUDITORS, at=now)
    return gone


def is_over(made: Export, now: datetime) -> bool:
    """Whether its file is kept no longer."""
    return made.ended_at is not None and made.ended_at < now - KEPT_FOR


def directory() -> Path:
    """Where the files are; beside what is backed up, because they are deleted after a day."""
    return Path(settings.CITY_VAR) / "exports"


def path_of(made: Export) -> Path:
    """The finished file."""
    return directory() / f"{made.key}.{made.format}"


def _end(actor: Actor, made: Export, state: Export.State, *, now: datetime) -> None:
    made.state, made.ended_at = state, now
    made.save(update_fields=["state", "ended_at", "done", "size", "says"])
    if state != State.DONE:
        transaction.on_commit(lambda: path_of(made).unlink(missing_ok=True))
    fact = facts.ExportEnded(export=str(made.key), state=state, rows=made.done)
    journal.record(actor, fact, about=[f"user:{made.owner_id}"], scopes=_scopes(made), at=now)


def _locked(key: UUID) -> Export | None:
    return Export.objects.select_for_update(of=("self",), no_key=True).filter(key=key).first()


def _scopes(made: Export) -> list[str]:
    return [f"user:{made.owner_id}", *AUDITORS]
