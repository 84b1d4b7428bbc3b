"""What is kept no longer: files whose time is over, files that nobody used, bytes that belong to no file."""

from datetime import datetime, timedelta

from django.db import transaction

from access.actors import Actor
from access.permissions import AUDITORS
from files import facts, purposes, storage
from files.models import UNUSED_FOR, File
from files.services.common import State, end
from journal import services as journal

SETTLED_AFTER = timedelta(hours=1)  # younger bytes may belong to a file that began while one looked
AT_ONCE = 1000


@transaction.atomic
def expire_old_files(actor: Actor, *, now: datetime) -> int:
    """Delete the content of files that were kept as long as their purpose says; how many."""
    gone = 0
    for purpose in purposes.every():
        days = purpose.keep_days()
        old = File.objects.select_for_update(no_key=True, of=("self",), skip_locked=True)
        rows = old.filter(purpose=purpose.name, adopted_at__lt=now - timedelta(days=days)).exclude(state=State.EXPIRED)
        for file in rows[:AT_ONCE] if days else ():
            end(actor, file, now=now)
            gone += 1
    return gone


@transaction.atomic
def forget_unused_files(actor: Actor, *, now: datetime) -> int:
    """Delete what nobody adopted within a day, whole or not, and every byte on the disk that belongs to no file; how many files went."""
    unused = File.objects.select_for_update(no_key=True, of=("self",), skip_locked=True).filter(purpose="", begun_at__lt=now - UNUSED_FOR)
    rows = list(unused[:AT_ONCE])
    File.objects.filter(pk__in=[file.pk for file in rows]).delete()
    transaction.on_commit(lambda: storage.delete_all([file.key for file in rows]))
    _sweep(now)
    if rows:
        journal.record(actor, facts.FilesForgotten(files=len(rows)), about=[], scopes=AUDITORS, at=now)
    return len(rows)


def _sweep(now: datetime) -> None:
    known = set(File.objects.exclude(state__in=[State.REFUSED, State.EXPIRED]).values_list("key", flat=True))
    for path, key in storage.every():
        if key not in known and path.stat().st_mtime < (now - SETTLED_AFTER).timestamp():
            storage.remove(path)
