"""Browsers that are told while their page is closed, and the queue of what goes to them."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext, pgettext_lazy

from access.models import User
from incidents.models import Incident
from kit.columns import one_of
from resources.models import Unit


class Subscription(models.Model):
    """One browser of one person, and the unit for which that tablet speaks.

    `key` is the name that a message bears inside its seal: the browser compares it with what it keeps. The session is that by which the
    browser last said so: without it nobody is signed in there, and nothing is sent. One that has ended keeps no address and no keys.
    """

    class Ended(models.TextChoices):
        SWITCHED_OFF = "SWITCHED_OFF", pgettext_lazy("push", "switched off")
        SIGNED_OUT = "SIGNED_OUT", pgettext_lazy("push", "signed out")
        NOT_ALLOWED = "NOT_ALLOWED", pgettext_lazy("push", "its person may no longer use the tablet")
        GONE = "GONE", pgettext_lazy("push", "the browser has taken it back")
        REPLACED = "REPLACED", pgettext_lazy("push", "another person uses the tablet")
        CROWDED = "CROWDED", pgettext_lazy("push", "a newer tablet took its place")

    key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    service = models.CharField(max_length=200)
    endpoint = models.CharField(max_length=1000, blank=True)
    digest = models.CharField(max_length=64)
    p256dh = models.CharField(max_length=100, blank=True)
    auth = models.CharField(max_length=40, blank=True)
    session_key = models.CharField(max_length=40, blank=True)
    made_at = models.DateTimeField()
    confirmed_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    ended = models.CharField(max_length=12, choices=Ended.choices, blank=True)

    class Meta:
        ordering = ["-confirmed_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["digest"], condition=Q(ended_at=None), name="push_browser_once"),
            models.CheckConstraint(condition=Q(ended_at=None) | Q(endpoint="", p256dh="", auth="", session_key=""), name="push_ended_keeps_no_keys"),
        ]
        indexes = [
            models.Index(fields=["person"], condition=Q(ended_at=None), name="push_of_person"),
            models.Index(fields=["unit"], condition=Q(ended_at=None, unit__isnull=False), name="push_of_unit"),
        ]
        verbose_name = _("closed tablet that is told")
        verbose_name_plural = _("closed tablets that are told")

    def __str__(self) -> str:
        return f"{self.person_id} {self.service}"


class Message(models.Model):
    """What one tablet is told of one thing; the row is its receipt. Its words are made when it is sent, of what its person may see then.

    `subject` is what it is about ("assignment:17"): a later message about it takes the place of an earlier one, here and on the tablet.
    """

    class State(models.TextChoices):
        QUEUED = "QUEUED", pgettext_lazy("push", "Waiting")
        SENT = "SENT", pgettext_lazy("push", "Taken by the push service")
        FAILED = "FAILED", pgettext_lazy("push", "Given up")
        SKIPPED = "SKIPPED", pgettext_lazy("push", "Not sent")

    subscription = models.ForeignKey(Subscription, on_delete=models.CASCADE, related_name="messages")
    service = models.CharField(max_length=200)
    subject = models.CharField(max_length=40)
    incident = models.ForeignKey(Incident, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    is_recall = models.BooleanField(default=False)
    entry_id = models.BigIntegerField()
    happened_at = models.DateTimeField()
    until = models.DateTimeField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.QUEUED)
    next_at = models.DateTimeField(null=True, blank=True)
    begun_at = models.DateTimeField(null=True, blank=True, help_text=_("When a worker first took it: it may have arrived since."))
    attempts = models.PositiveSmallIntegerField(default=0)
    status = models.PositiveSmallIntegerField(null=True, blank=True)
    reason = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["created_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["subscription", "entry_id", "subject"], name="push_told_once"),
            one_of("state", ["QUEUED", "SENT", "FAILED", "SKIPPED"], name="push_state_exists"),
        ]
        indexes = [
            models.Index(fields=["next_at", "id"], condition=Q(state="QUEUED"), name="push_waiting"),
            models.Index(fields=["-created_at", "-id"], condition=Q(state="FAILED"), name="push_given_up"),
            models.Index(fields=["created_at"], name="push_by_age"),
        ]
        verbose_name = _("message to a closed tablet")
        verbose_name_plural = _("messages to closed tablets")

    def __str__(self) -> str:
        return f"{self.subject} {self.subscription_id}"

    @property
    def says(self) -> str:
        """What was said last, in words where it is a code of ours; an answer of a service stands as it came."""
        words = {
            "no answer": pgettext("push", "no answer"),
            "time over": pgettext("push", "its time was over before it could be sent"),
            "bad_endpoint": pgettext("push", "the service is not on the list any more"),
        }
        return words.get(self.reason, self.reason)
