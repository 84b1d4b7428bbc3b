"""Files of an incident: kept outside the web's reach, under their digest, and given only to who may see the incident."""

import hashlib
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from access.actors import Actor
from incidents import facts, permissions
from incidents.models import Attachment
from incidents.services.common import announce, checked
from kit import text
from kit.errors import Invalid, NotFound

# What a browser would run (HTML, SVG, scripts) is not among these; each is recognised by its first bytes, never by its name.
SIGNATURES: dict[str, tuple[bytes, ...]] = {
    "image/jpeg": (b"\xff\xd8\xff",),
    "image/png": (b"\x89PNG\r\n\x1a\n",),
    "image/webp": (b"RIFF",),
    "application/pdf": (b"%PDF-",),
    "video/mp4": (b"\x00\x00\x00\x18ftyp", b"\x00\x00\x00\x1cftyp", b"\x00\x00\x00\x20ftyp", b"\x00\x00\x00\x24ftyp"),
}


def media_type_of(content: bytes) -> str:
    """What a file is by its first bytes. Raises `Invalid` for what is not accepted."""
    for media_type, starts in SIGNATURES.items():
        if content.startswith(starts) and (media_type != "image/webp" or content[8:12] == b"WEBP"):
            return media_type
    try:
        content[:65536].decode("utf-8", "strict")
    except UnicodeDecodeError:
        raise Invalid({"file": _("This kind of file is not accepted.")}) from None
    if b"\0" in content[:65536]:
        raise Invalid({"file": _("This kind of file is not accepted.")})
    return "text/plain"


@transaction.atomic
def attach_file(actor: Actor, *, incident_id: int, name: str, content: bytes, now: datetime) -> Attachment:
    """Attach a file of at most ATTACHMENT_MAX_BYTES. Raises `Invalid` for an empty, oversized or unknown one."""
    incident = checked(actor, permissions.NOTE, incident_id)
    if not content or len(content) > settings.ATTACHMENT_MAX_BYTES:
        raise Invalid({"file": _("The file is empty or too large.")})
    media_type = media_type_of(content)
    digest = hashlib.sha256(content).hexdigest()
    path = f"incidents/{digest[:2]}/{digest}"
    attachment = Attachment.objects.create(
        incident=incident,
        name=text.tidy(Path(name).name)[:120] or digest[:12],
        media_type=media_type,
        size=len(content),
        sha256=digest,
        path=path,
        author=actor.label[:80],
        attached_at=now,
    )
    _keep(path, content)
    announce(actor, facts.FileAttached(incident_id=incident.pk, attachment_id=attachment.pk, sha256=digest), incident, now=now)
    return attachment


@transaction.atomic
def open_attachment(actor: Actor, *, attachment_id: int, now: datetime) -> tuple[Attachment, Path]:
    """The file for one who may see its incident; looking is an act and is recorded."""
    attachment = Attachment.objects.filter(pk=attachment_id).first()
    if attachment is None:
        raise NotFound
    incident = checked(actor, permissions.VIEW, attachment.incident_id)
    announce(actor, facts.AttachmentOpened(incident_id=incident.pk, attachment_id=attachment.pk), incident, now=now)
    return attachment, Path(settings.MEDIA_ROOT) / attachment.path


def _keep(path: str, content: bytes) -> None:
    """Write once under the digest: the same content twice is the same file, and a half-written one is never seen."""
    target = Path(settings.MEDIA_ROOT) / path
    if target.exists():
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_suffix(".part")
    partial.write_bytes(content)
    partial.replace(target)
