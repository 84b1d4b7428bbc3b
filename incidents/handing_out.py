"""Files that go outside with a situation report: pictures and PDF documents are put behind it, each marked with who got it and when.

In the others (video, sound, office files, text) no name can be put: they go unchanged, one by one, where the sender has said so.
"""

import hashlib
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from files import storage
from files.models import File
from incidents.models import Attachment, Enclosure, Handout, Incident
from kit.errors import NotFound
from kit.paper import Appended

MOST = 10
MOST_BYTES = 40_000_000
MOST_BYTES_UNCHANGED = 1_000_000_000
PDF = "application/pdf"


def digest_of(secret: str) -> str:
    """What is kept of the secret of a link."""
    return hashlib.sha256(secret.encode()).hexdigest()


def running(secret: str, now: datetime) -> Handout:
    """The report that a link opens now. Raises `NotFound`."""
    found = Handout.objects.filter(digest=digest_of(secret)).first()
    if found is None or not found.is_running(now):
        raise NotFound
    return found


def fit(incident: Incident) -> list[Attachment]:
    """The files of an incident that go outside marked: checked pictures and PDF documents; a name can be put on nothing else."""
    return [each for each in incident.attachments.shown() if _is_fit(each)]


def unmarkable(incident: Incident) -> list[Attachment]:
    """The checked files of an incident in which no name can be put: they go outside unchanged or not at all."""
    return [each for each in incident.attachments.shown() if each.file.state == File.State.READY and not _is_fit(each)]


def enclosed(handout: Handout) -> list[Enclosure]:
    """The files that go unchanged with a report and are there now: what was struck or deleted since is left out."""
    rows = handout.enclosures.filter(attachment__struck_at=None, attachment__file__state=File.State.READY)
    return list(rows.select_related("attachment__file"))


def files_of(handout: Handout) -> list[Attachment]:
    """The files that go with a report as it is opened now: what was struck or deleted since is left out."""
    return [each for each in Attachment.objects.shown().filter(pk__in=handout.attachments.values("pk")) if _is_fit(each)]


def appended(handout: Handout) -> list[Appended]:
    """The same as they are put behind the report, in the reader's language."""
    at = timezone.localtime(handout.opened_at)
    mark = f"{handout.recipient} \u00b7 {at:%Y-%m-%d %H:%M:%S}" if handout.opened_at is not None else handout.recipient
    instead = _("%(name)s could not be marked with your name, and is not given.")
    found = []
    for each in files_of(handout):
        path = storage.kept(each.file.key)
        content = path.read_bytes() if path.exists() else b""
        found.append(Appended(each.name, each.file.media_type, content, mark, instead % {"name": each.name}))
    return found


def _is_fit(each: Attachment) -> bool:
    return each.file.state == File.State.READY and (each.file.kind == "PICTURE" or each.file.media_type == PDF)
