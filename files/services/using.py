"""A file is used: adopted by a room above, opened, and given up."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from django.db import transaction

from access.actors import Actor
from files import facts, purposes, storage
from files.models import File, Look
from files.services.common import AdoptedElsewhere, FileGone, FileWaits, NotAccepted, NotAllThere, State, end, own, tell
from kit.errors import NotFound

ONE_LOOK = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Opened:
    """A file that may be read: where its bytes are, and as what they are given."""

    file: File
    path: Path
    media_type: str


@transaction.atomic
def adopt_file(actor: Actor, *, key: UUID, purpose: str, subject: str, now: datetime) -> File:
    """Use one's own file for something; from now on the room of the purpose decides who may open it. The same again changes nothing.

    One that is still being checked may be adopted: it is shown as waiting. `subject` is what it belongs to ("incident:42"); that the actor
    may add to it is the adopting room's to check first. Raises `NotFound`, `NotAllThere`, `NotAccepted`, `AdoptedElsewhere`.
    """
    purposes.purpose_of(purpose)
    file = own(actor, key)
    if (file.purpose, file.subject) == (purpose, subject):
        return file
    if file.purpose:
        raise AdoptedElsewhere
    if file.state == State.RECEIVING:
        raise NotAllThere
    if file.state != State.READY and file.state != State.CHECKING:
        raise NotAccepted(why=file.why)
    file.purpose, file.subject, file.adopted_at = purpose, subject, now
    file.save(update_fields=["purpose", "subject", "adopted_at"])
    tell(actor, file, fact=facts.FileAdopted(file_id=file.pk, purpose=purpose, subject=subject), now=now, is_for_all=False)
    return file


@transaction.atomic
def open_file(actor: Actor, *, key: UUID, part: str, is_piece: bool, now: datetime) -> Opened:
    """A file for one who may see what it belongs to; before it is adopted, for its sender. Looking is an act and is recorded.

    `part` is `storage.CONTENT` or `storage.THUMBNAIL`; seeing a thumbnail is seeing the page it stands on, and is not recorded. `is_piece`:
    one of many parts of a video, of which a look within ten minutes is one. Raises `NotFound`, `Forbidden`, `FileWaits`, `FileGone`.
    """
    file = File.objects.filter(key=key).first()
    if file is None:
        raise NotFound
    _require_may_open(actor, file)
    if file.state == State.EXPIRED:
        raise FileGone
    if file.state != State.READY:
        raise FileWaits(why=file.why)
    path = storage.kept(key, part)
    if not path.exists():
        raise NotFound
    if part == storage.THUMBNAIL:
        return Opened(file, path, "image/jpeg")
    look, is_first = Look.objects.get_or_create(file=file, who=actor.key[:80], defaults={"at": now})
    if is_first or not is_piece or look.at < now - ONE_LOOK:
        Look.objects.filter(pk=look.pk).update(at=now)
        its_own = purposes.purpose_of(file.purpose).opened(file) if file.purpose else None
        tell(actor, file, fact=its_own or facts.FileOpened(file_id=file.pk), now=now)
    return Opened(file, path, file.media_type)


@transaction.atomic
def expire_file(actor: Actor, *, key: UUID, now: datetime) -> File:
    """Delete the content of a file for good; that it was, its digest and who looked stay. The room that adopted it asks for this."""
    file = File.objects.locked(key)
    if file is None:
        raise NotFound
    if file.state != State.EXPIRED:
        end(actor, file, now=now)
    return file


def _require_may_open(actor: Actor, file: File) -> None:
    if file.purpose:
        purposes.purpose_of(file.purpose).may_open(actor, file)
    elif file.owner_key != actor.key[:80]:
        raise NotFound
