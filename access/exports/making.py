"""Making a file: what a worker does with an export it took up."""

import os
from datetime import datetime

from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from access.actors import Actor
from access.exports import kinds, verbs
from access.models import Export
from kit.errors import Refused

WORKER = "exports"
FAULT = _("Something went wrong while the file was made; it is in the logs. Export again.")


def make_next(*, now: datetime) -> bool:
    """Make one export that waits, if any does; whether there may be another."""
    clerk = Actor.system(WORKER)
    made = verbs.take_up(clerk, now=now)
    if made is None:
        return False
    if made.state == Export.State.RUNNING:
        make(clerk, made)
    return True


def make(clerk: Actor, made: Export) -> None:
    """Write the file beside its place and move it there whole; the owner's permission is asked now, not when it was ordered.

    What is refused is told to the owner; what breaks is told too and raised, so that it is logged once.
    """
    partial = verbs.path_of(made).with_suffix(f".{made.format}.{made.attempts}")
    partial.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    state, rows, says = Export.State.FAILED, made.done, ""
    try:
        with translation.override(made.language), os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as target:
            try:
                rows = _write(clerk, made, target)
                state = Export.State.DONE
            except verbs.Unwanted:
                state = Export.State.CANCELLED
            except Refused as refusal:
                says = refusal.in_full
        size = partial.stat().st_size
        if state == Export.State.DONE:
            partial.replace(verbs.path_of(made))
        verbs.finish_export(clerk, made=made, state=state, rows=rows, size=size, says=says, now=timezone.now())
    except Exception:
        verbs.finish_export(clerk, made=made, state=Export.State.FAILED, rows=0, size=0, says=str(FAULT), now=timezone.now())
        raise
    finally:
        partial.unlink(missing_ok=True)


def _write(clerk: Actor, made: Export, target) -> int:  # type: ignore[no-untyped-def]
    owner = Actor.of_user(made.owner)

    def tell(done: int) -> None:
        verbs.say_alive(clerk, made=made, done=done, now=timezone.now())

    return kinds.kind_of(made.kind).write(owner, made.query, made.format, target, tell, timezone.now())
