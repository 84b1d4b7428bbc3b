"""Files that go outside with a situation report: which may, and how they are put behind it, each marked with who got it and when."""

from django.utils import timezone
from django.utils.translation import gettext as _

from files import storage
from files.models import File
from incidents.models import Attachment, Handout, Incident
from kit.paper import Appended

MOST = 10
MOST_BYTES = 40_000_000
PDF = "application/pdf"


def fit(incident: Incident) -> list[Attachment]:
    """The files of an incident that may go outside: checked pictures and PDF documents; a name can be put on nothing else."""
    return [each for each in incident.attachments.shown() if _is_fit(each)]


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
