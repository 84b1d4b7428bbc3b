"""What reporters are told: a queue of messages, one for each reporter and occasion, whatever channel carries them."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from incidents.models.incidents import Incident
from incidents.models.reports import Report


class Occasion(models.TextChoices):
    """When a reporter is told."""

    TAKEN = "TAKEN", _("Report taken")
    JOINED = "JOINED", _("Joined with what is known")
    SEPARATED = "SEPARATED", _("Dealt with by itself")
    SENT = "SENT", _("Help is on its way")
    RESOLVED = "RESOLVED", _("Dealt with")
    RETURNED = "RETURNED", _("Sent back")
    CANCELLED = "CANCELLED", _("Cancelled")
    REOPENED = "REOPENED", _("Taken up again")


class ReporterMessage(models.Model):
    """One message to one reporter. `entry_id` is the journal entry that caused it: the same news is never told twice.

    A message that no channel takes any more is FAILED: it waits in the list of undelivered ones until somebody sends it again or reaches
    the reporter otherwise. What each channel said to each attempt stands in `ReporterAttempt`.
    """

    class State(models.TextChoices):
        QUEUED = "QUEUED", _("Waiting")
        SENT = "SENT", _("Sent")
        DELIVERED = "DELIVERED", _("Delivered")
        FAILED = "FAILED", _("Failed")
        SKIPPED = "SKIPPED", _("Not sent")

    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="messages")
    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="messages")
    occasion = models.CharField(max_length=10, choices=Occasion.choices)
    entry_id = models.BigIntegerField()
    text = models.TextField(max_length=1000)
    channel = models.CharField(max_length=20, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=300, blank=True)
    receipt = models.CharField(max_length=120, blank=True)
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    delivered_at = models.DateTimeField(null=True, blank=True)
    language = models.CharField(max_length=8, blank=True, db_default="")

    class Meta:
        ordering = ["created_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["report", "entry_id"], name="reporter_told_once"),
            models.CheckConstraint(condition=Q(state__in=["QUEUED", "SENT", "DELIVERED", "FAILED", "SKIPPED"]), name="reporter_message_state_exists"),
        ]
        indexes = [
            models.Index(fields=["next_at", "id"], condition=Q(state="QUEUED"), name="reporter_message_waiting"),
            models.Index(fields=["-created_at", "-id"], condition=Q(state="FAILED"), name="reporter_message_dead"),
        ]
        verbose_name = _("message to a reporter")
        verbose_name_plural = _("messages to reporters")

    def __str__(self) -> str:
        return f"{self.occasion} {self.report}"


class ReporterAttempt(models.Model):
    """What a channel said of a message: taken, refused, delivered or not. Rows are only added."""

    class Outcome(models.TextChoices):
        TAKEN = "TAKEN", _("Taken by the channel")
        REFUSED = "REFUSED", _("Not taken")
        DELIVERED = "DELIVERED", _("Delivered")
        UNDELIVERED = "UNDELIVERED", _("Not delivered")

    message = models.ForeignKey(ReporterMessage, on_delete=models.CASCADE, related_name="tries")
    channel = models.CharField(max_length=20)
    outcome = models.CharField(max_length=12, choices=Outcome.choices)
    reason = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(outcome__in=["TAKEN", "REFUSED", "DELIVERED", "UNDELIVERED"]), name="reporter_attempt_outcome_exists")
        ]
        verbose_name = _("attempt to tell a reporter")
        verbose_name_plural = _("attempts to tell reporters")

    def __str__(self) -> str:
        return f"{self.channel} {self.outcome}"
