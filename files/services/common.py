"""What the verbs share: refusals, one's own file, and how news of a file is told."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from access.actors import Actor
from access.permissions import AUDITORS
from files import facts, purposes, storage
from files.models import File
from journal import services as journal
from journal.facts import Fact
from kit.errors import NotFound, Refused

State = File.State


class FileTooLarge(Refused):
    code = "file_too_large"
    status = 413
    says = _("The file has %(size)s MB; at most %(most)s MB are accepted of this kind.")


class QuotaFull(Refused):
    code = "quota_full"
    status = 413
    says = _("Your files that are on their way or not used yet have %(taken)s of %(most)s MB. Finish or cancel some first.")


class NoRoom(Refused):
    code = "no_room"
    status = 413
    says = _("The city has no room for more files now. Tell whoever runs it.")


class WrongOffset(Refused):
    code = "wrong_offset"
    says = _("%(received)s bytes have come; go on from there.")


class WrongChecksum(Refused):
    code = "wrong_checksum"
    status = 460
    says = _("These bytes arrived damaged. Send them again.")


class NotAccepted(Refused):
    code = "file_not_accepted"
    status = 422
    says = "%(why)s"


class FileWaits(Refused):
    code = "file_waits"
    says = _("The file is not there yet: %(why)s")


class FileGone(Refused):
    code = "file_gone"
    status = 410
    says = _("This file was deleted: its time was over.")


class NotAllThere(Refused):
    code = "file_incomplete"
    says = _("The file has not come whole yet.")


class AdoptedElsewhere(Refused):
    code = "file_adopted"
    says = _("This file is used already.")


def own(actor: Actor, key: UUID) -> File:
    """One's own file, locked. Raises `NotFound` for another's."""
    file = File.objects.locked(key)
    if file is None or file.owner_key != actor.key[:80]:
        raise NotFound
    return file


def tell(actor: Actor, file: File, *, fact: Fact, now: datetime, is_for_all: bool = True) -> None:
    """News of a file: for its sender, for those who audit, and for whom it concerns once it is used."""
    about, scopes = [f"file:{file.pk}"], [f"user:{file.user_id}", *AUDITORS] if file.user_id else [*AUDITORS]
    if file.purpose and is_for_all:
        found = purposes.purpose_of(file.purpose).concerns(file.subject)
        about, scopes = [*about, *found.about], [*scopes, *found.scopes]
    journal.record(actor, fact, about=about, scopes=scopes, at=now)


def end(actor: Actor, file: File, *, now: datetime) -> None:
    """Delete the content of a locked file; its row, digest and looks stay."""
    file.state, file.ended_at = State.EXPIRED, now
    file.save(update_fields=["state", "ended_at"])
    tell(actor, file, fact=facts.FileExpired(file_id=file.pk, purpose=file.purpose), now=now)
    transaction.on_commit(lambda: storage.delete(file.key))
