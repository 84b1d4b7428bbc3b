"""Situation reports given to people outside: to whom, how much, until when, by whom, and how often they were opened."""

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from access.models import Share, User
from incidents.models.incidents import Incident
from incidents.models.work import Attachment


class Handout(models.Model):
    """A link to the situation report of an incident for somebody without an account. Of its secret only the hash is kept."""

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="handouts")
    recipient = models.CharField(max_length=80)
    email = models.EmailField(blank=True)
    language = models.CharField(max_length=10)
    level = models.CharField(max_length=10, choices=Share.Level.choices)
    attachments = models.ManyToManyField(Attachment, blank=True, related_name="+", help_text=_("Files that go with it, each marked."))
    digest = models.CharField(max_length=64, unique=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    until = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    openings = models.PositiveIntegerField(default=0)
    opened_at = models.DateTimeField(null=True, blank=True)
    mailed_at = models.DateTimeField(null=True, blank=True)
    fault = models.CharField(max_length=200, blank=True, help_text=_("Why no mail went out, and none will."))
    mail_next_at = models.DateTimeField(null=True, blank=True, help_text=_("When its mail is tried next; empty when there is none to be sent."))
    mail_tries = models.PositiveSmallIntegerField(default=0)
    mail_said = models.CharField(max_length=200, blank=True, help_text=_("What the mail server said last."))

    class Meta:
        ordering = ["-made_at", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(until__gt=models.F("made_at")), name="handout_ends"),
            models.CheckConstraint(condition=Q(level__in=["OUTLINE", "SITUATION", "FULL"]), name="handout_level_exists"),
        ]
        indexes = [
            models.Index(fields=["incident", "-made_at"], name="handout_of_incident"),
            models.Index(fields=["mail_next_at"], name="handout_mail_due", condition=Q(mail_next_at__isnull=False)),
        ]
        verbose_name = _("situation report for somebody outside")
        verbose_name_plural = _("situation reports for people outside")

    def __str__(self) -> str:
        return f"{self.incident_id} {self.recipient}"

    @property
    def mail_says(self) -> str:
        """What the mail server said last, in words where it said nothing: its code, which everybody who runs one knows."""
        words = {"silent": _("no answer"), "MAIL_URL": _("no mail server is set up")}
        return str(words.get(self.mail_said, self.mail_said or self.fault))

    @property
    def attachment_ids(self) -> list[int]:
        """The files that were chosen to go with it, each marked."""
        return [each.pk for each in self.attachments.all()]

    def is_running(self, now: datetime) -> bool:
        """Whether it can be opened at a time."""
        return self.ended_at is None and self.until > now


class Enclosure(models.Model):
    """A file that goes with a situation report unchanged, because no name can be put in it, and how often it was fetched."""

    handout = models.ForeignKey(Handout, on_delete=models.CASCADE, related_name="enclosures")
    attachment = models.ForeignKey(Attachment, on_delete=models.PROTECT, related_name="+")
    takings = models.PositiveIntegerField(default=0)
    taken_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["handout", "attachment"], name="enclosed_once")]
        verbose_name = _("file that goes outside unchanged")
        verbose_name_plural = _("files that go outside unchanged")

    def __str__(self) -> str:
        return f"{self.handout_id} {self.attachment_id}"
