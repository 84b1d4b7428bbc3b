"""A file, from its first byte to its end, and who looked at it."""

import uuid
from datetime import timedelta

from django.contrib.gis.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from access.models import User

UNUSED_FOR = timedelta(hours=24)
"""How long a file stays that nobody adopts, whole or not."""


class Kind(models.TextChoices):
    """What a file is, as its content says."""

    PICTURE = "PICTURE", _("Picture")
    VIDEO = "VIDEO", _("Video")
    VOICE = "VOICE", _("Voice recording")
    DOCUMENT = "DOCUMENT", _("Document")


class Reason(models.TextChoices):
    """Why a file is refused, or waits."""

    UNKNOWN_KIND = "UNKNOWN_KIND", _("This kind of file is not accepted.")
    TOO_LARGE = "TOO_LARGE", _("It is larger than files of its kind may be.")
    UNREADABLE = "UNREADABLE", _("It is damaged, or not what it says it is.")
    TOO_MANY_PIXELS = "TOO_MANY_PIXELS", _("The picture has more pixels than are accepted.")
    MACROS = "MACROS", _("It holds macros; save it without them.")
    INFECTED = "INFECTED", _("The virus scanner found something in it.")
    UNSCANNABLE = "UNSCANNABLE", _("It is larger than the virus scanner takes.")
    FAILED = "FAILED", _("It could not be checked; it is in the logs.")
    NO_SCANNER = "NO_SCANNER", _("The virus scanner does not answer; the file waits for it.")


class Source(models.TextChoices):
    """Who says when and where something was taken."""

    NONE = "", "-"
    FILE = "FILE", _("the file, with its time zone")
    FILE_LOCAL = "FILE_LOCAL", _("the file, in the city's time")
    DEVICE = "DEVICE", _("the sender's device")


class FileQuerySet(models.QuerySet["File"]):
    def locked(self, key: uuid.UUID) -> "File | None":
        """The row, locked."""
        return self.select_for_update(no_key=True, of=("self",)).filter(key=key).first()

    def under_way(self) -> "FileQuerySet":
        """What nobody has adopted yet, and still takes room."""
        return self.filter(purpose="", state__in=[File.State.RECEIVING, File.State.CHECKING, File.State.READY])


class File(models.Model):
    """One file. `size` is what its sender says and sends; `kept_size` what is kept of it, once checked and made anew."""

    class State(models.TextChoices):
        RECEIVING = "RECEIVING", pgettext_lazy("file", "On its way")
        CHECKING = "CHECKING", pgettext_lazy("file", "Being checked")
        READY = "READY", pgettext_lazy("file", "Ready")
        REFUSED = "REFUSED", pgettext_lazy("file", "Refused")
        EXPIRED = "EXPIRED", pgettext_lazy("file", "Deleted")

    key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=120)
    owner_key = models.CharField(max_length=80)
    owner_label = models.CharField(max_length=80)
    user = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=State.choices, default=State.RECEIVING)
    reason = models.CharField(max_length=20, choices=Reason.choices, blank=True)
    detail = models.CharField(max_length=120, blank=True)
    size = models.PositiveBigIntegerField()
    received = models.PositiveBigIntegerField(default=0)
    kind = models.CharField(max_length=10, choices=Kind.choices, blank=True)
    media_type = models.CharField(max_length=100, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    kept_size = models.PositiveBigIntegerField(default=0)
    kept_sha256 = models.CharField(max_length=64, blank=True)
    has_thumbnail = models.BooleanField(default=False)
    width = models.PositiveIntegerField(null=True, blank=True)
    height = models.PositiveIntegerField(null=True, blank=True)
    seconds = models.FloatField(null=True, blank=True)
    captured_at = models.DateTimeField(null=True, blank=True)
    captured_by = models.CharField(max_length=10, choices=Source.choices, blank=True)
    point = models.PointField(srid=4326, null=True, blank=True, spatial_index=False)
    point_by = models.CharField(max_length=10, choices=Source.choices, blank=True)
    purpose = models.CharField(max_length=60, blank=True)
    subject = models.CharField(max_length=80, blank=True)
    begun_at = models.DateTimeField()
    received_at = models.DateTimeField(null=True, blank=True)
    heard_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    checked_at = models.DateTimeField(null=True, blank=True)
    adopted_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = FileQuerySet.as_manager()

    class Meta:
        ordering = ["begun_at", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=["RECEIVING", "CHECKING", "READY", "REFUSED", "EXPIRED"]), name="file_state_exists"),
            models.CheckConstraint(condition=Q(kind__in=["", "PICTURE", "VIDEO", "VOICE", "DOCUMENT"]), name="file_kind_exists"),
            models.CheckConstraint(condition=Q(received__lte=F("size")), name="file_no_more_than_announced"),
            models.CheckConstraint(condition=~Q(state="READY") | ~Q(kind=""), name="file_ready_has_kind"),
            models.CheckConstraint(condition=Q(purpose="") | Q(adopted_at__isnull=False), name="file_adopted_at"),
        ]
        indexes = [
            models.Index(fields=["begun_at"], name="file_under_way", condition=Q(purpose="")),
            models.Index(fields=["received_at"], name="file_to_check", condition=Q(state="CHECKING")),
            models.Index(fields=["purpose", "adopted_at"], name="file_kept", condition=Q(state="READY")),
            models.Index(fields=["subject"], name="file_subject", condition=~Q(subject="")),
        ]
        verbose_name = _("file")
        verbose_name_plural = _("files")

    def __str__(self) -> str:
        return self.name

    def is_whole(self) -> bool:
        """Whether every byte that was announced has come."""
        return self.received == self.size

    @property
    def why(self) -> str:
        """Why it cannot be opened, in words."""
        if self.reason:
            return str(Reason(self.reason).label)
        if self.state == self.State.EXPIRED:
            return str(_("Its time was over."))
        return str(_("It is still on its way.") if self.state == self.State.RECEIVING else _("It is being checked."))

    @property
    def point_source(self) -> str:
        """Who says where it was taken, in words."""
        return str(_("the file")) if self.point_by == Source.FILE else str(Source(self.point_by).label)

    def is_shown(self) -> bool:
        """Whether a browser may show it in a page; a document is only downloaded."""
        return self.kind in (Kind.PICTURE, Kind.VIDEO, Kind.VOICE)


class Look(models.Model):
    """When somebody last looked at a file: a video is fetched in many parts and is one look."""

    file = models.ForeignKey(File, on_delete=models.CASCADE, related_name="looks")
    who = models.CharField(max_length=80)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["file", "who"], name="look_once")]
        verbose_name = _("look")
        verbose_name_plural = _("looks")

    def __str__(self) -> str:
        return f"{self.who} {self.file_id}"
