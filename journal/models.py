"""Entries (what happened), the head of their chain, and receipts (which reaction to which entry is done).

`Entry` and `Head` are made by plain SQL in the migrations: the one is partitioned by month and append-only, the other is one row.
"""

from datetime import datetime, timedelta
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Entry(models.Model):
    """One thing that happened. Never changed, never removed; `position` and `digest` are set once, by the relay."""

    id = models.BigAutoField(primary_key=True)
    position = models.BigIntegerField(null=True, editable=False)
    name = models.TextField()
    at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    actor_kind = models.TextField()
    actor_id = models.TextField()
    actor_label = models.TextField()
    about = ArrayField(models.TextField())
    scopes = ArrayField(models.TextField())
    data = models.JSONField(default=dict)
    request_id = models.TextField(default="")
    cause = models.BigIntegerField(null=True)
    digest = models.BinaryField(null=True, editable=False)

    class Meta:
        managed = False
        db_table = "journal_entry"
        ordering = ["id"]
        verbose_name = _("entry")
        verbose_name_plural = _("entries")

    def __str__(self) -> str:
        return f"{self.position or '-'} {self.name}"

    def subjects(self, kind: str) -> list[str]:
        """The ids of the subjects of this kind that the entry is about: subjects("incident") == ["42"]."""
        return [one.split(":", 1)[1] for one in self.about if one.startswith(f"{kind}:")]


class Head(models.Model):
    """The last position given out and the digest of its entry: one row, locked by whoever numbers."""

    id = models.SmallIntegerField(primary_key=True)
    position = models.BigIntegerField()
    digest = models.BinaryField()

    class Meta:
        managed = False
        db_table = "journal_head"

    def __str__(self) -> str:
        return str(self.position)


class ReceiptQuerySet(models.QuerySet["Receipt"]):
    def due(self, now: datetime) -> "ReceiptQuerySet":
        """Those to be handed to a worker now, the oldest promise first."""
        return self.filter(state=Receipt.State.PENDING, due_at__lte=now).order_by("due_at", "id")

    def dead(self) -> "ReceiptQuerySet":
        """Those given up after all attempts, newest first."""
        return self.filter(state=Receipt.State.DEAD).order_by("-id")


class Receipt(models.Model):
    """That an entry is owed to a reaction, and whether it is paid. Written in the transaction that numbers the entry."""

    class State(models.TextChoices):
        PENDING = "PENDING", _("Waiting")
        DONE = "DONE", _("Done")
        DEAD = "DEAD", _("Given up")

    ATTEMPTS = 8
    LEASE_SECONDS = 4
    LONGEST_LEASE_SECONDS = 60
    LONGEST_REST_SECONDS = 300

    entry_id = models.BigIntegerField()
    handler = models.CharField(max_length=200)
    state = models.CharField(max_length=8, choices=State.choices, default=State.PENDING)
    attempts = models.PositiveIntegerField(default=0)
    dispatches = models.PositiveIntegerField(default=0)
    due_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    last_error = models.TextField(blank=True)

    objects = ReceiptQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        verbose_name = _("reaction")
        verbose_name_plural = _("reactions")
        constraints = [
            models.UniqueConstraint(fields=["entry_id", "handler"], name="receipt_once"),
            models.CheckConstraint(condition=Q(state__in=["PENDING", "DONE", "DEAD"]), name="receipt_state_exists"),
        ]
        indexes = [
            models.Index(fields=["due_at", "id"], name="receipt_due", condition=Q(state="PENDING")),
            models.Index(fields=["-id"], name="receipt_dead", condition=Q(state="DEAD")),
        ]

    def __str__(self) -> str:
        return f"{self.entry_id} {self.handler}"

    def lease(self) -> timedelta:
        """How long a worker has before the entry is handed out again; doubles so that a long queue is not flooded."""
        return _doubling(self.dispatches, self.LONGEST_LEASE_SECONDS)

    def back_off(self) -> timedelta:
        """How long to wait after a failed attempt."""
        return _doubling(self.attempts, self.LONGEST_REST_SECONDS)

    def is_spent(self) -> bool:
        """Whether no attempt is left."""
        return self.attempts >= self.ATTEMPTS

    def settle(self, now: datetime) -> None:
        """The reaction ran to its end."""
        self.state, self.done_at, self.last_error = self.State.DONE, now, ""

    def fail(self, reason: str, now: datetime) -> None:
        """The reaction failed: try later, or give up where people can see it."""
        self.last_error = reason
        self.due_at = now + self.back_off()
        self.state = self.State.DEAD if self.is_spent() else self.State.PENDING


def _doubling(times: int, longest: int) -> timedelta:
    seconds = Receipt.LEASE_SECONDS * 2 ** min(max(times - 1, 0), 10)
    return timedelta(seconds=min(seconds, longest))


def subject(thing: "models.Model | str") -> str:
    """The name of a subject in the journal: "incident:42"."""
    if isinstance(thing, str):
        return thing
    key: Any = thing.pk
    return f"{thing._meta.model_name}:{key}"
