"""Files of an incident: handed in through the room `files`, and given only to who may see the incident."""

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from access import policy
from access.actors import Actor
from files import checking, storage
from files import services as files
from incidents import facts, permissions
from incidents.models import Attachment, Incident
from incidents.services.common import announce, checked
from kit.errors import Invalid, NotFound

PURPOSE = "incidents.attachment"


@transaction.atomic
def attach_upload(actor: Actor, *, incident_id: int, file_key: UUID, now: datetime) -> Attachment:
    """Attach a file that the actor handed in; one that is still being checked is shown as waiting. The same again is the same attachment.

    Raises `NotFound` for another's file, and what `files.services.adopt_file` raises.
    """
    incident = checked(actor, permissions.NOTE, incident_id)
    file = files.adopt_file(actor, key=file_key, purpose=PURPOSE, subject=f"incident:{incident.pk}", now=now)
    of_whom = {"incident": incident, "author": actor.label[:80], "attached_at": now}
    attachment, is_new = Attachment.objects.get_or_create(file=file, defaults=of_whom)
    if is_new:
        announce(actor, facts.FileAttached(incident_id=incident.pk, attachment_id=attachment.pk, sha256=file.kept_sha256), incident, now=now)
    return attachment


def attach_file(actor: Actor, *, incident_id: int, name: str, content: bytes, now: datetime) -> Attachment:
    """Hand in and attach a file of at most ATTACHMENT_MAX_BYTES at once. Raises `Invalid` for an empty, oversized or refused one."""
    incident = Incident.objects.filter(pk=incident_id).first()
    if incident is None:
        raise NotFound
    policy.require(actor, permissions.NOTE, incident)  # before its bytes are looked at, which takes longer than a lock should be held
    if not content or len(content) > settings.ATTACHMENT_MAX_BYTES:
        raise Invalid({"file": _("The file is empty or too large.")})
    try:
        file = checking.take_in(actor, name=name, content=content, now=now)
    except (files.NotAccepted, files.FileTooLarge) as refusal:
        raise Invalid({"file": refusal.sentence}) from refusal
    return attach_upload(actor, incident_id=incident_id, file_key=file.key, now=now)


def open_attachment(actor: Actor, *, attachment_id: int, is_piece: bool, now: datetime) -> files.Opened:
    """The file for one who may see its incident; looking is an act and is recorded. Raises as `files.services.open_file`."""
    attachment = Attachment.objects.shown().filter(pk=attachment_id).first()
    if attachment is None:
        raise NotFound
    return files.open_file(actor, key=attachment.file.key, part=storage.CONTENT, is_piece=is_piece, now=now)
