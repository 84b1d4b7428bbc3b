"""What this room announces. A file is known by its id; its name is the sender's words and stays in its row."""

from django.utils.translation import gettext_lazy as _

from journal.facts import Fact, fact


@fact("files.received", says=_("{actor} handed in a file of {size} bytes"))
class FileReceived(Fact):
    file_id: int
    size: int


@fact("files.checked", says=_("{actor} found a file in order: {kind:file_kind}"))
class FileChecked(Fact):
    file_id: int
    kind: str
    media_type: str
    size: int
    sha256: str


@fact("files.refused", says=_("{actor} refused a file: {reason:file_reason}"))
class FileRefused(Fact):
    file_id: int
    reason: str


@fact("files.waits", says=_("{actor} could not check a file yet: {reason:file_reason}"))
class FileWaits(Fact):
    file_id: int
    reason: str


@fact("files.adopted", says=_("{actor} added a file"))
class FileAdopted(Fact):
    file_id: int
    purpose: str
    subject: str


@fact("files.opened", says=_("{actor} opened a file"))
class FileOpened(Fact):
    file_id: int


@fact("files.withdrawn", says=_("{actor} took back a file before it was used"))
class FileWithdrawn(Fact):
    file_id: int


@fact("files.expired", says=_("{actor} deleted a file whose time was over"))
class FileExpired(Fact):
    file_id: int
    purpose: str


@fact("files.forgotten", says=_("{actor} deleted {files} files that nobody used"))
class FilesForgotten(Fact):
    files: int
