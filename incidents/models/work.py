"""What is done about an incident besides sending units: tasks, notes, attachments."""

from datetime import datetime

from django.conf import settings
from django.contrib.gis.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from incidents.models.incidents import Incident


class TaskState(models.TextChoices):
    ISSUED = "ISSUED", _("Issued")
    ACKNOWLEDGED = "ACKNOWLEDGED", _("Signed for")
    IN_PROGRESS = "IN_PROGRESS", _("In progress")
    BLOCKED = "BLOCKED", _("Blocked")
    EXTENSION_REQUESTED = "EXTENSION_REQUESTED", _("More time asked")
    DONE = "DONE", _("Done")
    VERIFIED = "VERIFIED", _("Verified")
    RETURNED = "RETURNED", _("Returned")
    CANCELLED = "CANCELLED", _("Cancelled")


TASK_ENDED = (TaskState.VERIFIED, TaskState.CANCELLED)


class Task(models.Model):
    """Something a department or person must do for an incident by a time; overdue is derived and counts open tasks too."""

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="tasks")
    title = models.CharField(max_length=200)
    department = models.ForeignKey("access.Department", on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    activation = models.ForeignKey("incidents.PlanActivation", null=True, blank=True, on_delete=models.PROTECT, related_name="tasks")
    needs_evidence = models.BooleanField(default=False)
    evidence = models.ForeignKey("incidents.Attachment", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=20, choices=TaskState.choices, default=TaskState.ISSUED)
    reason = models.CharField(max_length=300, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    issued_at = models.DateTimeField()
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    verified_at = models.DateTimeField(null=True, blank=True)
    sources = models.JSONField(default=dict, help_text=_("For each state: who set it, and which clocks said so, and where the device was."))
    version = models.IntegerField(default=1)

    class Meta:
        ordering = ["issued_at", "id"]
        constraints = [models.CheckConstraint(condition=Q(state__in=TaskState.values), name="task_state_exists")]
        verbose_name = _("task")
        verbose_name_plural = _("tasks")

    def __str__(self) -> str:
        return self.title


class Note(models.Model):
    """A line somebody wrote; a correction is a new note, a strike leaves it readable."""

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="notes")
    text = models.TextField(max_length=4000)
    author = models.CharField(max_length=80)
    author_key = models.CharField(max_length=80)
    written_at = models.DateTimeField()
    told = models.JSONField(default=dict, help_text=_("What the clocks of server and device said, and where the device was."))
    struck_at = models.DateTimeField(null=True, blank=True)
    struck_by = models.CharField(max_length=80, blank=True)

    class Meta:
        ordering = ["written_at", "id"]
        verbose_name = _("note")
        verbose_name_plural = _("notes")

    def __str__(self) -> str:
        return self.text[:40]

    @property
    def heard_at(self) -> datetime:
        """When the city heard of it."""
        return datetime.fromisoformat(self.told["server_at"]) if "server_at" in self.told else self.written_at

    @property
    def device_at(self) -> datetime | None:
        """What the device's own clock said."""
        return datetime.fromisoformat(self.told["device_at"]) if "device_at" in self.told else None

    @property
    def lon_lat(self) -> list[float] | None:
        """Where the device was, longitude first."""
        found: list[float] | None = self.told.get("point")
        return found


class AttachmentQuerySet(models.QuerySet["Attachment"]):
    def shown(self) -> "AttachmentQuerySet":
        """Those that were not struck, with their files, oldest first."""
        return self.filter(struck_at=None).select_related("file").order_by("attached_at", "id")


class Attachment(models.Model):
    """That a file (of the room `files`) belongs to an incident, by whom and since when."""

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="attachments")
    file = models.OneToOneField("files.File", on_delete=models.PROTECT, related_name="+")
    author = models.CharField(max_length=80)
    attached_at = models.DateTimeField()
    struck_at = models.DateTimeField(null=True, blank=True)

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        ordering = ["attached_at", "id"]
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """What its sender calls it."""
        return self.file.name

    @property
    def media_type(self) -> str:
        """What its content is; empty until it is checked."""
        return self.file.media_type

    @property
    def size(self) -> int:
        """Bytes of what is fetched; of what was sent until it is checked."""
        return self.file.kept_size or self.file.size

    @property
    def sha256(self) -> str:
        """Digest of what is fetched; empty until it is checked."""
        return self.file.kept_sha256
