"""What the room `files` asks about files of incidents: who may open one, whom its news concern, and how a look is told."""

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from access import policy
from access.actors import Actor
from files import purposes
from files.models import File
from files.purposes import Concern, Purpose
from incidents import facts, permissions, seeing
from incidents.models import Attachment, Incident
from incidents.services.files import PURPOSE
from journal.facts import Fact
from kit.errors import NotFound


def _incident(subject: str) -> Incident:
    incident = Incident.objects.filter(pk=subject.partition(":")[2]).first()
    if incident is None:
        raise NotFound
    return incident


def _may_open(actor: Actor, file: File) -> None:
    incident = _incident(file.subject)
    if not seeing.is_shown_files_of(actor, incident.pk):
        policy.require(actor, permissions.VIEW, incident)


def _concerns(subject: str) -> Concern:
    return Concern([subject], policy.audience(permissions.VIEW, _incident(subject)))


def _opened(file: File) -> Fact | None:
    attachment = Attachment.objects.filter(file=file).first()
    return facts.AttachmentOpened(incident_id=attachment.incident_id, attachment_id=attachment.pk) if attachment else None


def register() -> None:
    """Let files be handed in for incidents."""
    purposes.register(
        Purpose(
            PURPOSE,
            _("Files of incidents"),
            may_open=_may_open,
            concerns=_concerns,
            opened=_opened,
            keep_days=lambda: settings.ATTACHMENT_KEEP_DAYS,
        )
    )
